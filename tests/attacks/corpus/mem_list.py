# expect: memory | cpu_timeout
# Appends for ever.
blocks = []
while True:
    blocks.append(bytearray(1 << 20))
