# expect: bad_output
# An error and a circuit in one.
import os

os.write(3, b'{"error": "memory", "message": "", "gates": []}')
os._exit(0)
