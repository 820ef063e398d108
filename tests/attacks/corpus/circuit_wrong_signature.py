# expect: exception
# No argument.
def create_ansatz():
    pass
