# expect: exception
# Reads a world-readable system file.
open("/etc/passwd").read()
