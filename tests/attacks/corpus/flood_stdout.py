# expect: cpu_timeout
# Endless print.
while True:
    print("x" * 1000)
