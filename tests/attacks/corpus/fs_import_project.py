# expect: exception
# Imports the project, with its Hamiltonians and exact energies.
from quantum.exact import exact_energy
