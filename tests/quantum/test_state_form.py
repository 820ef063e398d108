"""Circuits that prepare the same states share a form, and the form prepares what they do: against Qiskit's states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from qiskit.quantum_info import Pauli, Statevector

from quantum.circuit import Angle, Circuit, Gate
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.program import compile_program
from quantum.state_form import PauliRotation, StateForm, state_form
from quantum.statevector import energies
from quantum.vqe import VqeSettings, minimise
from tests.quantum.drawn_circuits import circuit_of, circuits, rewritten, theta
from tests.quantum.engine_cases import ising_hva, random_circuit, random_hamiltonian

PROPERTY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def matrix(num_qubits: int, x: int, z: int) -> NDArray[np.complex128]:
    label = "".join("IXZY"[(x >> q & 1) + 2 * (z >> q & 1)] for q in reversed(range(num_qubits)))
    return np.asarray(Pauli(label).to_matrix())


def prepared(form: StateForm, values: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The form's state by dense matrices: a projector for its stabiliser state, then each rotation."""
    one = np.eye(1 << form.num_qubits, dtype=complex)
    projector = one
    for x, z, k in form.generators:
        sign = -1 if (k - (x & z).bit_count()) & 2 else 1
        projector = projector @ (one + sign * matrix(form.num_qubits, x, z)) / 2
    state = projector @ np.random.default_rng(0).normal(size=len(one))
    state = state / np.linalg.norm(state)
    for rotation in form.rotations:
        half = (rotation.angle.at(values) - rotation.angle.constant * (1 - math.pi / 2)) / 2
        turned = matrix(form.num_qubits, rotation.x, rotation.z) @ state
        state = math.cos(half) * state - 1j * math.sin(half) * turned
    return state


def assert_prepares_what_its_circuit_does(form: StateForm, circuit: Circuit, seed: int = 1) -> None:
    """At reduced parameters by way of `theta`, and at the circuit's own by way of `reduced`."""
    own = np.random.default_rng(seed).uniform(-3, 3, circuit.num_parameters)
    there = np.asarray(Statevector(circuit.to_qiskit(own)).data)
    assert abs(abs(np.vdot(prepared(form, np.array(form.reduced(own))), there)) - 1) < 1e-10
    values = np.random.default_rng(seed).uniform(-3, 3, form.num_parameters)
    there = np.asarray(Statevector(circuit.to_qiskit(form.theta(values))).data)
    assert abs(abs(np.vdot(prepared(form, values), there)) - 1) < 1e-10


@pytest.mark.parametrize("seed", range(60))
def test_the_form_prepares_what_the_circuit_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    num_qubits = int(rng.integers(1, 6))
    circuit = random_circuit(rng, num_qubits, int(rng.integers(1, 50)))
    form = state_form(circuit)
    assert_prepares_what_its_circuit_does(form, circuit, seed)
    hamiltonian = random_hamiltonian(rng, num_qubits)
    points = rng.uniform(-3, 3, (5, form.num_parameters))
    own = np.array([form.theta(point) for point in points]).reshape(5, circuit.num_parameters)
    fast = energies(compile_program(form, hamiltonian), points)
    assert fast == pytest.approx(energies(compile_program(circuit, hamiltonian), own), abs=1e-10)


@PROPERTY
@given(circuits())
def test_every_drawn_circuit_is_prepared(circuit: Circuit) -> None:
    assert_prepares_what_its_circuit_does(state_form(circuit), circuit)


@PROPERTY
@given(st.data())
def test_circuits_with_one_hash_prepare_the_same_states(data: st.DataObject) -> None:
    circuit = data.draw(circuits(max_gates=8))
    other = data.draw(rewritten(circuit))
    if data.draw(st.booleans()):
        gates = list(other.gates)
        del gates[data.draw(st.integers(0, len(gates))) :][:1]
        other = Circuit(other.num_qubits, other.num_parameters, tuple(gates))
    form, found = state_form(circuit), state_form(other)
    if form.hash == found.hash:
        assert (form.rotations, form.generators) == (found.rotations, found.generators)
        assert_prepares_what_its_circuit_does(form, circuit)
        assert_prepares_what_its_circuit_does(found, other)


