# expect: no_function | memory | cpu_timeout
# A constant that the compiler would compute.
x = (((1 << 100000) << 100000) << 100000) ** 100
# create_ansatz
