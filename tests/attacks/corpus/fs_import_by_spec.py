# expect: exception
# Loads a module from a file through importlib.
import importlib.util

spec = importlib.util.spec_from_file_location("exact", "@PROJECT@/quantum/exact.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
