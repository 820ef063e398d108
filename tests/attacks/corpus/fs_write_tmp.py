# expect: exception
# Creates a file.
open("@FOLDER@/attack", "w").write("x")
