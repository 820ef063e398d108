# expect: exception
# Reads its own memory map.
open("/proc/self/maps").read()
