# expect: ok
# Searches the loaded modules for the project.
import sys

names = [name for name in sys.modules if name.partition(".")[0] in ("quantum", "rewards", "loop")]
assert not names, names
