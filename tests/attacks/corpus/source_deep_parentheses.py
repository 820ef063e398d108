# expect: syntax_error | memory | crash | exception
# 20,000 brackets.
@REPEAT 20000 (@@REPEAT 20000 )@
# create_ansatz
