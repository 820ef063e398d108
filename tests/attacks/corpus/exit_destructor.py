# expect: ok | bad_output
# Writes late output from a destructor.
import os


class Late:
    def __del__(self, write=os.write):
        write(3, b"late")


late = Late()
late.me = late
