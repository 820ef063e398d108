"""The same task with what else one would use: naive Aer, Aer driven well, PennyLane lightning, qulacs.

Each peer is given the circuit in the form that suits it best; all but the naive one get our chain rule for shared and
affine angles, and scipy's L-BFGS-B. Only what can be imported takes part.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantum.aer import AerObjective, aer_energy, separate_angles
from quantum.circuit import Circuit
from quantum.hamiltonians import Hamiltonian
from quantum.reference import gate_matrix

Objective = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]
AngleObjective = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]


class Measured(NamedTuple):
    variance_seconds: float
    vqe_seconds: float
    energy: float


Peer = Callable[[Circuit, Hamiltonian, int], Measured]


def available_peers() -> dict[str, Peer]:
    peers: dict[str, tuple[str, Peer]] = {
        "naive": ("qiskit_algorithms", naive),
        "aer, shift rule, L-BFGS-B": ("qiskit_aer", _quasi_newton(AerObjective)),
        "lightning adjoint, L-BFGS-B": ("pennylane_lightning", _quasi_newton(_lightning)),
        "qulacs backprop, L-BFGS-B": ("qulacs", _quasi_newton(_qulacs)),
    }
    return {name: peer for name, (package, peer) in peers.items() if importlib.util.find_spec(package)}


def naive(circuit: Circuit, hamiltonian: Hamiltonian, samples: int) -> Measured:
    """qiskit-algorithms' VQE with Aer's EstimatorV2 and COBYLA(1000); variances by central differences."""
    from qiskit import transpile
    from qiskit_aer import AerSimulator
    from qiskit_aer.primitives import EstimatorV2
    from qiskit_algorithms import VQE
    from qiskit_algorithms.optimizers import COBYLA

    options = {"backend_options": {"method": "statevector", "max_parallel_threads": 1}}
    estimator = EstimatorV2(options=options)
    transpile(circuit.to_qiskit(), AerSimulator())
    started = time.process_time()
    ansatz = transpile(circuit.to_qiskit(), AerSimulator())
    start = np.random.default_rng(1).normal(0.0, 0.1, circuit.num_parameters)
    found = VQE(estimator, ansatz, COBYLA(maxiter=1000), initial_point=start).compute_minimum_eigenvalue(
        hamiltonian.operator
    )
    vqe_seconds = time.process_time() - started

    def energy(theta: NDArray[np.float64]) -> float:
        return float(estimator.run([(ansatz, hamiltonian.operator, theta)]).result()[0].data.evs)

    started = time.process_time()
    for theta in np.random.default_rng(0).uniform(0, 2 * np.pi, (samples, circuit.num_parameters)):
        for shift in 1e-3 * np.eye(circuit.num_parameters):
            energy(theta + shift)
            energy(theta - shift)
    return Measured(time.process_time() - started, vqe_seconds, float(found.eigenvalue.real))


def _quasi_newton(build: Callable[[Circuit, Hamiltonian], Objective]) -> Peer:
    def peer(circuit: Circuit, hamiltonian: Hamiltonian, samples: int) -> Measured:
        from scipy.optimize import minimize

        objective = build(circuit, hamiltonian)
        points = np.random.default_rng(0).uniform(0, 2 * np.pi, (samples, circuit.num_parameters))
        objective(points[0])  # imports and first-call costs are not charged
        started = time.process_time()
        for theta in points:
            objective(theta)
        variance_seconds = time.process_time() - started
        started = time.process_time()
        start = np.random.default_rng(1).normal(0.0, 0.1, circuit.num_parameters)
        options = {"gtol": 1e-5, "ftol": 1e-11, "maxfun": 500, "maxiter": 500}
        found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
        energy = aer_energy(circuit, found.x.tolist(), hamiltonian)
        return Measured(variance_seconds, time.process_time() - started, energy)

    return peer


def _by_angles(circuit: Circuit, angles: list[Any], on_angles: AngleObjective) -> Objective:
    """The chain rule around an objective of the rotations' own angles."""
    slopes = np.zeros((len(angles), circuit.num_parameters))
    for row, angle in zip(slopes, angles, strict=True):
        for index, coefficient in angle.terms:
            row[index] = coefficient
    constants = np.array([angle.constant for angle in angles])

    def objective(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        energy, gradient = on_angles(slopes @ theta + constants)
        return energy, gradient @ slopes

    return objective


def _qulacs(circuit: Circuit, hamiltonian: Hamiltonian) -> Objective:
    import qulacs
    from qulacs import gate as gates

    rotations, angles = separate_angles(circuit)
    compiled = qulacs.ParametricQuantumCircuit(circuit.num_qubits)
    fixed = {"h": gates.H, "x": gates.X, "y": gates.Y, "z": gates.Z, "s": gates.S, "sdg": gates.Sdag}
    fixed |= {"cx": gates.CNOT, "cz": gates.CZ, "swap": gates.SWAP}
    paulis = {"p": "Z", **{name: name[1:].upper() for name in ("rx", "ry", "rz", "rxx", "ryy", "rzz", "rzx")}}
    for gate in rotations.gates:
        if gate.angles and gate.angles[0].terms:
            kinds = ["IXYZ".index(character) for character in paulis[gate.name]]
            compiled.add_parametric_multi_Pauli_rotation_gate(list(gate.qubits), kinds, 0.0)
        elif gate.name in fixed:
            compiled.add_gate(fixed[gate.name](*gate.qubits))
        else:
            matrix = gate_matrix(gate.name, [angle.constant for angle in gate.angles])
            compiled.add_gate(gates.DenseMatrix(list(reversed(gate.qubits)), matrix))
    observable = qulacs.Observable(circuit.num_qubits)
    for label, coefficient in hamiltonian.terms:
        text = " ".join(f"{pauli} {q}" for q, pauli in enumerate(reversed(label)) if pauli != "I")
        observable.add_operator(coefficient, text)
    state = qulacs.QuantumState(circuit.num_qubits)

    def on_angles(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        for index, value in enumerate(values):
            compiled.set_parameter(index, -value)  # qulacs rotates by exp(+i angle P / 2)
        gradient = -np.array(compiled.backprop(observable))
        state.set_zero_state()
        compiled.update_quantum_state(state)
        return observable.get_expectation_value(state), gradient

    return _by_angles(circuit, angles, on_angles)


def _lightning(circuit: Circuit, hamiltonian: Hamiltonian) -> Objective:
    import pennylane as qml

    rotations, angles = separate_angles(circuit)
    device = qml.device("lightning.qubit", wires=circuit.num_qubits)
    config = qml.devices.ExecutionConfig(gradient_method="adjoint", grad_on_execution=True)
    rotate = {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ, "p": qml.PhaseShift}
    rotate |= {"rxx": qml.IsingXX, "ryy": qml.IsingYY, "rzz": qml.IsingZZ}
    fixed = {"h": qml.Hadamard, "x": qml.PauliX, "cx": qml.CNOT, "cz": qml.CZ, "swap": qml.SWAP, "s": qml.S}
    paulis = {"X": qml.PauliX, "Y": qml.PauliY, "Z": qml.PauliZ}
    observables = [
        qml.prod(*(paulis[pauli](q) for q, pauli in enumerate(reversed(label)) if pauli != "I"))
        for label, _ in hamiltonian.terms
    ]
    total = qml.Hamiltonian([coefficient for _, coefficient in hamiltonian.terms], observables)

    def on_angles(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        operations, trainable, position, taken = [], [], 0, 0
        for gate in rotations.gates:
            if gate.angles and gate.angles[0].terms:
                if gate.name == "rzx":
                    operations.append(qml.PauliRot(values[taken], "ZX", wires=gate.qubits))
                else:
                    operations.append(rotate[gate.name](values[taken], wires=gate.qubits))
                trainable.append(position)
                taken += 1
                position += 1
            elif gate.name in fixed:
                operations.append(fixed[gate.name](wires=gate.qubits))
            else:
                matrix = gate_matrix(gate.name, [angle.constant for angle in gate.angles])
                operations.append(qml.QubitUnitary(matrix, wires=gate.qubits))
                position += 1
        tape = qml.tape.QuantumScript(operations, [qml.expval(total)], trainable_params=trainable)
        (energy,), (gradient,) = device.execute_and_compute_derivatives([tape], config)
        return float(energy), np.array(gradient, dtype=np.float64).reshape(-1)

    return _by_angles(circuit, angles, on_angles)
