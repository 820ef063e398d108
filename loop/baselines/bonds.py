"""Commuting rotations on one pair of qubits, written with as few cx as they need.

rxx, ryy and rzz each cost two cx. On one pair they commute: two of them together need two, all three need three (Vatan
and Williams, PRA 69, 032315 (2004), fig. 6). Published counts of HVA circuits are of these forms, so ours are too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from quantum.circuit import Angle, Circuit, Gate

QUARTER: Final = math.pi / 2
BONDS: Final = ("rxx", "ryy", "rzz")
_TURNS: Final = {("rxx", "rzz"): None, ("rxx", "ryy"): "rx", ("ryy", "rzz"): "rz"}
"""About which axis a quarter turn of both qubits makes XX and ZZ of two letters."""

Bond = dict[str, Angle]
"""The angle of each of the pair's rotations."""


def fuse_bonds(circuit: Circuit) -> Circuit:
    """The same unitary, up to a global phase: rxx, ryy and rzz in a row on one pair are written together."""
    gates: list[Gate] = []
    pair: tuple[int, ...] = ()
    bond: Bond = {}
    for gate in circuit.gates:
        if gate.name in BONDS and gate.name not in bond and (not bond or set(gate.qubits) == set(pair)):
            pair, bond[gate.name] = pair if bond else gate.qubits, gate.angles[0]
            continue
        gates += _written(pair, bond)
        pair, bond = (gate.qubits, {gate.name: gate.angles[0]}) if gate.name in BONDS else ((), {})
        if not bond:
            gates.append(gate)
    return Circuit(circuit.num_qubits, circuit.num_parameters, (*gates, *_written(pair, bond)))


def _written(pair: tuple[int, ...], bond: Bond) -> Iterable[Gate]:
    if len(bond) == 3:
        return _three(pair[0], pair[1], bond)
    if len(bond) == 2:
        return _two(pair[0], pair[1], bond)
    return (Gate(name, pair, (angle,)) for name, angle in bond.items())


def _two(a: int, b: int, bond: Bond) -> Iterable[Gate]:
    """cx takes XX to X on the control and ZZ to Z on the target."""
    first, second = sorted(bond)
    turn = _TURNS[first, second]
    if turn:
        yield from (Gate(turn, (q,), (Angle((), QUARTER),)) for q in (a, b))
    yield Gate("cx", (a, b))
    yield Gate("rx", (a,), (bond[first],))
    yield Gate("rz", (b,), (bond[second],))
    yield Gate("cx", (a, b))
    if turn:
        yield from (Gate(turn, (q,), (Angle((), -QUARTER),)) for q in (a, b))


def _three(a: int, b: int, bond: Bond) -> Iterable[Gate]:
    yield Gate("rz", (b,), (Angle((), QUARTER),))
    yield Gate("cx", (b, a))
    yield Gate("rz", (a,), (_shifted(bond["rzz"], 1),))
    yield Gate("ry", (b,), (_shifted(bond["rxx"], 1),))
    yield Gate("cx", (a, b))
    yield Gate("ry", (b,), (_shifted(bond["ryy"], -1),))
    yield Gate("cx", (b, a))
    yield Gate("rz", (a,), (Angle((), -QUARTER),))


def _shifted(angle: Angle, sign: int) -> Angle:
    """sign * (angle + a quarter turn)."""
    terms = tuple((index, sign * coefficient) for index, coefficient in angle.terms)
    return Angle(terms, sign * (angle.constant + QUARTER))
