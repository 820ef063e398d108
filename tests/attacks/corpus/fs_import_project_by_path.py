# expect: exception
# The same with the project's folder put on the path.
import sys

sys.path.insert(0, "@PROJECT@")
import quantum.exact
