# expect: cpu_timeout
# Loops and catches whatever is raised at it.
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
