# expect: exception | ok
# Finds the zygote's own objects and calls its loop.
import gc

for function in gc.get_objects():
    if getattr(function, "__name__", "") == "_serve_one" and callable(function):
        frames = [o for o in gc.get_objects() if type(o).__name__ == "Zygote"]
        function(frames[0])
