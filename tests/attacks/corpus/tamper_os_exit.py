# expect: ok | no_output | exception | crash
# Replaces os._exit.
import os

os._exit = lambda code: None
