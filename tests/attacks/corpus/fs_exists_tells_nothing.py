# expect: ok
# os.path.exists, which hides its errors: no path exists.
import os

assert not os.path.exists("@CANARY@") and not os.path.exists("/etc")
