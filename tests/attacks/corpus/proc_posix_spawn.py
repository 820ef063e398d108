# expect: exception
# posix_spawn.
import os

os.posix_spawn("/bin/touch", ["touch", "@FOLDER@/attack"], {})
