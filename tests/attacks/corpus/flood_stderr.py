# expect: cpu_timeout
# Endless writing to descriptor 2.
import os

while True:
    os.write(2, b"x" * 65536)
