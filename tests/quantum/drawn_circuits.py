"""Circuits and rewrites of them for property tests, and Qiskit's word on their unitaries."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from qiskit.quantum_info import Operator

from quantum.circuit import GATES, Angle, Circuit, Gate

COEFFICIENTS = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
CONSTANTS = (0.0, 0.0, math.pi / 8, math.pi / 4, -math.pi / 4, math.pi / 2, math.pi, 0.3, -1.1, 2.5)
SELF_INVERSE = ("x", "y", "z", "h", "cx", "cy", "cz", "swap")
INVERSES = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t", "sx": "sxdg", "sxdg": "sx"}
SYMMETRIC = ("cz", "swap", "iswap", "cp", "rxx", "ryy", "rzz")
DIAGONAL = ("z", "s", "sdg", "t", "tdg", "rz", "p", "cz", "crz", "cp", "rzz")
ONE_ANGLE = tuple(name for name, kind in GATES.items() if kind.num_angles == 1)


def theta(index: int, coefficient: float = 1.0, constant: float = 0.0) -> Angle:
    return Angle(((index, coefficient),), constant)


def circuit_of(num_qubits: int, num_parameters: int, *rows: tuple[object, ...]) -> Circuit:
    """Rows are (name, qubits, angle, ...)."""
    return Circuit(num_qubits, num_parameters, tuple(Gate(row[0], row[1], row[2:]) for row in rows))  # type: ignore[arg-type]


def unitary(circuit: Circuit, values: Sequence[float]) -> NDArray[np.complex128]:
    return np.asarray(Operator(circuit.to_qiskit(values)).data)


def equal_up_to_phase(a: NDArray[np.complex128], b: NDArray[np.complex128]) -> bool:
    return bool(abs(abs(np.vdot(a, b)) / len(a) - 1) < 1e-9)


@st.composite
def angles(draw: st.DrawFn, num_parameters: int) -> Angle:
    count = draw(st.integers(0, min(2, num_parameters)))
    indices = sorted(draw(st.permutations(range(num_parameters)))[:count])
    return Angle(tuple((i, draw(st.sampled_from(COEFFICIENTS))) for i in indices), draw(st.sampled_from(CONSTANTS)))


@st.composite
def gates(draw: st.DrawFn, num_qubits: int, num_parameters: int) -> Gate:
    names = [name for name, kind in GATES.items() if kind.num_qubits <= num_qubits]
    name = draw(st.sampled_from(names))
    qubits = tuple(draw(st.permutations(range(num_qubits)))[: GATES[name].num_qubits])
    return Gate(name, qubits, tuple(draw(angles(num_parameters)) for _ in range(GATES[name].num_angles)))


@st.composite
def circuits(draw: st.DrawFn, max_qubits: int = 3, max_gates: int = 14) -> Circuit:
    n, p = draw(st.integers(1, max_qubits)), draw(st.integers(0, 3))
    return Circuit(n, p, tuple(draw(st.lists(gates(n, p), max_size=max_gates))))


@st.composite
def rewritten(draw: st.DrawFn, circuit: Circuit) -> Circuit:
    """The same unitary up to a global phase and the order of its parameters, written another way."""
    for rewrite in draw(st.lists(st.sampled_from(REWRITES), min_size=1, max_size=8)):
        circuit = rewrite(draw, circuit)
    return circuit


def _with_gates(circuit: Circuit, new: Sequence[Gate]) -> Circuit:
    return Circuit(circuit.num_qubits, circuit.num_parameters, tuple(new))


def _position(draw: st.DrawFn, circuit: Circuit) -> int | None:
    return draw(st.integers(0, len(circuit.gates) - 1)) if circuit.gates else None


def _rename(draw: st.DrawFn, circuit: Circuit) -> Circuit:
    """A permutation of the parameters, with a new one that is never used."""
    new = draw(st.permutations(range(circuit.num_parameters + 1)))
    moved = [
        Gate(
            g.name, g.qubits, tuple(Angle(tuple(sorted((new[i], c) for i, c in a.terms)), a.constant) for a in g.angles)
        )
        for g in circuit.gates
    ]
    return Circuit(circuit.num_qubits, circuit.num_parameters + 1, tuple(moved))


def _exchange(draw: st.DrawFn, circuit: Circuit) -> Circuit:
    """Two neighbours on disjoint qubits, or both diagonal, change places."""
    at = _position(draw, circuit)
    if at is None or at + 1 == len(circuit.gates):
        return circuit
    first, second = circuit.gates[at : at + 2]
    if set(first.qubits) & set(second.qubits) and not {first.name, second.name} <= set(DIAGONAL):
        return circuit
    return _with_gates(circuit, [*circuit.gates[:at], second, first, *circuit.gates[at + 2 :]])


def _insert_pair(draw: st.DrawFn, circuit: Circuit) -> Circuit:
    """A gate and its inverse, in either order."""
    gate = draw(gates(circuit.num_qubits, circuit.num_parameters))
    if gate.name in ONE_ANGLE:
        angle = gate.angles[0]
        inverse = Gate(gate.name, gate.qubits, (Angle(tuple((i, -c) for i, c in angle.terms), -angle.constant),))
    elif gate.name in SELF_INVERSE:
        inverse = gate
    elif gate.name in INVERSES:
        inverse = Gate(INVERSES[gate.name], gate.qubits)
    else:
        return circuit
    at = draw(st.integers(0, len(circuit.gates)))
    pair = draw(st.permutations([gate, inverse]))
    return _with_gates(circuit, [*circuit.gates[:at], *pair, *circuit.gates[at:]])


def _split(draw: st.DrawFn, circuit: Circuit) -> Circuit:
    """One rotation as two: half the parameters each, and the constant unevenly."""
    at = _position(draw, circuit)
    if at is None or circuit.gates[at].name not in ONE_ANGLE:
        return circuit
    gate, angle = circuit.gates[at], circuit.gates[at].angles[0]
    shift = draw(st.sampled_from(CONSTANTS))
    halves = [Angle(tuple((i, c / 2) for i, c in angle.terms), part) for part in (angle.constant - shift, shift)]
    parts = [Gate(gate.name, gate.qubits, (half,)) for half in halves]
    return _with_gates(circuit, [*circuit.gates[:at], *parts, *circuit.gates[at + 1 :]])


def _period(draw: st.DrawFn, circuit: Circuit) -> Circuit:
    """A whole period more: 4 pi for controlled rotations, 2 pi (a global phase) for all others."""
    at = _position(draw, circuit)
    if at is None or circuit.gates[at].name not in ONE_ANGLE:
        return circuit
    gate, angle = circuit.gates[at], circuit.gates[at].angles[0]
    period = (4 if gate.name in ("crx", "cry", "crz") else 2) * math.pi * draw(st.sampled_from((-1, 1, 3)))
    longer = Gate(gate.name, gate.qubits, (Angle(angle.terms, angle.constant + period),))
    return _with_gates(circuit, [*circuit.gates[:at], longer, *circuit.gates[at + 1 :]])


def _rephrase(draw: st.DrawFn, circuit: Circuit) -> Circuit:
    """One gate in the words of others."""
    at = _position(draw, circuit)
    if at is None:
        return circuit
    gate = circuit.gates[at]
    choices = _phrases(gate)
    return _with_gates(circuit, [*circuit.gates[:at], *draw(st.sampled_from(choices)), *circuit.gates[at + 1 :]])


def _phrases(gate: Gate) -> list[list[Gate]]:
    def turn(name: str, angle: float) -> list[Gate]:
        return [Gate(name, gate.qubits, (Angle((), angle),))]

    def pairs(*names: str) -> list[Gate]:
        a, b = gate.qubits
        return [Gate(name[:-1], {"a": (a,), "b": (b,), ">": (a, b), "<": (b, a)}[name[-1]]) for name in names]

    fixed = {"x": ("rx", 2), "y": ("ry", 2), "z": ("rz", 2), "s": ("p", 1), "sdg": ("rz", -1), "sx": ("rx", 1)}
    found = [[gate]]
    if gate.name in fixed:
        name, quarters = fixed[gate.name]
        found.append(turn(name, quarters * math.pi / 2))
    if gate.name in SYMMETRIC:
        found.append([Gate(gate.name, gate.qubits[::-1], gate.angles)])
    if gate.name in ("p", "rz"):
        found.append([Gate("rz" if gate.name == "p" else "p", gate.qubits, gate.angles)])
    if gate.name == "t":
        found.append(turn("p", math.pi / 4))
    if gate.name == "swap":
        found.append(pairs("cx>", "cx<", "cx>"))
    if gate.name == "cz":
        found.append(pairs("hb", "cx>", "hb"))
    if gate.name == "cx":
        found.append(pairs("ha", "hb", "cx<", "ha", "hb"))
    if gate.name == "iswap":
        found.append(pairs("sa", "sb", "ha", "cx>", "cx<", "hb"))
    if gate.name == "rzz":
        found.append([*pairs("cx>"), Gate("rz", gate.qubits[1:], gate.angles), *pairs("cx>")])
    if gate.name == "u":
        middle, last, first = gate.angles
        found.append([Gate(n, gate.qubits, (a,)) for n, a in (("rz", first), ("ry", middle), ("rz", last))])
    return found


REWRITES = (_rename, _exchange, _insert_pair, _split, _period, _rephrase)
