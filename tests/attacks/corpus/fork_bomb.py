# expect: exception
# never-without: seccomp
# Forks in a loop.
import os

while True:
    os.fork()
