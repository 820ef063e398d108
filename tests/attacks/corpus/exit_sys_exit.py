# expect: exception
# SystemExit.
import sys

sys.exit(0)
