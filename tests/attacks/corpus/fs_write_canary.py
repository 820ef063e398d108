# expect: exception
# Overwrites a world-writable file.
open("@CANARY@", "w").write("x")