@PROPERTY
@given(st.data())
def test_rewrites_keep_the_hash_where_no_offset_stands_beside_a_parameter(data: st.DataObject) -> None:
    drawn = data.draw(circuits())
    gates = [
        Gate(g.name, g.qubits, tuple(Angle(a.terms, 0.0 if a.terms else a.constant) for a in g.angles))
        for g in drawn.gates
    ]
    circuit = Circuit(drawn.num_qubits, drawn.num_parameters, tuple(gates))
    other = data.draw(rewritten(circuit))
    if all(not angle.terms or not angle.constant for gate in other.gates for angle in gate.angles):
        assert state_form(other).hash == state_form(circuit).hash


def respelt(circuit: Circuit, spelling: str) -> Circuit:
    """The same set of states in other words."""
    n, p, gates = circuit.num_qubits, circuit.num_parameters, list(circuit.gates)
    factors = {"2 t": 2.0, "-t": -1.0, "t / 3": 1 / 3, "0.7 t": 0.7}
    offsets = {"t + pi / 8": math.pi / 8, "t + pi / 2": math.pi / 2, "t + 0.3": 0.3, "t - 3 pi": -3 * math.pi}

    def changed(angle: Angle) -> Angle:
        factor, offset = factors.get(spelling, 1.0), offsets.get(spelling, 0.0)
        terms = tuple((index, factor * a) for index, a in angle.terms)
        if spelling == "t0 + t1":
            terms = tuple(sorted(((2 * i + k, a) for i, a in terms for k in (0, 1))))
        return Angle(terms, angle.constant + offset * sum(a for _, a in angle.terms))

    gates = [Gate(g.name, g.qubits, tuple(map(changed, g.angles))) for g in gates]
    first = {"z on |0>": Gate("z", (0,)), "p(pi / 8) on |0>": Gate("p", (n - 1,), (Angle((), math.pi / 8),)),
             "rz on |0>": Gate("rz", (1,), (theta(0, 1.5, 0.2),)), "cx on |0>": Gate("cx", (1, 0)),
             "crx on |0>": Gate("crx", (0, 1), (theta(0),))}  # fmt: skip
    if spelling in first:
        gates.insert(0, first[spelling])
    if spelling == "reflected":
        gates = [Gate(g.name, tuple(n - 1 - q for q in g.qubits), g.angles) for g in gates]
    if spelling == "an angle of its own on |0>":
        gates.insert(0, Gate("rz", (0,), (theta(p),)))
    return Circuit(n, 2 * p + 1, tuple(gates))


SPELLINGS = (
    "2 t", "-t", "t / 3", "t + pi / 8", "t0 + t1", "z on |0>", "p(pi / 8) on |0>", "reflected", "0.7 t", "t + pi / 2",
    "t + 0.3", "t - 3 pi", "rz on |0>", "cx on |0>", "crx on |0>", "an angle of its own on |0>",
)  # fmt: skip


def layers(num_qubits: int) -> Circuit:
    """Shared angles, fixed constants and entanglers, without a mirror symmetry."""
    gates = [Gate("ry", (q,), (theta(q),)) for q in range(num_qubits)]
    gates += [Gate("cx", (q, q + 1)) for q in range(num_qubits - 1)]
    gates += [Gate("rzz", (q, q + 1), (theta(num_qubits, 2.0),)) for q in range(num_qubits - 1)]
    gates += [Gate("t", (0,)), *(Gate("rx", (q,), (theta(num_qubits + 1, 0.5 + q),)) for q in range(num_qubits))]
    return Circuit(num_qubits, num_qubits + 2, tuple(gates))


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("circuit", [layers(4), ising_hva(4, 2, periodic=False)], ids=["layers", "hva"])
def test_no_spelling_changes_the_form_or_a_bit_of_the_optimum(circuit: Circuit, spelling: str) -> None:
    hamiltonian = build_hamiltonian("tfim", 4)
    other = respelt(circuit, spelling)
    original = state_form(circuit, hamiltonian.relabellings)
    form = state_form(other, hamiltonian.relabellings)
    assert form.hash == original.hash
    quick = VqeSettings(restarts=4)
    first, again = (minimise(one, hamiltonian, quick, seed=3) for one in (circuit, other))
    assert (again.reduced, again.engine_energy) == (first.reduced, first.engine_energy)
    assert again.energy == pytest.approx(first.energy, abs=1e-9)


