# expect: bad_output
# Replaces the code of the function that describes errors.
import sys

frame = sys._getframe()
while frame:
    if "_describe" in frame.f_globals:
        frame.f_globals["_describe"].__code__ = (lambda error: b'{"error": "perfect", "message": ""}').__code__
    frame = frame.f_back
raise ValueError
