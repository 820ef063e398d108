# expect: bad_output
# Bytes that are not UTF-8.
import os

os.write(3, b'\xff\xfe{}')
os._exit(0)
