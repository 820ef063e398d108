# expect: bad_output
# Replaces json.dumps.
import json

json.dumps = lambda *a, **k: "[]"
