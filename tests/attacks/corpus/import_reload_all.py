# expect: ok | exception | cpu_timeout
# Reloads every module.
import importlib
import sys

for module in list(sys.modules.values()):
    try:
        importlib.reload(module)
    except Exception:
        pass
