# expect: exception
# Opens its own memory for writing.
open("/proc/self/mem", "r+b")
