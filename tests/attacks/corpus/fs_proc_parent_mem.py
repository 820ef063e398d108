# expect: exception
# Opens the zygote's memory.
import os

open(f"/proc/{os.getppid()}/mem", "r+b")
