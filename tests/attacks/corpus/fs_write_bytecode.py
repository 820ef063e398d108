# expect: exception
# Writes a compiled module.
import importlib.util

import qiskit

open(importlib.util.cache_from_source(qiskit.__file__), "ab").write(b"x")
