# expect: output_flood
# Endless writing to the result pipe.
import os

while True:
    os.write(3, b"x" * 65536)
