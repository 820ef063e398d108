# expect: syntax_error | exception | memory | crash | cpu_timeout | no_function
# 30,000 minus signs.
x = @REPEAT 30000 -@1
# create_ansatz
