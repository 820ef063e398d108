# expect: memory
# 8 GiB in one piece.
bytearray(8 << 30)
