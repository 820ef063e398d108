# expect: ok
# Reads a file through linecache, which hides its errors.
import linecache

assert linecache.getline("@CANARY@", 1) == ""
