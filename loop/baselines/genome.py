"""Gate lists as random search and evolution handle them: genes with named parameters, so that cutting and pasting
keeps who shares an angle with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Final

from quantum.circuit import GATES, Angle, Circuit, Gate
from quantum.errors import RequestError
from quantum.problem import Limits

ONE_QUBIT: Final = ("rx", "ry", "rz", "h", "x", "s")
TWO_QUBIT: Final = ("cx", "cz", "rxx", "ryy", "rzz", "cry")
"""What genes are drawn from, as far as the problem allows them."""
TWO_QUBIT_SHARE: Final = 0.4
ROTATION_SHARE: Final = 0.85
"""Of the one-qubit genes; without free angles there is nothing to optimise."""


@dataclass(frozen=True, slots=True)
class Gene:
    """A gate; two genes with one `parameter` share their angle, None has none."""

    name: str
    qubits: tuple[int, ...]
    parameter: int | None = None


Genome = tuple[Gene, ...]


class Palette:
    """Draws genes from the gates that a problem allows at `num_qubits`."""

    def __init__(self, num_qubits: int, limits: Limits) -> None:
        self.num_qubits = num_qubits
        self.rotations = [name for name in ONE_QUBIT if name in limits.gates and GATES[name].num_angles]
        self.fixed = [name for name in ONE_QUBIT if name in limits.gates and not GATES[name].num_angles]
        self.two_qubit = [name for name in TWO_QUBIT if name in limits.gates and num_qubits > 1]
        if not self.rotations:
            raise RequestError("a random gate list needs one of rx, ry, rz among the allowed gates")
        self._fresh = count()

    def fresh(self) -> int:
        """The name of a parameter that nothing else uses."""
        return next(self._fresh)

    def draw(self, random: Random) -> Gene:
        if self.two_qubit and random.random() < TWO_QUBIT_SHARE:
            return self.gene(random.choice(self.two_qubit), self.pair(random))
        names = self.rotations if not self.fixed or random.random() < ROTATION_SHARE else self.fixed
        return self.gene(random.choice(names), (random.randrange(self.num_qubits),))

    def gene(self, name: str, qubits: tuple[int, ...]) -> Gene:
        """A gate with an angle of its own if it has one."""
        return Gene(name, qubits, self.fresh() if GATES[name].num_angles else None)

    def pair(self, random: Random) -> tuple[int, ...]:
        return tuple(random.sample(range(self.num_qubits), 2))

    def like(self, gene: Gene) -> list[str]:
        """Other gates on as many qubits."""
        names = self.two_qubit if len(gene.qubits) == 2 else [*self.rotations, *self.fixed]
        return [name for name in names if name != gene.name]


def express(genome: Sequence[Gene], num_qubits: int) -> Circuit:
    """The circuit; parameters are numbered by first use, so none is without a gate."""
    order: dict[int, int] = {}
    gates = []
    for gene in genome:
        if gene.parameter is None:
            gates.append(Gate(gene.name, gene.qubits))
        else:
            index = order.setdefault(gene.parameter, len(order))
            gates.append(Gate(gene.name, gene.qubits, (Angle(((index, 1.0),)),)))
    return Circuit(num_qubits, len(order), tuple(gates))


def fits(circuit: Circuit, limits: Limits) -> bool:
    """Whether a circuit has a parameter and keeps the limits that need no transpile."""
    return 0 < circuit.num_parameters <= limits.max_parameters and len(circuit.gates) <= limits.max_gates
