"""The gate list that crosses the sandbox boundary: closed gate table, affine angles, nothing executable.

A `Circuit` is what is verified, counted, simulated and stored. Nothing is ever asked of the object that a candidate
made; the candidate's process writes a document (`Circuit.to_document`) and `Circuit.from_document` checks every field.

Conventions: qubit 0 is Qiskit's qubit 0 (the rightmost character of a Pauli label); angles are in radians; a rotation
is exp(-i angle P / 2); all circuits start from |0...0>.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterExpression, ParameterVector


@dataclass(frozen=True, slots=True)
class GateKind:
    """How many qubits and angles a gate of the closed table takes."""

    num_qubits: int
    num_angles: int


GATES: Final[Mapping[str, GateKind]] = {
    **{name: GateKind(1, 0) for name in ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg")},
    **{name: GateKind(1, 1) for name in ("rx", "ry", "rz", "p")},
    "u": GateKind(1, 3),
    **{name: GateKind(2, 0) for name in ("cx", "cy", "cz", "swap", "iswap")},
    **{name: GateKind(2, 1) for name in ("crx", "cry", "crz", "cp", "rxx", "ryy", "rzz", "rzx")},
}
"""The closed gate table, by Qiskit's names. Any other standard gate is expanded by its definition beforehand."""

MAX_QUBITS: Final = 20
MAX_GATES: Final = 20_000
MAX_PARAMETERS: Final = 2_000
MAX_ANGLE: Final = 1e6

_SYMBOLS: Final = UUID(int=0x7175616E74756D_6D696E64_0000000000)
"""The identity of t[0], t[1], ... in Qiskit; left to chance, no two files of one circuit would be equal."""


class CircuitError(ValueError):
    """A document or circuit that breaks the closed format; `str(error)` says which field."""


