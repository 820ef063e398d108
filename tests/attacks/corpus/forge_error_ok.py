# expect: bad_output
# The outcome in the place of a reason.
import os

os.write(3, b'{"error": "ok", "message": ""}')
os._exit(0)
