# expect: exception
# A message of 1 MB.
import os

os.write(3, b'{"error": "exception", "message": "' + b'x' * 1_000_000 + b'"}')
os._exit(0)
