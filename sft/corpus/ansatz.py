"""The grammar of the corpus: an ansatz is a sequence of layers, some of them repeated.

A layer is a few lines of Python with placeholders for the names, so one ansatz can be written in several hands
(`sft.corpus.code`) and edited layer by layer (`sft.corpus.mutate`). Every parameter is made where it is used, under
the next free name: no count has to agree with a vector declared above, so any sequence of layers is a working program.

Placeholders: {c} the circuit, {n} the number of qubits, {i} a loop index, {new} a fresh parameter, {a} a shared one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from quantum.circuit import GATES

PLACES: Final[Mapping[str, str]] = {
    "all": "range({n})",
    "even": "range(0, {n}, 2)",
    "odd": "range(1, {n}, 2)",
    "first half": "range({n} // 2)",
    "second half": "range({n} // 2, {n})",
    "inner": "range(1, {n} - 1)",
    "ends": "(0, {n} - 1)",
}
"""Which qubits a one-qubit layer acts on: the phrase of the docstring and the range of the loop."""

SPOTS: Final[Mapping[str, str]] = {
    "on qubit 0": "0",
    "on qubit 1": "1",
    "on the last qubit": "{n} - 1",
    "before the last": "{n} - 2",
}
"""Single qubits that every size has."""

BONDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "chain": ("range({n} - 1)", "{i}", "{i} + 1"),
    "reversed chain": ("reversed(range({n} - 1))", "{i}", "{i} + 1"),
    "even bonds": ("range(0, {n} - 1, 2)", "{i}", "{i} + 1"),
    "odd bonds": ("range(1, {n} - 1, 2)", "{i}", "{i} + 1"),
    "ring": ("range({n})", "{i}", "({i} + 1) % {n}"),
    "star": ("range(1, {n})", "0", "{i}"),
    "mirror": ("range({n} // 2)", "{i}", "{n} - 1 - {i}"),
    "skip": ("range({n} - 2)", "{i}", "{i} + 2"),
}
"""Which pairs a two-qubit layer couples: the phrase, the range of the loop, the two qubits."""

PAIRS: Final[Mapping[str, tuple[str, str]]] = {
    "(0, 1)": ("0", "1"),
    "(1, 2)": ("1", "2 % {n}"),
    "(2, 3)": ("2 % {n}", "3 % {n}"),
    "middle": ("{n} // 2 - 1", "{n} // 2"),
    "last pair": ("{n} - 2", "{n} - 1"),
    "ends": ("0", "{n} - 1"),
}
"""Single pairs that every size has: those named by numbers wrap round where there are fewer qubits."""

_GATE = re.compile(r"\{c\}\.(\w+)\(")


@dataclass(frozen=True, slots=True)
class Spec:
    """A layer of one gate, by what can be changed about it; `where` is a key of the four tables above."""

    gate: str
    where: str
    shared: bool = False
    """One parameter for the whole layer."""
    flipped: bool = False
    """Control and target exchanged."""

    @property
    def couples(self) -> bool:
        return GATES[self.gate].num_qubits == 2

    @property
    def turns(self) -> bool:
        """Whether the gate has an angle."""
        return GATES[self.gate].num_angles == 1

    def layer(self) -> Layer:
        """The code of the layer. Raises KeyError when `where` does not suit the gate."""
        angle = "" if not self.turns else "{a}, " if self.shared else "{new}, "
        call = "{c}." + self.gate + "(" + angle
        lines = self._on_pairs(call) if self.couples else self._on_qubits(call)
        words = (
            ["shared"] * self.shared + ["flipped"] * self.flipped + [self.gate] + [self.where] * (self.where != "all")
        )
        return Layer(" ".join(words), ("{a} = {new}",) * self.shared + lines, self)

    def _on_qubits(self, call: str) -> tuple[str, ...]:
        if self.where in SPOTS:
            return (call + SPOTS[self.where] + ")",)
        return ("for {i} in " + PLACES[self.where] + ":", "    " + call + "{i})")

    def _on_pairs(self, call: str) -> tuple[str, ...]:
        if self.where in PAIRS:
            first, second = PAIRS[self.where]
            return (call + (f"{second}, {first})" if self.flipped else f"{first}, {second})"),)
        return bonded("", self.where, (call + "{p}, {q})",), self.flipped).lines


@dataclass(frozen=True, slots=True)
class Layer:
    """A few lines of code with placeholders, and the words that the docstring has for them."""

    phrase: str
    lines: tuple[str, ...]
    spec: Spec | None = None
    """What the layer was made from, where it is one gate throughout."""

    @property
    def gates(self) -> frozenset[str]:
        return frozenset(_GATE.findall("\n".join(self.lines)))


@dataclass(frozen=True, slots=True)
class Repeat:
    """Layers under a `for _ in range(times)`."""

    times: int
    layers: tuple[Layer, ...]


Ansatz = tuple[Layer | Repeat, ...]


def layers_of(ansatz: Ansatz) -> Iterator[Layer]:
    """Every layer once, those of a repetition included."""
    for item in ansatz:
        yield from item.layers if isinstance(item, Repeat) else (item,)


def gates_of(ansatz: Ansatz) -> frozenset[str]:
    """The names of the gates that the code calls."""
    return frozenset(gate for layer in layers_of(ansatz) for gate in layer.gates)


def fixed(gate: str, place: str = "all") -> Layer:
    """A gate without an angle on the qubits of `place`, or on one spot."""
    return Spec(gate, place).layer()


def rotation(gate: str, place: str = "all", shared: bool = False) -> Layer:
    """A one-angle gate on the qubits of `place`, one parameter a qubit or one for all; or on one spot."""
    return Spec(gate, place, shared).layer()


def entangler(gate: str, bonds: str = "chain", flipped: bool = False) -> Layer:
    """A two-qubit gate without an angle on every pair of `bonds`, or on one pair; `flipped`: control and target."""
    return Spec(gate, bonds, flipped=flipped).layer()


def coupling(gate: str, bonds: str = "chain", shared: bool = False) -> Layer:
    """A one-angle two-qubit gate on every pair of `bonds`, one parameter a pair or one for all; or on one pair."""
    return Spec(gate, bonds, shared).layer()


def bonded(phrase: str, bonds: str, body: tuple[str, ...], flipped: bool = False) -> Layer:
    """Lines of code run for every pair of `bonds`, the pair written {p}, {q} in them."""
    loop, first, second = BONDS[bonds]
    if flipped:
        first, second = second, first
    lines = (line.replace("{p}", first).replace("{q}", second) for line in body)
    return Layer(phrase, ("for {i} in " + loop + ":", *("    " + line for line in lines)))
