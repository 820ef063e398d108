# expect: nonlinear_angle
# zz_feature_map, whose products of data are not affine.
from qiskit.circuit.library import zz_feature_map


def create_ansatz(num_qubits):
    return zz_feature_map(num_qubits, reps=1)
