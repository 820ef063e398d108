# expect: syntax_error | exception
# A constant of 50,000 digits.
x = @REPEAT 50000 9@
# create_ansatz
