# expect: no_function
# Nothing.
# create_ansatz
