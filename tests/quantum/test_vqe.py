"""VQE: known minima, Aer's veto, and the same bits every time."""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize as scipy_minimize

from quantum import vqe
from quantum.aer import aer_energy
from quantum.bfgs import Rules, minimise_from
from quantum.circuit import Angle, Circuit, Gate
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.program import PauliProgram, compile_program
from quantum.starts import initial_points
from quantum.statevector import energies_and_gradients
from quantum.vqe import EngineMismatch, VqeSettings, engine_fingerprint, minimise
from tests.quantum.engine_cases import (
    bond_hva,
    dense_ground_energy,
    hardware_efficient,
    ising_hva,
    parameter,
    random_circuit,
    random_hamiltonian,
)

DEFAULT = VqeSettings()


@pytest.mark.parametrize("num_qubits", [4, 6, 8])
def test_the_periodic_ising_hva_is_exact_at_half_as_many_layers(num_qubits: int) -> None:
    """Ho and Hsieh 2019; Wiersema et al. 2020."""
    hamiltonian = build_hamiltonian("tfim", num_qubits, boundary="periodic")
    result = minimise(ising_hva(num_qubits, num_qubits // 2, periodic=True), hamiltonian, DEFAULT, seed=1)
    assert abs(result.energy - dense_ground_energy(hamiltonian)) < 1e-10
    assert result.converged


XY, XYZ = ("rxx", "ryy"), ("rxx", "ryy", "rzz")


@pytest.mark.parametrize(
    ("family", "circuit", "relative_error"),
    [
        ("tfim", ising_hva(4, 3, periodic=False), 3.3e-5),
        ("tfim", ising_hva(4, 4, periodic=False), 0.0),
        ("tfim", ising_hva(6, 5, periodic=False), 4.5e-5),
        ("xy", bond_hva(4, 1, XY, singlets=False), 0.0),
        ("xy", bond_hva(6, 2, XY, singlets=False), 0.0),
        ("xy", bond_hva(8, 3, XY, singlets=False), 3.3e-5),
        ("heisenberg", bond_hva(4, 1, XYZ, singlets=True), 0.0),
        ("heisenberg", bond_hva(6, 2, XYZ, singlets=True), 1.6e-4),
        ("heisenberg", bond_hva(6, 3, XYZ, singlets=True), 0.0),
        ("heisenberg", bond_hva(8, 3, XYZ, singlets=True), 6.9e-4),
    ],
    ids=lambda value: str(value) if isinstance(value, str | float) else f"{value.num_qubits}q{value.num_parameters}p",
)
def test_known_errors_of_hamiltonian_variational_ansaetze(family: str, circuit: Circuit, relative_error: float) -> None:
    """Errors that an independent code found: exact, or the stated relative error to its two digits."""
    hamiltonian = build_hamiltonian(family, circuit.num_qubits)
    exact = dense_ground_energy(hamiltonian)
    result = minimise(circuit, hamiltonian, VqeSettings(restarts=128), seed=2)
    assert (result.energy - exact) / abs(exact) == pytest.approx(relative_error, rel=0.02, abs=1e-9)


def test_the_reported_energy_is_aers() -> None:
    hamiltonian, circuit = build_hamiltonian("heisenberg", 4), hardware_efficient(4, 1)
    result = minimise(circuit, hamiltonian, DEFAULT, seed=3)
    assert result.energy == aer_energy(circuit, result.parameters, hamiltonian)
    assert abs(result.energy - result.engine_energy) <= 1e-10 * hamiltonian.one_norm


def test_a_wrong_engine_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def slightly_wrong(circuit: Circuit, hamiltonian: Hamiltonian) -> object:
        program = compile_program(circuit, hamiltonian)
        return dataclasses.replace(program, table=program.table * (1 + 1e-8))

    monkeypatch.setattr(vqe, "compile_program", slightly_wrong)
    with pytest.raises(EngineMismatch, match="Aer"):
        minimise(hardware_efficient(3, 1), build_hamiltonian("tfim", 3), DEFAULT, seed=1)


def test_no_circuit_goes_below_the_ground_energy() -> None:
    rng = np.random.default_rng(4)
    for num_qubits in (1, 2, 3, 5):
        circuit, hamiltonian = random_circuit(rng, num_qubits), random_hamiltonian(rng, num_qubits)
        result = minimise(circuit, hamiltonian, DEFAULT, seed=5)
        assert result.energy >= dense_ground_energy(hamiltonian) - 1e-9


def test_starts_reach_the_best_minimum_as_often_as_with_scipys_bfgs() -> None:
    rng = np.random.default_rng(6)
    hits, evaluations = np.zeros(2), np.zeros(2)
    for num_qubits in (2, 3, 4, 5, 3, 4):
        circuit, hamiltonian = hardware_efficient(num_qubits, 1), random_hamiltonian(rng, num_qubits)
        program = compile_program(circuit, hamiltonian)

        def objective(theta: np.ndarray, program: PauliProgram = program) -> tuple[float, np.ndarray]:
            values, gradients = energies_and_gradients(program, theta[None])
            return float(values[0]), gradients[0]

        starts = initial_points(program, 32, 7)
        ours = minimise_from(program, starts, Rules(1.0, 1e-5, 1e-9, 3, 500))
        theirs = [scipy_minimize(objective, start, jac=True, method="BFGS") for start in starts]
        found = np.array([ours.energies, [result.fun for result in theirs]])
        hits += (found < found.min() + 1e-5).sum(axis=1)
        evaluations += [ours.evaluations.sum(), sum(result.nfev for result in theirs)]
    assert hits[0] > 0.85 * hits[1]
    assert evaluations[0] < 1.25 * evaluations[1]


def test_a_start_ends_where_it_ends_alone() -> None:
    circuit, hamiltonian = hardware_efficient(3, 1), build_hamiltonian("heisenberg", 3)
    program = compile_program(circuit, hamiltonian)
    starts, rules = initial_points(program, 11, 8), Rules(1.0, 1e-5, 1e-9, 3, 500)
    together = minimise_from(program, starts, rules)
    for k in range(len(starts)):
        alone = minimise_from(program, starts[k : k + 1], rules)
        assert together.energies[k] == alone.energies[0]
        assert together.evaluations[k] == alone.evaluations[0]
        assert np.array_equal(together.points[k], alone.points[0])


def test_each_minimum_is_what_it_says() -> None:
    circuit, hamiltonian = hardware_efficient(4, 1), build_hamiltonian("tfim", 4)
    program = compile_program(circuit, hamiltonian)
    minima = minimise_from(program, initial_points(program, 16, 9), Rules(1.0, 1e-5, 1e-9, 3, 500))
    values, gradients = energies_and_gradients(program, minima.points)
    assert minima.energies == pytest.approx(values, abs=1e-12)
    assert minima.gradient_norms == pytest.approx(np.linalg.norm(gradients, axis=1), abs=1e-9)
    assert minima.gradient_norms.max() < 1e-2


def test_the_budget_of_evaluations_is_kept() -> None:
    settings = VqeSettings(restarts=5, max_evaluations=7)
    result = minimise(hardware_efficient(4, 2), build_hamiltonian("tfim", 4), settings, seed=1)
    assert result.evaluations == 5 * 7
    assert not result.converged


def test_hits_and_spread() -> None:
    one_minimum = Circuit(1, 1, (Gate("ry", (0,), (parameter(0),)),))
    result = minimise(one_minimum, Hamiltonian("z", 1, (("Z", 1.0), ("X", 0.1))), DEFAULT, seed=1)
    assert (result.restarts, result.restart_hits) == (10, 10)  # the other ten begin near zero
    assert result.spread < 1e-9
    two_minima = minimise(hardware_efficient(6, 2), build_hamiltonian("tfim", 6), DEFAULT, seed=1)
    assert 0 < two_minima.restart_hits < 10
    assert two_minima.spread > 1e-3


def test_without_parameters_it_evaluates() -> None:
    circuit = Circuit(3, 0, tuple(Gate("h", (q,)) for q in range(3)))
    for engine in ("fast", "aer"):
        result = minimise(circuit, build_hamiltonian("tfim", 3), VqeSettings(engine=engine), seed=1)
        assert (result.energy, result.parameters, result.evaluations) == (pytest.approx(-3.0), (), 1)


def test_a_parameter_that_drives_nothing() -> None:
    circuit = Circuit(1, 2, (Gate("rz", (0,), (parameter(0),)), Gate("ry", (0,), (parameter(1),))))
    result = minimise(circuit, Hamiltonian("z", 1, (("Z", 1.0),)), DEFAULT, seed=1)
    assert result.energy == pytest.approx(-1.0)


def test_all_of_it_on_aer() -> None:
    gates = [Gate("ry", (q,), (parameter(q),)) for q in range(3)]
    gates += [Gate("crx", (0, 1), (parameter(3),)), Gate("cry", (1, 2), (parameter(4, 2.0),))]
    gates += [Gate("cp", (0, 2), (parameter(5),)), Gate("u", (1,), (parameter(0), parameter(3), parameter(6)))]
    circuit, hamiltonian = Circuit(3, 7, tuple(gates)), build_hamiltonian("tfim", 3)
    fast = minimise(circuit, hamiltonian, VqeSettings(restarts=6), seed=2)
    on_aer = minimise(circuit, hamiltonian, VqeSettings(restarts=6, engine="aer"), seed=2)
    assert on_aer.engine == "aer"
    assert on_aer.energy == pytest.approx(fast.energy, abs=1e-6)


def test_fourteen_qubits() -> None:
    hamiltonian = build_hamiltonian("tfim", 14)
    result = minimise(ising_hva(14, 1, periodic=False), hamiltonian, VqeSettings(restarts=4), seed=1)
    assert -1.3 * 14 < result.energy < -14.0


def test_what_is_given_is_never_lost() -> None:
    circuit, hamiltonian = ising_hva(6, 3, periodic=False), build_hamiltonian("tfim", 6)
    best = minimise(circuit, hamiltonian, VqeSettings(restarts=64), seed=1)
    poor = VqeSettings(restarts=1, max_evaluations=4)
    alone, helped = (minimise(circuit, hamiltonian, poor, 2, also) for also in ((), (best.parameters,)))
    assert alone.best_start == "fresh"
    assert alone.energy > best.energy + 0.1
    assert helped.best_start == "given"
    assert helped.energy == pytest.approx(best.energy, abs=1e-9)
    assert (helped.restarts, helped.restart_hits) == (alone.restarts, 0)  # no fresh start found it


def test_a_given_point_that_fresh_starts_find_too_is_theirs() -> None:
    circuit, hamiltonian = hardware_efficient(4, 1), build_hamiltonian("tfim", 4)
    alone = minimise(circuit, hamiltonian, DEFAULT, seed=1)
    helped = minimise(circuit, hamiltonian, DEFAULT, seed=1, also=(alone.parameters,))
    assert helped.best_start == "fresh"
    assert (helped.energy, helped.restart_hits) == (alone.energy, alone.restart_hits)


def test_a_given_point_is_optimised_from_where_it_is() -> None:
    """Any values of the circuit's own parameters, redundant and offset ones too."""
    redundant = parameter(0, 2.0, 0.3), Angle(((0, 1.0), (1, -3.0)), math.pi / 2), parameter(2)
    gates = [Gate("ry", (q,), (angle,)) for q, angle in enumerate(redundant)] + [Gate("cx", (0, 1)), Gate("cx", (1, 2))]
    circuit, hamiltonian = Circuit(3, 4, tuple(gates)), build_hamiltonian("tfim", 3)
    theta = (0.4, -1.1, 2.0, 5.0)
    once = VqeSettings(restarts=1, max_evaluations=1)
    result = minimise(circuit, hamiltonian, once, seed=1, also=(theta,))
    there = aer_energy(circuit, theta, hamiltonian)
    fresh = minimise(circuit, hamiltonian, once, seed=1)
    assert result.energy == pytest.approx(min(there, fresh.energy), abs=1e-10)
    assert result.spread == pytest.approx(abs(there - fresh.energy), abs=1e-10)


SCRIPT = """
from quantum.hamiltonians import build_hamiltonian
from quantum.vqe import VqeSettings, minimise
from tests.quantum.engine_cases import hardware_efficient
result = minimise(hardware_efficient(4, 2), build_hamiltonian("heisenberg", 4), VqeSettings(), 11)
print(result.energy.hex(), result.evaluations, [value.hex() for value in result.parameters])
"""


def test_the_same_seed_gives_the_same_bits_in_another_process() -> None:
    result = minimise(hardware_efficient(4, 2), build_hamiltonian("heisenberg", 4), DEFAULT, 11)
    again = minimise(hardware_efficient(4, 2), build_hamiltonian("heisenberg", 4), DEFAULT, 11)
    assert again == result
    other = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=os.getcwd())
    mine = f"{result.energy.hex()} {result.evaluations} {[value.hex() for value in result.parameters]}"
    assert other.stdout.strip() == mine


def test_every_file_with_kernels_is_in_the_caches_key() -> None:
    from quantum.bfgs import minimise_starts
    from quantum.kernel_sources import KERNEL_MODULES, KERNEL_SOURCES
    from quantum.statevector import evaluate_batch

    package = Path(vqe.__file__).parent
    with_kernels = {
        path.stem for path in package.glob("*.py") if "@kernel\n" in path.read_text() or path.stem == "lanes"
    }
    assert with_kernels == set(KERNEL_MODULES)
    for kernel in (evaluate_batch, minimise_starts):
        assert KERNEL_SOURCES in [cell.cell_contents for cell in kernel.py_func.__closure__]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_two_processes_may_compile_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT]
    cold = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
    outputs = {process.communicate()[0] for process in cold}
    outputs.add(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    assert len(outputs) == 1
    assert outputs.pop().startswith("-0x1.")


def test_the_fingerprint_names_what_an_energy_depends_on() -> None:
    fingerprint = engine_fingerprint()
    assert fingerprint == engine_fingerprint()
    for part in ("engine=", "numpy=", "numba=", "qiskit-aer=", "cpu=", "features="):
        assert part in fingerprint
