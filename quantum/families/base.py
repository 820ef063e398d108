"""What a Hamiltonian family is: named parameters with defaults, and functions of the number of qubits.

A family is one `Family` value in a file of this package, listed in `quantum.families.FAMILIES`. It knows nothing of
the class `Hamiltonian`: `quantum.hamiltonians.build_hamiltonian` turns its terms into one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from quantum.errors import RequestError, did_you_mean

Value = float | int | str
Values = Mapping[str, Value]
Term = tuple[str, float]

LARGEST_NUMBER = 1e6


@dataclass(frozen=True)
class Parameter:
    """One parameter of a family; its type is the type of `default`. `choices` closes the set of values."""

    name: str
    default: Value
    help: str
    aliases: tuple[str, ...] = ()
    choices: tuple[Value, ...] = ()
    minimum: float = -LARGEST_NUMBER
    maximum: float = LARGEST_NUMBER
    normalise: Callable[[str], str] | None = None

    def parse(self, raw: object, family: str) -> Value:
        """`raw` (text of a command line or a YAML value) as a value of this parameter, or a `RequestError`."""
        where = f"{family}: {self.name}"
        if isinstance(self.default, str):
            if not isinstance(raw, str):
                raise RequestError(f"{where} must be text, not {raw!r}")
            text = self.normalise(raw) if self.normalise else raw
            if self.choices and text not in self.choices:
                raise RequestError(f"{where} {text!r} is unknown{did_you_mean(text, map(str, self.choices))}")
            return text
        number = _number(raw, where, whole=isinstance(self.default, int))
        if self.choices and number not in self.choices:
            known = [float(choice) for choice in self.choices]
            nearest = min(known, key=lambda choice: abs(choice - number))
            listed = ", ".join(f"{choice:g}" for choice in known)
            raise RequestError(f"{where} {number:g} is not available; nearest: {nearest:g} (known: {listed})")
        if not self.minimum <= number <= self.maximum:
            raise RequestError(f"{where} must be between {self.minimum:g} and {self.maximum:g}, not {number:g}")
        return number


@dataclass(frozen=True)
class Reference:
    """What a known ansatz costs at the first depth that meets the target: the yardstick of the size bonus."""

    two_qubit_gates: int
    depth: int
    parameters: int
    source: str

    @staticmethod
    def by_rule(num_qubits: int) -> Reference:
        """n^2 two-qubit gates, as the exact ansatz of the periodic Ising chain; depth 4n, n parameters."""
        return Reference(num_qubits**2, 4 * num_qubits, num_qubits, "rule: n^2 two-qubit gates")


def _any_size(num_qubits: int, values: Values) -> str | None:
    return None


def _small_sizes(values: Values) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (4,), (6, 8)


def _reference_by_rule(num_qubits: int, values: Values) -> Reference:
    return Reference.by_rule(num_qubits)


@dataclass(frozen=True)
class Family:
    """A Hamiltonian for every allowed number of qubits.

    `terms` gives (Qiskit label, coefficient) pairs; `describe` one sentence with the formula; `size_error` None or what
    a size must be ("even and at least 4"); `default_sizes` the sizes to score on and to hold out.
    """

    name: str
    title: str
    formula: str
    unit: str
    parameters: tuple[Parameter, ...]
    terms: Callable[[int, Values], Iterable[Term]]
    describe: Callable[[int, Values], str]
    size_error: Callable[[int, Values], str | None] = _any_size
    default_sizes: Callable[[Values], tuple[tuple[int, ...], tuple[int, ...]]] = _small_sizes
    reference: Callable[[int, Values], Reference] = _reference_by_rule

    def resolve(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Every parameter with its value, in the family's order; aliases and defaults filled in."""
        by_name = {name: parameter for parameter in self.parameters for name in (parameter.name, *parameter.aliases)}
        values: dict[str, Value] = {}
        for name, raw in given.items():
            if name not in by_name:
                takes = did_you_mean(name, by_name) if by_name else "; it takes no parameters"
                raise RequestError(f"{self.name} has no parameter {name!r}{takes}")
            parameter = by_name[name]
            if parameter.name in values:
                raise RequestError(f"{self.name}: {parameter.name} is given twice")
            values[parameter.name] = parameter.parse(raw, self.name)
        return {p.name: values.get(p.name, p.default) for p in self.parameters}

    def non_default(self, values: Values) -> dict[str, Value]:
        return {p.name: values[p.name] for p in self.parameters if values[p.name] != p.default}

    def check_size(self, num_qubits: int, values: Values) -> None:
        needed = "at least 2" if num_qubits < 2 else self.size_error(num_qubits, values)
        if needed:
            raise RequestError(f"{self.name}: the number of qubits must be {needed}, not {num_qubits}")


def pauli(num_qubits: int, letters: Mapping[int, str]) -> str:
    """The Qiskit label with `letters[q]` on qubit q and I elsewhere (qubit 0 is the rightmost character)."""
    return "".join(letters.get(qubit, "I") for qubit in reversed(range(num_qubits)))


def _number(raw: object, where: str, *, whole: bool) -> float | int:
    wanted = "a whole number" if whole else "a number"
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise RequestError(f"{where} must be {wanted}, not {raw!r}")
    try:
        number = int(raw) if whole and not isinstance(raw, float) else float(raw)
    except (ValueError, OverflowError):
        raise RequestError(f"{where} must be {wanted}, not {str(raw)[:40]!r}") from None
    if not math.isfinite(number):
        raise RequestError(f"{where} must be finite, not {number}")
    if whole and number != int(number):
        raise RequestError(f"{where} must be {wanted}, not {number!r}")
    return int(number) if whole else float(number)
