# expect: bad_output
# 60,000 brackets.
import os

os.write(3, b'[' * 60_000)
os._exit(0)
