# expect: exception
# Appends to a world-writable file.
open("@CANARY@", "a").write("x")
