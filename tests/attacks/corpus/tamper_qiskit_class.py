# expect: ok
# Patches Qiskit and leaves a mark for the next candidate.
import qiskit

qiskit.attack_was_here = True
qiskit.QuantumCircuit.x = qiskit.QuantumCircuit.z
