# expect: bad_output
# Nothing but blanks.
import os

os.write(3, b'   ')
os._exit(0)