@dataclass(frozen=True, slots=True)
class Angle:
    """The affine form sum_k coefficient_k * theta[index_k] + constant, in radians; terms sorted by index, none zero."""

    terms: tuple[tuple[int, float], ...] = ()
    constant: float = 0.0

    def at(self, theta: Sequence[float]) -> float:
        return self.constant + sum(coefficient * theta[index] for index, coefficient in self.terms)


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate of the closed table on its qubits (control first), with as many angles as `GATES` says."""

    name: str
    qubits: tuple[int, ...]
    angles: tuple[Angle, ...] = ()


@dataclass(frozen=True)
class Circuit:
    """A parametrised circuit on |0...0>: `gates` in order, angles affine in theta of shape (num_parameters,)."""

    num_qubits: int
    num_parameters: int
    gates: tuple[Gate, ...]

    @cached_property
    def _hash(self) -> int:
        return hash((self.num_qubits, self.num_parameters, self.gates))

    def __hash__(self) -> int:
        return self._hash  # walked once: normal forms are remembered by circuit

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # another process hashes otherwise

    def bind(self, theta: Sequence[float]) -> Circuit:
        """The same circuit with every angle a constant (no parameters left). Raises ValueError on a wrong length."""
        if len(theta) != self.num_parameters:
            raise ValueError(f"{len(theta)} values for {self.num_parameters} parameters")
        bound = (Gate(g.name, g.qubits, tuple(Angle((), a.at(theta)) for a in g.angles)) for g in self.gates)
        return Circuit(self.num_qubits, 0, tuple(bound))

    def to_document(self) -> dict[str, Any]:
        """The JSON form; gates are [name, [qubit...], angles], angles [[[index, coefficient]...], constant]."""
        gates = [
            [g.name, list(g.qubits), [[[[i, c] for i, c in a.terms], a.constant] for a in g.angles]] for g in self.gates
        ]
        return {"num_qubits": self.num_qubits, "num_parameters": self.num_parameters, "gates": gates}

    @staticmethod
    def from_document(document: object) -> Circuit:
        """Checks keys, exact types, ranges and finiteness; raises `CircuitError` at the first field that is off."""
        if type(document) is not dict or set(document) != {"num_qubits", "num_parameters", "gates"}:
            raise CircuitError("a circuit document has exactly the keys num_qubits, num_parameters, gates")
        num_qubits = _integer(document["num_qubits"], 1, MAX_QUBITS, "num_qubits")
        num_parameters = _integer(document["num_parameters"], 0, MAX_PARAMETERS, "num_parameters")
        rows = _list(document["gates"], MAX_GATES, "gates")
        gates = tuple(_gate(row, num_qubits, num_parameters, f"gates[{k}]") for k, row in enumerate(rows))
        return Circuit(num_qubits, num_parameters, gates)

    def to_qiskit(self, theta: Sequence[float] | None = None) -> QuantumCircuit:
        """A Qiskit circuit with parameters t[0], t[1], ...; with `theta` (ValueError: wrong length) all are bound."""
        from qiskit import QuantumCircuit
        from qiskit.circuit import ParameterVector

        if theta is not None and len(theta) != self.num_parameters:
            raise ValueError(f"{len(theta)} values for {self.num_parameters} parameters")
        symbols = ParameterVector("t", self.num_parameters if theta is None else 0, uuid=_SYMBOLS)
        circuit = QuantumCircuit(self.num_qubits, name="ansatz")
        for gate in self.gates:
            angles = [_expression(a, symbols) if theta is None else a.at(theta) for a in gate.angles]
            getattr(circuit, gate.name)(*angles, *gate.qubits)
        return circuit


def _expression(angle: Angle, symbols: ParameterVector) -> ParameterExpression | float:
    if not angle.terms:
        return angle.constant
    total = sum(symbols[index] if a == 1.0 else a * symbols[index] for index, a in angle.terms)
    return total + angle.constant if angle.constant else total


def _integer(value: object, low: int, high: int, where: str) -> int:
    if type(value) is not int or not low <= value <= high:
        raise CircuitError(f"{where} must be an integer from {low} to {high}")
    return value


def _number(value: object, where: str) -> float:
    if type(value) not in (int, float):
        raise CircuitError(f"{where} must be a number")
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or abs(number) > MAX_ANGLE:
        raise CircuitError(f"{where} must be finite and at most {MAX_ANGLE:g}")
    return number


def _list(value: object, most: int, where: str) -> list[Any]:
    if type(value) is not list or len(value) > most:
        raise CircuitError(f"{where} must be a list of at most {most} entries")
    return value


def _gate(row: object, num_qubits: int, num_parameters: int, where: str) -> Gate:
    cells = _list(row, 3, where)
    if len(cells) != 3 or type(cells[0]) is not str or cells[0] not in GATES:
        raise CircuitError(f"{where} must be [name, qubits, angles] with a name of the gate table")
    kind = GATES[cells[0]]
    qubits = tuple(_integer(q, 0, num_qubits - 1, f"{where} qubit") for q in _list(cells[1], 2, f"{where} qubits"))
    if len(qubits) != kind.num_qubits or len(set(qubits)) != len(qubits):
        raise CircuitError(f"{where} must act on {kind.num_qubits} distinct qubits")
    angles = _list(cells[2], 3, f"{where} angles")
    if len(angles) != kind.num_angles:
        raise CircuitError(f"{where} must have {kind.num_angles} angles")
    return Gate(cells[0], qubits, tuple(_angle(a, num_parameters, f"{where} angle") for a in angles))


def _angle(value: object, num_parameters: int, where: str) -> Angle:
    cells = _list(value, 2, where)
    if len(cells) != 2:
        raise CircuitError(f"{where} must be [[[index, coefficient], ...], constant]")
    terms: list[tuple[int, float]] = []
    for term in _list(cells[0], num_parameters, f"{where} terms"):
        if len(_list(term, 2, f"{where} term")) != 2:
            raise CircuitError(f"{where} term must be [index, coefficient]")
        coefficient = _number(term[1], f"{where} coefficient")
        if coefficient != 0.0:
            terms.append((_integer(term[0], 0, num_parameters - 1, f"{where} index"), coefficient))
    terms.sort()
    if len({index for index, _ in terms}) != len(terms):
        raise CircuitError(f"{where} names a parameter twice")
    return Angle(tuple(terms), _number(cells[1], f"{where} constant"))
