# expect: ok | no_output
# Installs an import hook.
import sys


class Hook:
    def find_spec(self, *a):
        import os

        os._exit(0)


sys.meta_path.insert(0, Hook())
