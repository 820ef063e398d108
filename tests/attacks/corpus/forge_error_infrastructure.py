# expect: bad_output
# A reason that would not be scored.
import os

os.write(3, b'{"error": "zygote_lost", "message": ""}')
os._exit(0)
