# expect: syntax_error | exception
# A null byte.
x = '@NULL@'
# create_ansatz
