# expect: exception
# os.popen.
import os

os.popen("touch @FOLDER@/attack").read()
