# expect: ok
# Looks for other candidates' code in all objects.
import gc

found = [o for o in gc.get_objects() if type(o).__name__ == "module" and getattr(o, "__name__", "") == "candidate"]
assert len(found) <= 1
