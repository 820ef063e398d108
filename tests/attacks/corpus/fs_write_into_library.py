# expect: exception
# Poisons a library.
import qiskit

open(qiskit.__file__, "a").write("# x")
