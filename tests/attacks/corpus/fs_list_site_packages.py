# expect: exception
# Lists the installed packages.
import os

import qiskit

os.listdir(os.path.dirname(qiskit.__file__))
