# expect: bad_output
# A reason that the table does not know.
import os

os.write(3, b'{"error": "perfect", "message": ""}')
os._exit(0)
