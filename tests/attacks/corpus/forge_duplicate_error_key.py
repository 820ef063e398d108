# expect: bad_output
# An error key twice.
import os

os.write(3, b'{"error": "memory", "error": "exception", "message": ""}')
os._exit(0)
