"""Fidelities against numpy's own diagonalisation of matrices that Qiskit makes, and against states known by heart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quantum import ground_space as module
from quantum.circuit import Angle, Circuit, Gate
from quantum.errors import InfrastructureError
from quantum.exact import ExactEnergy
from quantum.ground_space import fidelity, ground_space
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.state import statevector
from tests.quantum.engine_cases import random_hamiltonian


def by_numpy(state: np.ndarray, hamiltonian: Hamiltonian) -> float:
    """The weight in all eigenvectors within 1e-9 of the lowest."""
    levels, vectors = np.linalg.eigh(hamiltonian.operator.to_matrix())
    ground = vectors[:, levels - levels[0] < 1e-9]
    return float(np.sum(np.abs(ground.conj().T @ state) ** 2))


def random_state(rng: np.random.Generator, num_qubits: int) -> np.ndarray:
    state = rng.normal(size=1 << num_qubits) + 1j * rng.normal(size=1 << num_qubits)
    return state / np.linalg.norm(state)


@pytest.mark.parametrize("num_qubits", [1, 2, 3, 5, 6])
def test_random_pauli_sums(num_qubits: int) -> None:
    rng = np.random.default_rng(num_qubits)
    for _ in range(3):
        hamiltonian, state = random_hamiltonian(rng, num_qubits), random_state(rng, num_qubits)
        assert fidelity(state, hamiltonian) == pytest.approx(by_numpy(state, hamiltonian), abs=1e-10)


@pytest.mark.parametrize(
    ("family", "num_qubits", "parameters", "degeneracy"),
    [
        ("heisenberg", 3, {}, 2),
        ("heisenberg", 5, {}, 2),
        ("heisenberg", 4, {}, 1),
        ("tfim", 5, {"field": 0.0}, 2),
        ("tfim", 6, {"field": 0.2}, 1),
        ("xy", 5, {}, 2),
        ("maxcut", 4, {}, 2),
        ("h2", 4, {}, 1),
    ],
)
def test_degenerate_levels_are_one_space(
    family: str, num_qubits: int, parameters: dict[str, float], degeneracy: int
) -> None:
    hamiltonian = build_hamiltonian(family, num_qubits, **parameters)
    space = ground_space(hamiltonian.traceless)
    assert space is not None
    assert len(space) == degeneracy
    np.testing.assert_allclose(space @ space.conj().T, np.eye(degeneracy), atol=1e-12)
    state = random_state(np.random.default_rng(0), num_qubits)
    assert fidelity(state, hamiltonian) == pytest.approx(by_numpy(state, hamiltonian), abs=1e-10)


@pytest.mark.parametrize(("family", "field"), [("tfim", 0.6), ("tfim", 0.3), ("heisenberg", None)])
def test_lanczos_agrees_with_diagonalisation(family: str, field: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    num_qubits = 7
    hamiltonian = build_hamiltonian(family, num_qubits, **({} if field is None else {"field": field}))
    monkeypatch.setattr(module, "DENSE_QUBITS", 2)
    ground_space.cache_clear()
    state = random_state(np.random.default_rng(1), num_qubits)
    assert fidelity(state, hamiltonian) == pytest.approx(by_numpy(state, hamiltonian), abs=1e-9)
    ground_space.cache_clear()


def test_eleven_spins_in_a_doublet() -> None:
    hamiltonian = build_hamiltonian("heisenberg", 11)
    space = ground_space(hamiltonian)
    assert space is not None
    assert len(space) == 2
    up = np.zeros(1 << 11)
    up[0] = 1.0  # total spin 11/2, the ground level has 1/2
    assert fidelity(up, hamiltonian) == pytest.approx(0.0, abs=1e-12)


def test_a_product_state_is_half_of_a_split_pair() -> None:
    """At a small field the ground state is (|00..0> + |11..1>) / sqrt(2); without a field both are ground states."""
    up = statevector(Circuit(4, 0, ()), [])
    assert fidelity(up, build_hamiltonian("tfim", 4, field=0.05)) == pytest.approx(0.5, abs=2e-3)
    assert fidelity(up, build_hamiltonian("tfim", 4, field=0.0)) == pytest.approx(1.0, abs=1e-12)
    ghz = Circuit(4, 0, (Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(3))))
    assert fidelity(statevector(ghz, []), build_hamiltonian("tfim", 4, field=0.05)) > 0.99  # type: ignore[operator]


def test_qubits_are_counted_as_in_qiskit() -> None:
    hamiltonian = Hamiltonian("one field", 3, (("IIZ", 1.0), ("IZI", -1.0), ("ZII", -1.0)))
    flipped = Circuit(3, 1, (Gate("ry", (0,), (Angle(((0, 1.0),)),)),))
    assert fidelity(statevector(flipped, [math.pi]), hamiltonian) == pytest.approx(1.0)
    assert fidelity(statevector(flipped, [0.5]), hamiltonian) == pytest.approx(math.sin(0.25) ** 2)


def test_what_cannot_be_had_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    hamiltonian = build_hamiltonian("maxcut", 6)
    state = random_state(np.random.default_rng(0), 6)
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    ground_space.cache_clear()
    assert fidelity(state, hamiltonian) is None
    monkeypatch.setattr(module, "exact_energy", lambda h: ExactEnergy(-1.0, "Lanczos"))
    ground_space.cache_clear()
    assert fidelity(state, hamiltonian) is None
    ground_space.cache_clear()


def test_vectors_of_another_energy_stop_us(monkeypatch: pytest.MonkeyPatch) -> None:
    hamiltonian = build_hamiltonian("tfim", 3)
    monkeypatch.setattr(module, "exact_energy", lambda h: ExactEnergy(-1.0, "wrong", 1.0, 1))
    ground_space.cache_clear()
    with pytest.raises(InfrastructureError, match="the ground states have energies"):
        ground_space(hamiltonian)
    ground_space.cache_clear()
