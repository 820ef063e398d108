# expect: exception
# A module that is not preloaded.
import sympy
