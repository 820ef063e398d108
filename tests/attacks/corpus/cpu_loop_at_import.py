# expect: cpu_timeout
# A busy loop at module level.
while True:
    pass
