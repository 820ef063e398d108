# expect: exception
# os.system, which reports and does not raise.
import os

if os.system("touch @FOLDER@/attack") != 0:
    raise OSError("not run")
