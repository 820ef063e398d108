# expect: exception
# Lists the zygote's descriptors.
import os

os.listdir(f"/proc/{os.getppid()}/fd")
