# expect: exception
# GeneratorExit.
raise GeneratorExit
