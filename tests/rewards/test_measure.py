"""What is measured of one circuit: nothing but its energies moves with a constant in H, and its fidelity is numpy's."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from quantum.circuit import Circuit, Gate
from quantum.metrics import metrics
from quantum.problem import Problem, resolve_problem, single_problem
from quantum.vqe import VqeSettings
from rewards.cache import ScoreCache
from rewards.measure import Measurer
from rewards.record import SizeScore
from rewards.settings import RewardSettings, ScoreSettings
from tests.quantum.engine_cases import hardware_efficient, parameter

QUICK = ScoreSettings(vqe=VqeSettings(restarts=4), reward=RewardSettings(gradient_samples=8))


def measured(problem: Problem, circuit: Circuit, settings: ScoreSettings = QUICK) -> SizeScore:
    measurer = Measurer(problem, settings, ScoreCache())
    return measurer.size(circuit, metrics(circuit), measurer.gradient(circuit))


@pytest.mark.parametrize("spec", ["tfim:field=0.2", "h2:r=2.63", "lih:r=3.4", "configs/problems/asymmetric-3q.json"])
@pytest.mark.parametrize("audit_share", [0.0, 1.0])
def test_a_constant_changes_no_figure_but_the_energies(spec: str, audit_share: float) -> None:
    hamiltonian = resolve_problem(spec).hamiltonian(resolve_problem(spec).sizes[0])
    constant = ("I" * hamiltonian.num_qubits, hamiltonian.identity + 1000.0)
    shifted = replace(hamiltonian, terms=(*hamiltonian.traceless.terms, constant))
    settings = QUICK.model_copy(update={"reward": RewardSettings(gradient_samples=8, audit_share=audit_share)})
    circuit = hardware_efficient(hamiltonian.num_qubits, 1)
    here, there = (measured(single_problem(h), circuit, settings) for h in (hamiltonian, shifted))
    for figure, value in asdict(there).items():
        if figure in ("energy", "exact_energy"):
            assert value == pytest.approx(getattr(here, figure) + 1000.0, abs=1e-9)
        else:
            assert value == getattr(here, figure), figure


def test_the_fidelity_is_that_of_the_circuit_at_its_best_parameters() -> None:
    problem, circuit = resolve_problem("h2"), hardware_efficient(4, 1)
    found = measured(problem, circuit)
    hamiltonian = problem.hamiltonian(4)
    levels, vectors = np.linalg.eigh(hamiltonian.operator.to_matrix())
    from qiskit.quantum_info import Statevector

    state = Statevector(circuit.to_qiskit(found.best_parameters)).data
    assert found.fidelity == pytest.approx(abs(np.vdot(vectors[:, 0], state)) ** 2, abs=1e-10)
    assert found.gap == pytest.approx(levels[1] - levels[0], abs=1e-10)
    assert found.product_error == problem.product_error(4)
    assert found.fidelity >= 1 - found.error / found.gap - 1e-9  # type: ignore[operator]


def test_half_of_two_near_levels_is_not_found() -> None:
    row = Circuit(4, 4, tuple(Gate("ry", (q,), (parameter(q),)) for q in range(4)))
    problem = resolve_problem("tfim:field=0.2")
    found = measured(problem, row)
    assert found.error < 1e-3 * -problem.level(4).energy
    assert found.fidelity == pytest.approx(0.5, abs=1e-3)
    assert not problem.met([found])


def test_both_wells_together_are_found() -> None:
    """A GHZ state turned by rotations that keep its parity: all of the ground state, so the same target is met."""
    gates = [Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(3))]
    for k, (a, b) in enumerate(((0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2))):
        before, after = (Gate("sdg", (b,)), Gate("h", (b,))), (Gate("h", (b,)), Gate("s", (b,)))
        gates += [*before, Gate("rzz", (a, b), (parameter(k),)), *after]
    problem = resolve_problem("tfim:field=0.2")
    found = measured(problem, Circuit(4, 6, tuple(gates)))
    assert found.fidelity == pytest.approx(1.0, abs=1e-6)
    assert problem.met([found])
