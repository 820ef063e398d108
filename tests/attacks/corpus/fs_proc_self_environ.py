# expect: exception
# Reads its own environment through procfs.
open("/proc/self/environ").read()
