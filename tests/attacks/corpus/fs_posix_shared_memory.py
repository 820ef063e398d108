# expect: exception
# multiprocessing's shared memory.
from multiprocessing.shared_memory import SharedMemory

SharedMemory(name="attack", create=True, size=4096)
