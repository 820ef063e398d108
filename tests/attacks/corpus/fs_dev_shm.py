# expect: exception
# A file in shared memory.
open("/dev/shm/attack", "w").write("x")
