# expect: syntax_error
# An unknown future.
from __future__ import braces
