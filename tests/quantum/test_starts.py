"""Where a VQE begins: what a spelling cannot change, and agreement that means something."""

from __future__ import annotations

import numpy as np
import pytest

from quantum.bfgs import minimise_from
from quantum.circuit import Angle, Circuit, Gate
from quantum.hamiltonians import build_hamiltonian
from quantum.program import compile_program
from quantum.starts import draw_starts, initial_points
from quantum.state_form import state_form
from quantum.vqe import VqeSettings, minimise, rules_for
from tests.quantum.engine_cases import hardware_efficient, ising_hva, parameter

TFIM = build_hamiltonian("tfim", 4)


def rescaled(circuit: Circuit, factor: float) -> Circuit:
    """Every parameter written `factor` times as large."""
    gates = (
        Gate(g.name, g.qubits, tuple(Angle(tuple((i, factor * c) for i, c in a.terms), a.constant) for a in g.angles))
        for g in circuit.gates
    )
    return Circuit(circuit.num_qubits, circuit.num_parameters, tuple(gates))


@pytest.mark.parametrize("factor", [8.0, 0.125, -1.0])
def test_starts_are_drawn_in_angles(factor: float) -> None:
    circuit = hardware_efficient(4, 1)
    plain, scaled = (compile_program(c, TFIM) for c in (circuit, rescaled(circuit, factor)))
    here, there = (initial_points(program, 12, 3) for program in (plain, scaled))
    assert np.abs(there * abs(factor)) == pytest.approx(np.abs(here), rel=1e-12)


def test_the_slowest_rotation_turns_all_the_way_round() -> None:
    angles = (parameter(0, 3.0), parameter(0, -0.5), parameter(1, 2.0), parameter(1, 2.0))
    circuit = Circuit(4, 3, tuple(Gate("ry", (q,), (angle,)) for q, angle in enumerate(angles)))
    program = compile_program(circuit, TFIM)
    assert program.periods == pytest.approx([4 * np.pi, np.pi, 2 * np.pi])
    points = initial_points(program, 4000, 1)[::2]
    assert np.abs(points).max(axis=0) == pytest.approx(program.periods / 2, rel=0.01)


def test_a_vanishing_multiplier_keeps_angles_in_range() -> None:
    """A period of 1e9 would cost the angles their last digits, and Aer would object."""
    circuit = Circuit(2, 1, (Gate("ry", (0,), (parameter(0),)), Gate("ry", (1,), (parameter(0, 1e-9),))))
    hamiltonian = build_hamiltonian("tfim", 2)
    assert compile_program(circuit, hamiltonian).periods == pytest.approx([2000 * np.pi])
    minimise(circuit, hamiltonian, VqeSettings(restarts=4), seed=1)


def test_uniform_and_near_zero_in_turn_and_a_prefix_is_fair() -> None:
    program = compile_program(hardware_efficient(4, 40), TFIM)
    points = initial_points(program, 12, 3)
    assert np.array_equal(points[:8], initial_points(program, 8, 3))
    wide = np.pi / np.sqrt(3)
    assert points.std(axis=1) == pytest.approx(np.tile([wide, 0.1, wide, 0.1, wide, 0.5], 2), rel=0.15)
    assert not np.array_equal(points, initial_points(program, 12, 4))


def test_shared_angles_get_more_starts_all_uniform_while_they_are_cheap() -> None:
    def drawn(circuit: Circuit) -> tuple[int, int]:
        hamiltonian = build_hamiltonian("tfim", circuit.num_qubits)
        starts = draw_starts(compile_program(state_form(circuit), hamiltonian), 10, 1)
        assert len(starts.points) == len(starts.uniform)
        return len(starts.points), int(starts.uniform.sum())

    assert drawn(hardware_efficient(4, 2)) == (10, 5)
    assert drawn(ising_hva(4, 1, periodic=False)) == (30, 25)
    assert drawn(ising_hva(6, 1, periodic=False)) == (50, 45)
    assert drawn(ising_hva(8, 4, periodic=False)) == (10, 5)
    assert drawn(ising_hva(12, 6, periodic=False)) == (10, 5)
    assert drawn(Circuit(2, 0, (Gate("h", (0,)),))) == (1, 1)


def test_starts_that_all_agree_near_zero_are_no_evidence() -> None:
    """Two shared angles written in eighths: sixteen starts of width 0.1, 0.5 and pi agree on an energy 1.2 too high."""
    gates = [Gate("ry", (q,), (parameter(0, 1 / 8),)) for q in range(4)]
    gates += [Gate("ryy", (q, q + 1), (parameter(1, 1 / 8),)) for q in range(3)]
    gates += [Gate("rx", (q,), (parameter(0, 1 / 4),)) for q in range(4)]
    circuit = Circuit(4, 2, tuple(gates))
    rng = np.random.default_rng(1)
    narrow = np.vstack([rng.normal(0, 0.1, (8, 2)), rng.normal(0, 0.5, (4, 2)), rng.uniform(-np.pi, np.pi, (4, 2))])
    agreed = minimise_from(compile_program(circuit, TFIM), narrow, rules_for(TFIM, VqeSettings())).energies
    assert np.ptp(agreed) < 1e-6
    found = minimise(circuit, TFIM, VqeSettings(), seed=1)
    assert found.energy < agreed.min() - 1.2
    assert 0 < found.restart_hits < 0.5 * found.restarts
