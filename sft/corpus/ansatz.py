"""The grammar of the corpus: an ansatz is a sequence of layers, some of them repeated.

A layer is a few lines of Python with placeholders for the names, so one ansatz can be written in several hands
(`sft.corpus.code`) and taken apart again by `sft.corpus.mutate`. Every parameter is made where it is used, under the
next free name: no count has to agree with a vector declared above, so any sequence of layers is a program that runs.

Placeholders: {c} the circuit, {n} the number of qubits, {i} a loop index, {new} a fresh parameter, {a} a shared one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

PLACES: Final[Mapping[str, str]] = {
    "all": "range({n})",
    "even": "range(0, {n}, 2)",
    "odd": "range(1, {n}, 2)",
    "first half": "range({n} // 2)",
    "second half": "range({n} // 2, {n})",
}
"""Which qubits a one-qubit layer acts on: the phrase of the docstring and the range of the loop."""

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

_GATE = re.compile(r"\{c\}\.(\w+)\(")


@dataclass(frozen=True, slots=True)
class Layer:
    """A few lines of code with placeholders, and the words that the docstring has for them."""

    phrase: str
    lines: tuple[str, ...]

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


def uses_only(ansatz: Ansatz, gates: Collection[str]) -> bool:
    return gates_of(ansatz) <= frozenset(gates)


def fixed(gate: str, place: str = "all") -> Layer:
    """A gate without an angle on the qubits of `place`."""
    return _on(place, gate, f"{gate} {place}", "{c}." + gate + "({i})")


def rotation(gate: str, place: str = "all", shared: bool = False) -> Layer:
    """A one-angle gate on the qubits of `place`, one parameter a qubit or one for all."""
    if shared:
        layer = _on(place, gate, f"shared {gate} {place}", "{c}." + gate + "({a}, {i})")
        return Layer(layer.phrase, ("{a} = {new}", *layer.lines))
    return _on(place, gate, f"{gate} {place}", "{c}." + gate + "({new}, {i})")


def single(gate: str, qubit: str, phrase: str, angle: bool = True) -> Layer:
    """One gate on one qubit, written as an expression of {n}."""
    call = "({new}, " if angle else "("
    return Layer(f"{gate} {phrase}", ("{c}." + gate + call + qubit + ")",))


def entangler(gate: str, bonds: str = "chain", flipped: bool = False) -> Layer:
    """A two-qubit gate without an angle on every pair of `bonds`; `flipped` exchanges control and target."""
    phrase = f"{'flipped ' if flipped else ''}{gate} {bonds}"
    return bonded(phrase, bonds, ("{c}." + gate + "({p}, {q})",), flipped)


def coupling(gate: str, bonds: str = "chain", shared: bool = False) -> Layer:
    """A one-angle two-qubit gate on every pair of `bonds`, one parameter a pair or one for all."""
    if shared:
        layer = bonded(f"shared {gate} {bonds}", bonds, ("{c}." + gate + "({a}, {p}, {q})",))
        return Layer(layer.phrase, ("{a} = {new}", *layer.lines))
    return bonded(f"{gate} {bonds}", bonds, ("{c}." + gate + "({new}, {p}, {q})",))


def bonded(phrase: str, bonds: str, body: tuple[str, ...], flipped: bool = False) -> Layer:
    """Lines of code run for every pair of `bonds`, the pair written {p}, {q} in them."""
    loop, first, second = BONDS[bonds]
    if flipped:
        first, second = second, first
    lines = (line.replace("{p}", first).replace("{q}", second) for line in body)
    return Layer(phrase, ("for {i} in " + loop + ":", *("    " + line for line in lines)))


def _on(place: str, gate: str, phrase: str, line: str) -> Layer:
    return Layer(phrase.removesuffix(" all"), ("for {i} in " + PLACES[place] + ":", "    " + line))
