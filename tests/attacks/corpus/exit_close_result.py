# expect: no_output
# Closes the result pipe.
import os

os.close(3)
