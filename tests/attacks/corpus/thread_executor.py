# expect: exception
# A thread pool executor.
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(4) as pool:
    pool.submit(print).result()
