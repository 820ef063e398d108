# expect: bad_output
# Objects in the fields of an error.
import os

os.write(3, b'{"error": {"a": 1}, "message": []}')
os._exit(0)
