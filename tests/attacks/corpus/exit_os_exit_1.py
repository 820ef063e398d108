# expect: no_output
# The code that the set-up uses for its own failures.
import os

os._exit(1)
