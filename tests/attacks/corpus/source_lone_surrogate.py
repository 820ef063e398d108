# expect: syntax_error | exception
# Half a character.
x = '@SURROGATE@'
# create_ansatz
