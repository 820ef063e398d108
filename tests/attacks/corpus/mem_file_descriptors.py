# expect: exception
# Duplicates descriptors until there are none left.
import os

while True:
    os.dup(0)