def test_a_reflection_counts_where_the_hamiltonian_has_it_and_nowhere_else() -> None:
    circuit = layers(4)
    mirrored = respelt(circuit, "reflected")
    lopsided = Hamiltonian("lopsided", 4, (*build_hamiltonian("tfim", 4).terms, ("IIIZ", 0.1)))
    assert lopsided.relabellings == ()
    assert state_form(circuit).hash != state_form(mirrored).hash
    chain, ring = build_hamiltonian("tfim", 4), build_hamiltonian("tfim", 4, boundary="periodic")
    assert chain.relabellings == ((3, 2, 1, 0),)
    assert len(ring.relabellings) == 7
    shifted = Circuit(4, 6, tuple(Gate(g.name, tuple((q + 1) % 4 for q in g.qubits), g.angles) for g in circuit.gates))
    assert state_form(shifted, ring.relabellings).hash == state_form(circuit, ring.relabellings).hash
    assert state_form(shifted, chain.relabellings).hash != state_form(circuit, chain.relabellings).hash


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0))),
         circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0, 2)))),
        (circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0))),
         circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0, 1 + 1e-9)))),
        (circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0))),
         circuit_of(2, 2, ("rx", (0,), theta(0)), ("rx", (1,), theta(1)))),
        (circuit_of(2, 2, ("rx", (0,), theta(0)), ("rx", (1,), Angle(((0, 1.0), (1, 1e-12))))),
         circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0)))),
        (circuit_of(1, 1, ("ry", (0,), theta(0)), ("s", (0,))), circuit_of(1, 1, ("ry", (0,), theta(0)))),
        (circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0, 1, 0.2))),
         circuit_of(2, 1, ("rx", (0,), theta(0)), ("rx", (1,), theta(0)))),
    ],
    ids=["ratio", "nearly one", "one or two", "hidden", "clifford", "relative offset"],
)  # fmt: skip
def test_other_sets_of_states_have_other_hashes(a: Circuit, b: Circuit) -> None:
    assert state_form(a).hash != state_form(b).hash


def test_the_reduced_parameters_are_as_many_as_move_and_say_how_far() -> None:
    circuit = circuit_of(
        2, 4, ("rz", (0,), theta(0)), ("ry", (0,), theta(1, 3.0)), ("rx", (1,), theta(1, -0.75)),
        ("rzz", (0, 1), Angle(((2, 1.0), (3, 1.0)), 0.1)),
    )  # fmt: skip
    form = state_form(circuit)
    assert form.num_parameters == 2
    assert sorted(form.spans) == [(1.0, 1.0), (1.0, 4.0)] or sorted(form.spans) == [(0.25, 1.0), (1.0, 1.0)]
    assert form.theta((0.0, 0.0))[0] == 0.0
    assert state_form(circuit_of(1, 1, ("rz", (0,), theta(0)))).rotations == ()
    assert isinstance(form.rotations[0], PauliRotation)


def test_energies_of_one_hash_agree_at_large_parameters() -> None:
    """Coefficients that differ by less than the hash tells apart move no energy by 1e-9, 1000 turns out."""
    hamiltonian = build_hamiltonian("tfim", 2)
    pair = [
        circuit_of(2, 1, ("ry", (0,), theta(0)), ("ry", (1,), theta(0, ratio)), ("rzz", (0, 1), theta(0, ratio)))
        for ratio in (0.7131, 0.7131 * (1 + 3e-14))
    ]
    forms = [state_form(circuit) for circuit in pair]
    assert forms[0].hash == forms[1].hash
    found = [
        energies(compile_program(c, hamiltonian), [f.theta((6283.0,))])[0] for c, f in zip(pair, forms, strict=True)
    ]
    assert found[0] == pytest.approx(found[1], abs=1e-9)
