# expect: exception | crash | memory | cpu_timeout
# The text form of a tuple nested 10^6 deep.
import sys

sys.setrecursionlimit(10**9)
nested = ()
for _ in range(10**6):
    nested = (nested,)
repr(nested)
