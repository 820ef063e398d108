# expect: no_output
# Leaves without output.
import os

os._exit(0)
