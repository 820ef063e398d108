# expect: bad_output
# The same with a document that claims an energy.
import sys

frame = sys._getframe()
while frame:
    if "serialise" in frame.f_globals:
        frame.f_globals["serialise"].to_document = lambda circuit: {"energy": -1e9, "reward": 1.2}
    frame = frame.f_back
