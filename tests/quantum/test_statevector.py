"""The fast engine against Aer, against the slow oracle, and against differences of its own energies."""

from __future__ import annotations

import numpy as np
import pytest

from quantum import reference
from quantum.aer import aer_energy
from quantum.circuit import Circuit, Gate
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.program import compile_program
from quantum.statevector import energies, energies_and_gradients
from tests.quantum.engine_cases import parameter, random_circuit, random_hamiltonian

STEP = 1e-5


def central_differences(circuit: Circuit, hamiltonian: Hamiltonian, theta: np.ndarray) -> np.ndarray:
    shifts = STEP * np.eye(len(theta))
    program = compile_program(circuit, hamiltonian)
    return (energies(program, theta + shifts) - energies(program, theta - shifts)) / (2 * STEP)


@pytest.mark.parametrize("num_qubits", range(2, 9))
def test_random_circuits_agree_with_aer_and_the_oracle(num_qubits: int) -> None:
    """72 circuits a size, 504 in all: every gate of the table, shared and affine angles, Y in every Hamiltonian."""
    rng = np.random.default_rng(100 + num_qubits)
    for _ in range(72):
        circuit = random_circuit(rng, num_qubits, num_gates=int(rng.integers(5, 60)))
        hamiltonian = random_hamiltonian(rng, num_qubits)
        theta = rng.uniform(-np.pi, np.pi, circuit.num_parameters)
        energy, gradient = energies_and_gradients(compile_program(circuit, hamiltonian), theta[None])
        oracle_energy, oracle_gradient = reference.energy_and_gradient(circuit, theta, hamiltonian)
        scale = hamiltonian.one_norm
        assert abs(energy[0] - aer_energy(circuit, theta.tolist(), hamiltonian)) <= 1e-10 * scale
        assert abs(energy[0] - oracle_energy) <= 1e-12 * scale
        assert np.abs(gradient[0] - oracle_gradient).max() <= 1e-9 * scale
        assert np.abs(gradient[0] - central_differences(circuit, hamiltonian, theta)).max() <= 1e-6 * scale


def test_the_oracle_prepares_the_state_that_qiskit_prepares() -> None:
    from qiskit.quantum_info import Statevector

    rng = np.random.default_rng(3)
    for num_qubits in (1, 2, 3, 5):
        circuit = random_circuit(rng, num_qubits)
        theta = rng.uniform(-np.pi, np.pi, circuit.num_parameters)
        truth = Statevector(circuit.to_qiskit(theta.tolist())).data
        assert np.abs(reference.statevector(circuit, theta) - truth).max() < 1e-13


def test_layers_of_diagonal_rotations() -> None:
    """Long runs of diagonal gates, which the engine applies as one, between single rotations."""
    rng = np.random.default_rng(11)
    diagonal = ("rz", "p", "rzz", "crz", "cp", "cz", "s", "t")
    for num_qubits in (2, 3, 6):
        for _ in range(10):
            parts = [
                random_circuit(rng, num_qubits, count, 7, names).gates
                for names, count in ((("ry", "h"), 6), (diagonal, 12), (("rx", "cx"), 6), (diagonal, 12), (("ry",), 3))
            ]
            circuit = Circuit(num_qubits, 7, sum(parts, ()))
            hamiltonian = random_hamiltonian(rng, num_qubits)
            theta = rng.uniform(-np.pi, np.pi, 7)
            energy, gradient = energies_and_gradients(compile_program(circuit, hamiltonian), theta[None])
            oracle_energy, oracle_gradient = reference.energy_and_gradient(circuit, theta, hamiltonian)
            assert energy[0] == pytest.approx(oracle_energy, abs=1e-12)
            assert np.abs(gradient[0] - oracle_gradient).max() < 1e-11


@pytest.mark.parametrize("batch", [0, 1, 7, 8, 9, 20])
def test_a_point_does_not_depend_on_its_batch(batch: int) -> None:
    rng = np.random.default_rng(5)
    circuit, hamiltonian = random_circuit(rng, 4), random_hamiltonian(rng, 4)
    program = compile_program(circuit, hamiltonian)
    thetas = rng.uniform(-3, 3, (batch, circuit.num_parameters))
    together = energies_and_gradients(program, thetas)
    assert together[0].shape == (batch,)
    for k, theta in enumerate(thetas):
        alone = energies_and_gradients(program, theta[None])
        assert together[0][k] == alone[0][0]
        assert np.array_equal(together[1][k], alone[1][0])


@pytest.mark.parametrize("size", [1e2, 1e4, 1e6])
def test_large_angles(size: float) -> None:
    circuit = Circuit(1, 1, (Gate("ry", (0,), (parameter(0),)),))
    z = Hamiltonian("z", 1, (("Z", 1.0),))
    thetas = np.random.default_rng(1).uniform(-size, size, (64, 1))
    values, gradients = energies_and_gradients(compile_program(circuit, z), thetas)
    assert np.abs(values - np.cos(thetas[:, 0])).max() < 1e-15 * max(size, 4.0)
    assert np.abs(gradients[:, 0] + np.sin(thetas[:, 0])).max() < 1e-15 * max(size, 4.0)


def test_a_shared_rotation_has_the_gradient_that_the_two_term_shift_rule_misses() -> None:
    """RY(theta) on both qubits and H = X0 X1: E = sin^2 theta, dE/dtheta = sin 2 theta."""
    circuit = Circuit(2, 1, tuple(Gate("ry", (q,), (parameter(0),)) for q in range(2)))
    xx = Hamiltonian("xx", 2, (("XX", 1.0),))
    thetas = np.linspace(-3, 3, 25)[:, None]
    values, gradients = energies_and_gradients(compile_program(circuit, xx), thetas)
    assert values == pytest.approx(np.sin(thetas[:, 0]) ** 2, abs=1e-14)
    assert gradients[:, 0] == pytest.approx(np.sin(2 * thetas[:, 0]), abs=1e-14)


def test_fourteen_qubits_and_one() -> None:
    rng = np.random.default_rng(9)
    wide = random_circuit(rng, 14, 60), build_hamiltonian("heisenberg", 14)
    narrow = random_circuit(rng, 1, 10), Hamiltonian("one", 1, (("X", 0.3), ("Y", -1.0), ("I", 2.0)))
    for circuit, hamiltonian in (wide, narrow):
        theta = rng.uniform(-3, 3, circuit.num_parameters)
        energy = energies(compile_program(circuit, hamiltonian), theta[None])[0]
        assert abs(energy - aer_energy(circuit, theta.tolist(), hamiltonian)) <= 1e-10 * hamiltonian.one_norm


@pytest.mark.parametrize("shape", [(3,), (3, 1), (2, 3, 4)])
def test_a_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    circuit = Circuit(1, 2, (Gate("ry", (0,), (parameter(0),)), Gate("rx", (0,), (parameter(1),))))
    with pytest.raises(ValueError, match=r"need \(B, P\)"):
        energies(compile_program(circuit, Hamiltonian("z", 1, (("Z", 1.0),))), np.zeros(shape))
