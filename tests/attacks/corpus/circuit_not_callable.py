# expect: no_function
# create_ansatz is a value.
create_ansatz = 3
