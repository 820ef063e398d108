# expect: ok
# Looks for the mark of the candidate before (it runs after tamper_qiskit_class).
import sys

import qiskit

assert not hasattr(qiskit, "attack_was_here")
assert "candidate" not in [n for n, m in sys.modules.items() if m is not None and getattr(m, "attack", False)]
