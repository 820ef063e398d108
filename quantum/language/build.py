"""The circuit of a program at one size, made in this process: no code is run, so nothing needs a sandbox.

It is the circuit that the program's source (`quantum.language.write`) makes, gate for gate.
"""

from __future__ import annotations

from quantum.circuit import GATES, Angle, Circuit, Gate
from quantum.language.excitations import EXCITATIONS
from quantum.language.patterns import PATTERNS, TIMES
from quantum.language.tree import Path, Program, Repeat, Statement, Step, Walk

Layers = tuple[int, ...]
"""The indices of the repetitions that a statement is in, the outermost first."""


def build(program: Program, num_qubits: int) -> Circuit:
    """Parameters are numbered by first use. Raises ValueError below two qubits."""
    if num_qubits < 2:
        raise ValueError(f"a program makes circuits of two qubits or more, not {num_qubits}")
    builder = _Builder(num_qubits)
    builder.run(program.statements, (), ())
    return Circuit(num_qubits, len(builder.parameters), tuple(builder.gates))


class _Builder:
    """The gates so far, and the number of every parameter by what it belongs to."""

    def __init__(self, num_qubits: int) -> None:
        self.num_qubits = num_qubits
        self.gates: list[Gate] = []
        self.parameters: dict[object, int] = {}

    def run(self, statements: tuple[Statement, ...], above: Path, layers: Layers) -> None:
        for number, statement in enumerate(statements):
            path = (*above, number)
            if isinstance(statement, Repeat):
                for layer in range(TIMES[statement.times](self.num_qubits)):
                    self.run(statement.body, path, (*layers, layer))
            else:
                self._walk(statement, path, layers)

    def _walk(self, walk: Walk, path: Path, layers: Layers) -> None:
        pattern = PATTERNS[walk.where]
        end = self.num_qubits - walk.width + 1
        for q in pattern.positions(self.num_qubits, end, layers[-1] if layers else 0):
            qubits = [pattern.place(q, site, self.num_qubits) for site in range(walk.width)]
            for step in walk.steps:
                owner = None if step.angle is None else self._owner(walk, step.angle, path, layers, q)
                self._step(step, tuple(qubits[site] for site in step.sites), owner)

    def _owner(self, walk: Walk, slot: int, path: Path, layers: Layers, q: int) -> object:
        """What a slot's parameter belongs to; equal owners are one parameter."""
        sharing = walk.sharing[slot]
        if sharing == "program":
            return ()
        if sharing == "site":
            return path, slot, q
        if sharing == "layer":
            return path, slot, layers
        mirrored = mirror(q, walk.width, self.num_qubits) if sharing == "mirror" else q
        return path, slot, layers, mirrored

    def _step(self, step: Step, qubits: tuple[int, ...], owner: object) -> None:
        if step.gate in GATES:
            self.gates.append(Gate(step.gate, qubits, () if owner is None else (self._angle(owner, step.factor),)))
            return
        for part in EXCITATIONS[step.gate].parts:
            angles = (self._angle(owner, part.factor * step.factor),) if part.factor else ()
            self.gates.append(Gate(part.gate, tuple(qubits[site] for site in part.sites), angles))

    def _angle(self, owner: object, factor: int) -> Angle:
        return Angle(((self.parameters.setdefault(owner, len(self.parameters)), float(factor)),))


def mirror(q: int, width: int, num_qubits: int) -> int:
    """The smaller of a position and its mirror image on an open chain; on a ring the first position is its own."""
    return min(q, abs(num_qubits - width - q))
