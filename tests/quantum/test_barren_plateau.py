"""Gradient variances against the exact 2-design value, published tables, and what a candidate might try."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quantum.barren_plateau import (
    GradientVariance,
    gradient_variance,
    trainability,
    two_design_variance,
)
from quantum.circuit import Angle, Circuit, Gate
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.program import compile_program
from quantum.state_form import state_form
from quantum.statevector import energies_and_gradients
from tests.quantum.engine_cases import hardware_efficient, ising_hva, parameter

SIZES = (4, 6, 8)


@pytest.mark.parametrize(
    ("num_qubits", "unit"),
    [(2, 0.10667), (3, 0.05644), (4, 0.029527), (5, 0.015166), (6, 0.0076942), (7, 0.0038762), (8, 0.0019456)],
)
def test_the_two_design_value(num_qubits: int, unit: float) -> None:
    hamiltonian = build_hamiltonian("tfim", num_qubits, field=0.5)
    weight = (num_qubits - 1) + num_qubits * 0.25
    assert two_design_variance(hamiltonian) == pytest.approx(weight * unit, rel=1e-4)


@pytest.mark.parametrize("family", ["tfim", "heisenberg"])
@pytest.mark.parametrize("num_qubits", SIZES)
def test_a_deep_hardware_efficient_circuit_is_a_two_design(family: str, num_qubits: int) -> None:
    circuit = hardware_efficient(num_qubits, 2 * num_qubits)
    found = gradient_variance(circuit, build_hamiltonian(family, num_qubits), samples=400)
    assert found.ratio == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(
    ("circuits", "boundary", "medians"),
    [
        ({n: ising_hva(n, n // 2, periodic=True) for n in SIZES}, "periodic", (0.351, 0.218, 0.192)),
        ({n: ising_hva(n, n // 2, periodic=False) for n in SIZES}, "open", (0.151, 0.133, 0.112)),
        ({n: hardware_efficient(n, 1) for n in SIZES}, "open", (0.0329, 0.0183, 0.0126)),
        ({n: hardware_efficient(n, 3) for n in SIZES}, "open", (0.0240, 0.00963, 0.00347)),
    ],
    ids=["hva periodic", "hva open", "hea 1", "hea 3"],
)
def test_medians_that_another_code_found(
    circuits: dict[int, Circuit], boundary: str, medians: tuple[float, ...]
) -> None:
    for (num_qubits, circuit), median in zip(circuits.items(), medians, strict=True):
        hamiltonian = build_hamiltonian("tfim", num_qubits, boundary=boundary)
        found = gradient_variance(circuit, hamiltonian, samples=1000, seed=1)
        assert found.median == pytest.approx(median, rel=0.25)


def test_scaling_every_angle_changes_nothing() -> None:
    plain = hardware_efficient(4, 2)
    gates = tuple(
        Gate(g.name, g.qubits, tuple(Angle(tuple((i, 10 * c) for i, c in a.terms), a.constant) for a in g.angles))
        for g in plain.gates
    )
    scaled = Circuit(4, plain.num_parameters, gates)
    hamiltonian = build_hamiltonian("tfim", 4)
    a, b = (gradient_variance(circuit, hamiltonian, samples=4000, seed=k) for k, circuit in enumerate((plain, scaled)))
    assert b.median == pytest.approx(a.median, rel=0.05)


@pytest.mark.parametrize("factor", [8.0, 1 / 8, 1 / 3])
def test_no_scale_keeps_a_plateau_near_the_identity(factor: float) -> None:
    """The same seed draws the same angles, whatever multiplies the parameters."""
    hamiltonian = build_hamiltonian("tfim", 6)
    plain, scaled = (gradient_variance(deep_plateau(scale, scale), hamiltonian) for scale in (1.0, factor))
    assert scaled.median == pytest.approx(plain.median, rel=1e-6)
    assert scaled.ratio == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(("first", "rest"), [(8.0, 1 / 8), (1.0, 1 / 64), (64.0, 1.0)])
def test_a_fast_first_rotation_keeps_no_plateau_near_the_identity(first: float, rest: float) -> None:
    """Over 2 pi of the first rotation the others would hardly turn, and gradients would be large."""
    circuit, hamiltonian = deep_plateau(rest, first, guarded=True), build_hamiltonian("tfim", 6)
    for source in (circuit, state_form(circuit)):
        program = compile_program(source, hamiltonian)
        slow = np.random.default_rng(1).uniform(0, 2 * np.pi / first, (200, circuit.num_parameters))
        weights = program.generator_norms * math.sqrt(hamiltonian.variance_weight)
        evaded = np.median(energies_and_gradients(program, slow)[1].var(axis=0) / weights**2)
        found = gradient_variance(source, hamiltonian, samples=200, seed=2)
        assert found.median < 0.3 * evaded
        assert found.ratio < 1.25


def deep_plateau(rest: float = 1.0, first: float = 1.0, guarded: bool = False) -> Circuit:
    """A deep hardware-efficient circuit, its angles times `rest`; `guarded`: behind turns of qubit 0 by `first`
    times each parameter."""
    plain = hardware_efficient(6, 12)
    gates = [
        Gate(g.name, g.qubits, tuple(Angle(tuple((i, rest * c) for i, c in a.terms), a.constant) for a in g.angles))
        for g in plain.gates
    ]
    if guarded:
        turns = [Gate(("ry", "rz")[k % 2], (0,), (parameter(k, first),)) for k in range(plain.num_parameters)]
        gates = turns + gates
    return Circuit(6, plain.num_parameters, tuple(gates))


def test_splitting_a_rotation_changes_nothing() -> None:
    """Ten gates rx(theta) in a row are one of 10 theta: merged, so that their number does not inflate the variance."""
    z = Hamiltonian("z", 1, (("Z", 1.0),))
    once = Circuit(1, 1, (Gate("rx", (0,), (parameter(0),)),))
    often = Circuit(1, 1, 10 * (Gate("rx", (0,), (parameter(0),)),))
    a, b = (gradient_variance(circuit, z, samples=4000).median for circuit in (once, often))
    assert a == pytest.approx(0.5, rel=0.05)
    assert b == pytest.approx(0.5, rel=0.05)


def test_scaling_the_hamiltonian_changes_nothing() -> None:
    circuit, hamiltonian = hardware_efficient(3, 1), build_hamiltonian("tfim", 3)
    shifted = (("III", -70.0), *((label, 100 * c) for label, c in hamiltonian.terms))
    scaled = Hamiltonian("scaled", 3, shifted)
    a, b = gradient_variance(circuit, hamiltonian), gradient_variance(circuit, scaled)
    assert b.median == pytest.approx(a.median, rel=1e-9)
    assert b.ratio == pytest.approx(a.ratio, rel=1e-9)


def test_dead_parameters_count_as_zeros() -> None:
    """One RZ on |0>, one parameter in no gate, one live RY."""
    circuit = Circuit(1, 3, (Gate("rz", (0,), (parameter(0),)), Gate("ry", (0,), (parameter(2),))))
    found = gradient_variance(circuit, Hamiltonian("z", 1, (("Z", 1.0),)))
    assert found.dead_fraction == pytest.approx(2 / 3)
    assert found.median == 0.0
    assert found.mean == pytest.approx(0.5 / 3, rel=0.3)


def test_nothing_to_differentiate() -> None:
    found = gradient_variance(Circuit(2, 0, (Gate("h", (0,)),)), build_hamiltonian("tfim", 2))
    assert (found.median, found.ratio, found.dead_fraction) == (0.0, 0.0, 1.0)


def test_the_interval_covers() -> None:
    circuit, hamiltonian = hardware_efficient(4, 2), build_hamiltonian("tfim", 4)
    truth = gradient_variance(circuit, hamiltonian, samples=20_000, seed=99).median
    found = [gradient_variance(circuit, hamiltonian, samples=64, seed=seed) for seed in range(100)]
    assert all(f.low <= f.median <= f.high for f in found)
    assert sum(f.low <= truth <= f.high for f in found) >= 85
    more = [gradient_variance(circuit, hamiltonian, samples=640, seed=seed) for seed in range(20)]
    assert np.mean([f.high - f.low for f in more]) < 0.5 * np.mean([f.high - f.low for f in found])


def test_the_seed_decides() -> None:
    circuit, hamiltonian = hardware_efficient(3, 1), build_hamiltonian("tfim", 3)
    assert gradient_variance(circuit, hamiltonian, seed=4) == gradient_variance(circuit, hamiltonian, seed=4)
    assert gradient_variance(circuit, hamiltonian, seed=4) != gradient_variance(circuit, hamiltonian, seed=5)


def test_one_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        gradient_variance(hardware_efficient(2, 1), build_hamiltonian("tfim", 2), samples=1)


def measured(reps_of: dict[int, Circuit], boundary: str = "open") -> dict[int, GradientVariance]:
    return {n: gradient_variance(c, build_hamiltonian("tfim", n, boundary=boundary), 200) for n, c in reps_of.items()}


def test_verdicts() -> None:
    deep = trainability(measured({n: hardware_efficient(n, 2 * n) for n in SIZES}))
    assert deep.verdict == "plateau_like"
    assert deep.slope == pytest.approx(-0.95, abs=0.1)
    assert trainability(measured({n: hardware_efficient(n, 3) for n in SIZES})).verdict == "suspicious"
    structured = trainability(measured({n: ising_hva(n, n // 2, periodic=True) for n in SIZES}, "periodic"))
    assert structured.verdict == "polynomial"
    assert structured.slope == pytest.approx(-0.22, abs=0.12)
    assert structured.standard_error is not None
    assert 0 < structured.standard_error < 0.15


def test_small_sizes_give_no_verdict() -> None:
    found = measured({n: hardware_efficient(n, 2 * n) for n in (2, 4, 6)})
    assert trainability({6: found[6]}).verdict == "unknown"
    assert trainability({6: found[6]}).slope is None
    assert trainability({}).verdict == "unknown"
    small = trainability({2: found[2], 4: found[4]})
    assert small.verdict == "unknown"
    assert small.slope is not None
    assert trainability({4: found[4], 6: found[6]}).verdict == "plateau_like"


def test_exact_slopes_come_back() -> None:
    def exact(median: float) -> GradientVariance:
        return GradientVariance(median, median, 0.9 * median, 1.1 * median, 1.0, 0.0, 64)

    fitted = trainability({n: exact(2.0 ** (-0.6 * n)) for n in (4, 6, 8)})
    assert fitted.slope == pytest.approx(-0.6)
    assert fitted.verdict == "suspicious"
