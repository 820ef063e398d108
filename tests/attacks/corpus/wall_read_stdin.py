# expect: exception
# Waits for standard input.
input()
