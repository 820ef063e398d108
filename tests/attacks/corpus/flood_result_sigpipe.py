# expect: output_flood
# Goes on after the result pipe is closed at the other end.
import os

while True:
    try:
        os.write(3, b"x" * 65536)
    except OSError:
        pass
