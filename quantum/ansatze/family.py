"""What a family of known circuits is, and the few lines with which each one is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from quantum.circuit import Angle, Circuit, Gate


@dataclass(frozen=True)
class Family:
    """Circuits that differ in their repetitions alone; `name` says `{reps}` where the number goes.

    `build(reps)` for reps = 1, 2, ... takes more parameters with each repetition; `fixed` families have reps = 1 only.
    """

    name: str
    build: Callable[[int], Circuit]
    fixed: bool = False


@dataclass
class Draft:
    """A circuit while it is written."""

    num_qubits: int
    gates: list[Gate] = field(default_factory=list)
    num_parameters: int = 0

    def parameter(self) -> int:
        """The index of a new parameter."""
        self.num_parameters += 1
        return self.num_parameters - 1

    def fixed(self, name: str, *qubits: int) -> None:
        self.gates.append(Gate(name, qubits))

    def rotate(self, name: str, qubits: tuple[int, ...], parameter: int, coefficient: float = 1.0) -> None:
        self.gates.append(Gate(name, qubits, (Angle(((parameter, coefficient),)),)))

    def turn(self, name: str, qubit: int, angle: float) -> None:
        """A one-qubit rotation by a constant."""
        self.gates.append(Gate(name, (qubit,), (Angle((), angle),)))

    def circuit(self) -> Circuit:
        return Circuit(self.num_qubits, self.num_parameters, tuple(self.gates))
