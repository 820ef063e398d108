# expect: exception
# Reads this project's own source.
open("@PROJECT@/rewards/sandbox/seccomp.py").read()
