# expect: syntax_error
# Broken indentation.
def create_ansatz(n):
return n
