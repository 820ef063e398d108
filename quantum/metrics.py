"""What a circuit costs in {rx, ry, rz, cx}, all pairs connected, counted from its structure alone.

A count never looks at a value of a parameter: a gate is absent when its angle is zero for all values of the parameters,
or when one of these exact rewritings removes it.

- One-qubit gates in a row are one run (`quantum.single_qubit`): rotations about one axis add up as functions of the
  parameters, Clifford gates are pulled through, at most three rotations are left. Constants are evaluated, being so.
- Two gates of one kind on the same qubits (in either order for cz, swap, cp, rxx, ryy, rzz) with nothing between them
  on these qubits are one: cx, cy, cz and swap cancel, angles add up, and an angle that is zero leaves no gate.
- Each gate is then written by Qiskit's definition (`DEFINITIONS`), and cx pairs with nothing between them cancel.
- rz, p, z, s and t (and their inverses) on a qubit that is still in |0> leave no gate.

That is what Qiskit's transpile to this basis leaves at optimisation level 1 and a generic point, except that the last
rule and the merging of two-qubit gates save more. Nothing is resynthesised: rxx ryy rzz on one pair count six cx,
unless the circuit itself uses the three-cx form.

Not covered: routing on a device's coupling map, durations, error rates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from quantum.angle_space import combined
from quantum.circuit import Angle, Circuit, Gate
from quantum.clifford_frame import GATE_STEPS, quarter_turns_of
from quantum.single_qubit import Run
from quantum.state_form import independent_parameters

FREE_ANGLE_GRID: Final = math.pi / 8
"""Constants that are multiples of this are structure (s, t, h, a quarter turn); any other is a frozen angle."""
ANGLE_TOLERANCE: Final = 1e-9

SELF_INVERSE: Final = frozenset({"cx", "cy", "cz", "swap"})
SYMMETRIC: Final = frozenset({"cz", "swap", "cp", "rxx", "ryy", "rzz"})
HALF_TURNED: Final = frozenset({"crx", "cry", "crz"})
"""Gates whose period is 4 pi."""

Definition = tuple[tuple[str, tuple[int, ...], float], ...]
_CX: Final = ("cx", (0, 1), 0.0)


def _conjugated(outer: Definition, inverse: Definition) -> Definition:
    return (*outer, _CX, ("rz", (1,), 1.0), _CX, *inverse)


_H0: Final = ("h", (0,), 0.0)
_H1: Final = ("h", (1,), 0.0)
DEFINITIONS: Final[dict[str, Definition]] = {
    "cx": (_CX,),
    "cy": (("sdg", (1,), 0.0), _CX, ("s", (1,), 0.0)),
    "cz": (_H1, _CX, _H1),
    "swap": (_CX, ("cx", (1, 0), 0.0), _CX),
    "iswap": (("s", (0,), 0.0), _H0, ("s", (1,), 0.0), _CX, ("cx", (1, 0), 0.0), _H1),
    "crx": (("s", (1,), 0.0), _CX, ("ry", (1,), -0.5), _CX, ("ry", (1,), 0.5), ("sdg", (1,), 0.0)),
    "cry": (("ry", (1,), 0.5), _CX, ("ry", (1,), -0.5), _CX),
    "crz": (("rz", (1,), 0.5), _CX, ("rz", (1,), -0.5), _CX),
    "cp": (("rz", (0,), 0.5), _CX, ("rz", (1,), -0.5), _CX, ("rz", (1,), 0.5)),
    "rxx": _conjugated((_H0, _H1), (_H0, _H1)),
    "ryy": _conjugated((("sx", (0,), 0.0), ("sx", (1,), 0.0)), (("sxdg", (0,), 0.0), ("sxdg", (1,), 0.0))),
    "rzz": _conjugated((), ()),
    "rzx": _conjugated((_H1,), (_H1,)),
}
"""Two-qubit gates in time order: gates on the gate's own qubits 0 and 1, with a factor for its angle."""


@dataclass(frozen=True)
class Metrics:
    """Counts in {rx, ry, rz, cx} after the stated rewriting.

    `parameters` are the independent combinations that turn something (`quantum.state_form`): t0 + t1, always together,
    are one, and one that is a phase on the state is none. `frozen_angles` are angles as written whose constant part is
    no multiple of pi/8.
    """

    two_qubit_gates: int
    one_qubit_gates: int
    depth: int
    two_qubit_depth: int
    parameters: int
    frozen_angles: int


def metrics(circuit: Circuit) -> Metrics:
    """The counts of a circuit: the same for the same circuit in any process and under any parameter names."""
    written = _Wires(circuit.num_qubits)
    for gate in circuit.gates:
        written.add(gate)
    wires = _Wires(circuit.num_qubits)
    for node in written.nodes:
        if node.alive:
            wires.extend(node.gate.qubits, node.before)
            for gate in _defined(node.gate):
                wires.add(gate)
    wires.extend(range(circuit.num_qubits), written.runs)
    return Metrics(*wires.counts(), independent_parameters(circuit), frozen_angles(circuit))


