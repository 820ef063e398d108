# expect: exception
# A multiprocessing pool.
import multiprocessing

multiprocessing.get_context("fork").Pool(2)
