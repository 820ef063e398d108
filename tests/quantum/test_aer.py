"""Aer as the witness: bound circuits are right, run-time parameters are not, and gradients by the shift rule agree."""

from __future__ import annotations

import numpy as np
import pytest

from quantum import reference
from quantum.aer import AerError, AerObjective, aer_energy, polish_on_aer
from quantum.circuit import Circuit, Gate
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from tests.quantum.engine_cases import hardware_efficient, parameter, random_circuit, random_hamiltonian

CONTROLLED = ("crx", "cry", "crz", "cp")


def controlled(name: str) -> Circuit:
    gates = Gate("h", (0,)), Gate("ry", (1,), (parameter(1),)), Gate(name, (0, 1), (parameter(0),))
    return Circuit(2, 2, gates)


@pytest.mark.parametrize("name", CONTROLLED)
def test_run_time_parameters_of_controlled_rotations_would_be_ignored(name: str) -> None:
    """Why angles are bound first. Should a later Aer pass its parameters on, this test says so by failing."""
    from qiskit_aer import AerSimulator

    hamiltonian = Hamiltonian("asymmetric", 2, (("XI", 1.0), ("YI", 0.7), ("ZZ", -0.4), ("IX", 0.2)))
    circuit, theta = controlled(name), [2.3, 1.2]
    symbolic = circuit.to_qiskit()
    symbolic.save_expectation_value(hamiltonian.operator, range(2))
    binds = {symbol: [value] for symbol, value in zip(symbolic.parameters, theta, strict=True)}
    result = AerSimulator(method="statevector").run(symbolic, parameter_binds=[binds], shots=1).result()
    with_binds = float(result.data(0)["expectation_value"])
    truth = reference.energy(circuit, theta, hamiltonian)
    assert aer_energy(circuit, theta, hamiltonian) == pytest.approx(truth, abs=1e-14)
    assert with_binds == pytest.approx(reference.energy(circuit, [0.0, 1.2], hamiltonian), abs=1e-14)
    assert abs(with_binds - truth) > 0.05


def test_the_objective_is_energy_and_gradient() -> None:
    rng = np.random.default_rng(2)
    for num_qubits in (1, 2, 3, 4):
        for _ in range(5):
            circuit, hamiltonian = random_circuit(rng, num_qubits, 15, 4), random_hamiltonian(rng, num_qubits)
            theta = rng.uniform(-np.pi, np.pi, 4)
            energy, gradient = AerObjective(circuit, hamiltonian)(theta)
            oracle_energy, oracle_gradient = reference.energy_and_gradient(circuit, theta, hamiltonian)
            assert energy == pytest.approx(oracle_energy, abs=1e-12)
            assert np.abs(gradient - oracle_gradient).max() < 1e-12


def test_the_objective_without_parameters() -> None:
    circuit, hamiltonian = Circuit(2, 0, (Gate("h", (0,)),)), build_hamiltonian("tfim", 2)
    energy, gradient = AerObjective(circuit, hamiltonian)(np.empty(0))
    assert energy == pytest.approx(-1.0)
    assert gradient.shape == (0,)


def test_polishing_goes_down_and_stops_at_a_minimum() -> None:
    circuit, hamiltonian = hardware_efficient(3, 1), build_hamiltonian("tfim", 3)
    theta = np.random.default_rng(0).normal(0, 0.3, circuit.num_parameters).tolist()
    before = aer_energy(circuit, theta, hamiltonian)
    polished = polish_on_aer(circuit, theta, hamiltonian)
    assert polished.energy < before
    assert polished.improvement == pytest.approx(before - polished.energy)
    assert polished.energy == aer_energy(circuit, polished.parameters, hamiltonian)
    done = polish_on_aer(circuit, polish_on_aer(circuit, theta, hamiltonian, 200).parameters, hamiltonian)
    assert done.improvement < 1e-9


def test_polishing_a_circuit_without_parameters() -> None:
    polished = polish_on_aer(Circuit(2, 0, (Gate("h", (0,)),)), (), build_hamiltonian("tfim", 2))
    assert (polished.parameters, polished.improvement) == ((), 0.0)


def test_a_wrong_number_of_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="1 values for 2 parameters"):
        aer_energy(controlled("crx"), [0.3], build_hamiltonian("tfim", 2))


def test_a_failure_of_aer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from quantum import aer

    simulator = aer._simulator()
    monkeypatch.setattr(simulator.options, "max_memory_mb", 1)
    wide = Circuit(20, 0, tuple(Gate("h", (q,)) for q in range(20)))
    with pytest.raises(AerError, match="memory"):
        aer_energy(wide, (), build_hamiltonian("tfim", 20))
