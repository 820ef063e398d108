# expect: exception
# The same with os.open.
import os

os.read(os.open("@CANARY@", os.O_RDONLY), 10)