def frozen_angles(circuit: Circuit) -> int:
    """How many angles have a constant part that is no multiple of pi/8."""
    return sum(is_frozen(angle.constant) for gate in circuit.gates for angle in gate.angles)


def is_frozen(constant: float) -> bool:
    return abs(math.remainder(constant, FREE_ANGLE_GRID)) > ANGLE_TOLERANCE


def _defined(gate: Gate) -> Iterable[Gate]:
    for name, positions, factor in DEFINITIONS[gate.name]:
        angles = (combined(((factor, gate.angles[0]),)),) if factor else ()
        yield Gate(name, tuple(gate.qubits[position] for position in positions), angles)


@dataclass(slots=True)
class _Node:
    """A two-qubit gate with the runs in front of it on its qubits."""

    gate: Gate
    before: tuple[Run, Run]
    alive: bool = True


@dataclass
class _Wires:
    """A circuit as runs of one-qubit gates between two-qubit gates, rewritten as each gate is added."""

    num_qubits: int
    nodes: list[_Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runs = [Run() for _ in range(self.num_qubits)]
        self._last: list[list[_Node]] = [[] for _ in range(self.num_qubits)]

    def add(self, gate: Gate) -> None:
        if len(gate.qubits) == 1:
            for step in GATE_STEPS[gate.name]:
                angle = Angle((), step.factor) if step.angle is None else gate.angles[step.angle]
                self._rotate(gate.qubits[0], step.paulis, angle)
        elif not _is_identity(gate):
            self._add_pair(gate)

    def extend(self, qubits: Iterable[int], runs: Iterable[Run]) -> None:
        for q, run in zip(qubits, runs, strict=True):
            self.runs[q].append(run)

    def counts(self) -> tuple[int, int, int, int]:
        """Two-qubit gates, one-qubit gates, depth, two-qubit depth."""
        depths, two_qubit_depths = [0] * self.num_qubits, [0] * self.num_qubits
        one_qubit_gates = two_qubit_gates = 0
        for node in self.nodes:
            if not node.alive:
                continue
            a, b = node.gate.qubits
            lengths = [run.length for run in node.before]
            one_qubit_gates += sum(lengths)
            two_qubit_gates += 1
            depths[a] = depths[b] = 1 + max(depths[a] + lengths[0], depths[b] + lengths[1])
            two_qubit_depths[a] = two_qubit_depths[b] = 1 + max(two_qubit_depths[a], two_qubit_depths[b])
        ends = [run.length for run in self.runs]
        depth = max(depth + length for depth, length in zip(depths, ends, strict=True))
        return two_qubit_gates, one_qubit_gates + sum(ends), depth, max(two_qubit_depths)

    def _rotate(self, q: int, axis: str, angle: Angle) -> None:
        if axis == "Z" and not self._last[q] and self.runs[q].is_identity:
            return  # a phase on |0>
        self.runs[q].rotate(axis, angle)

    def _add_pair(self, gate: Gate) -> None:
        a, b = gate.qubits
        last = self._last[a][-1] if self._last[a] and self._last[b] and self._last[a][-1] is self._last[b][-1] else None
        if last and self.runs[a].is_identity and self.runs[b].is_identity and _is_alike(last.gate, gate):
            self._merge(last, gate)
            return
        node = _Node(gate, (self.runs[a], self.runs[b]))
        self.nodes.append(node)
        for q in (a, b):
            self._last[q].append(node)
            self.runs[q] = Run()

    def _merge(self, node: _Node, gate: Gate) -> None:
        if gate.name not in SELF_INVERSE:
            node.gate = Gate(
                gate.name, node.gate.qubits, (combined(((1.0, node.gate.angles[0]), (1.0, gate.angles[0]))),)
            )
            if not _is_identity(node.gate):
                return
        node.alive = False
        for q, run in zip(node.gate.qubits, node.before, strict=True):
            self._last[q].pop()
            self.runs[q] = run


def _is_alike(first: Gate, second: Gate) -> bool:
    """Whether the product of the two is the identity, or one gate of the kind."""
    same_qubits = first.qubits == second.qubits or (first.qubits == second.qubits[::-1] and first.name in SYMMETRIC)
    return first.name == second.name and same_qubits and (bool(first.angles) or first.name in SELF_INVERSE)


def _is_identity(gate: Gate) -> bool:
    if not gate.angles or gate.angles[0].terms:
        return False
    turns = quarter_turns_of(gate.angles[0].constant)
    return turns is not None and turns % (8 if gate.name in HALF_TURNED else 4) == 0
