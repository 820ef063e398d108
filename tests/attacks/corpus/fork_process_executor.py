# expect: exception
# A process pool executor.
from concurrent.futures import ProcessPoolExecutor

with ProcessPoolExecutor(1) as pool:
    pool.submit(print).result()
