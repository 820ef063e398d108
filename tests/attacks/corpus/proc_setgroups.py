# expect: exception
# Changes its groups.
import os
import signal

os.setgroups([0])
