# expect: cpu_timeout
# A catastrophic regular expression, also one C call.
import re

re.match(r"(a+)+$", "a" * 40 + "b")
