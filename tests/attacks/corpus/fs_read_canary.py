# expect: exception
# Reads a world-readable file of the user's.
open("@CANARY@").read()
