# expect: ok
# Looks for the host's secrets in its environment.
import os

assert "ATTACK_SECRET" not in os.environ and len(os.environ) < 15, sorted(os.environ)
