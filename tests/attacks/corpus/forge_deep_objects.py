# expect: bad_output
# 100,000 nested objects.
import os

os.write(3, b'{"a":' * 100_000)
os._exit(0)
