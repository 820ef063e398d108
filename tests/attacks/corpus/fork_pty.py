# expect: exception
# pty.fork, if it can be imported at all.
import pty

pty.fork()
