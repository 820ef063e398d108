# expect: cpu_timeout | memory
# One C call that never looks at signals: an integer of 10^9 digits.
10 ** (10 ** 9)
