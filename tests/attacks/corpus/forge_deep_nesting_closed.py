# expect: bad_output
# 100,000 nested lists.
import os

os.write(3, b'[' * 100_000 + b']' * 100_000)
os._exit(0)
