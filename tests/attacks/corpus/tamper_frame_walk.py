# expect: ok
# Walks up the frames and replaces the serialiser by one that lies.
import sys

frame = sys._getframe()
while frame:
    if "serialise" in frame.f_globals:
        frame.f_globals["serialise"].to_document = lambda circuit: {"num_qubits": 4, "num_parameters": 0, "gates": []}
    frame = frame.f_back
