# expect: exception
# An exception with 10 MB of text.
raise ValueError("x" * 10_000_000)
