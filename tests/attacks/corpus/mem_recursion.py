# expect: exception | crash | cpu_timeout | memory
# Endless recursion without a recursion limit.
import sys

sys.setrecursionlimit(10**9)


def down(n):
    return down(n + 1) + 1


down(0)
