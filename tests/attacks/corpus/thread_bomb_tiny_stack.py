# expect: exception
# 10^5 threads with 32 kB stacks, to stay below the memory limit.
import threading
import time

threading.stack_size(32768)
for _ in range(10**5):
    threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
