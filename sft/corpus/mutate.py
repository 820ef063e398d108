"""One small edit of an ansatz: what an improvement row's answer does to the circuit that its CONTEXT shows.

An edit touches one layer (drops, adds, moves it, or changes its gate, its place or whether its angles are shared) or
the number of one repetition. All other layers keep their text.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Final

from quantum.circuit import GATES
from sft.corpus.ansatz import BONDS, PAIRS, PLACES, SPOTS, Ansatz, Layer, Repeat, Spec
from sft.corpus.families.random_layered import entangle, start, turn

THINNER: Final = {
    "ring": ("chain", "even bonds", "odd bonds", "star"),
    "chain": ("even bonds", "odd bonds", "skip", "mirror", "(0, 1)", "(1, 2)", "middle", "last pair"),
    "reversed chain": ("even bonds", "odd bonds", "middle", "last pair"),
    "star": ("(0, 1)", "ends", "even bonds"),
    "even bonds": ("(0, 1)", "(2, 3)", "last pair", "middle"),
    "odd bonds": ("(1, 2)", "middle", "last pair"),
    "mirror": ("middle", "ends"),
    "skip": ("(0, 1)", "middle"),
}
"""Patterns of bonds with fewer pairs than the key's, for most numbers of qubits."""

NARROWER: Final = ("even", "odd", "first half", "second half", "inner", "ends", *SPOTS)

Place = tuple[int, int | None]
"""The number of an item, and of the layer within it where it is a repetition."""
Edit = Callable[[Random, Ansatz, frozenset[str]], Ansatz | None]


def mutate(random: Random, ansatz: Ansatz, gates: frozenset[str], prune: bool = False) -> Ansatz:
    """A small edit with gates of `gates`; never empty, never the same. `prune`: mostly edits that take away."""
    prunes = prune and random.random() < 0.75
    for tries in itertools.count():
        edits = PRUNING if prunes and tries < 20 else ANY  # what is a single layer can only grow
        edit = random.choices(list(edits), list(edits.values()))[0]
        changed = edit(random, ansatz, gates)
        if changed and changed != ansatz:
            return changed
    raise AssertionError("itertools.count does not end")


def _drop(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    return _put(ansatz, random.choice(list(_places(ansatz))))


def _add(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    """A rotation layer, or an entangler; after any layer, or in front."""
    new = turn(random, gates) if random.random() < 0.5 else entangle(random, gates)
    places: list[Place | None] = [*_places(ansatz), None]
    at = random.choice(places)
    return (new, *ansatz) if at is None else _put(ansatz, at, _get(ansatz, at), new)


def _begin(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """Another fixed layer at the start, or one where there was none."""
    if not gates & {"h", "x"}:
        return None
    new, first = start(random, gates), ansatz[0]
    begun = isinstance(first, Layer) and first.spec is not None and not (first.spec.couples or first.spec.turns)
    return (new, *ansatz[1:]) if begun else (new, *ansatz)


def _move(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """Two neighbouring items exchanged."""
    if len(ansatz) < 2:
        return None
    at = random.randrange(len(ansatz) - 1)
    return (*ansatz[:at], ansatz[at + 1], ansatz[at], *ansatz[at + 2 :])


def _times(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """One repetition more or less; a single one loses its loop."""
    loops = [(at, item) for at, item in enumerate(ansatz) if isinstance(item, Repeat)]
    if not loops:
        return None
    at, loop = random.choice(loops)
    times = loop.times + random.choice((-1, 1))
    items = loop.layers if times <= 1 else (Repeat(min(times, 4), loop.layers),)
    return (*ansatz[:at], *items, *ansatz[at + 1 :])


def _regate(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """Another gate in the same place: a rotation about another axis, another entangler."""

    def change(spec: Spec) -> Spec | None:
        same = [name for name in ("rx", "ry", "rz", "h", "x") if GATES[name].num_angles == GATES[spec.gate].num_angles]
        names = ("cx", "cz", "rzz", "rxx", "ryy", "cry", "crx") if spec.couples else same
        others = [name for name in names if name in gates and name != spec.gate]
        if not others:
            return None
        gate = random.choice(others)
        angled = GATES[gate].num_angles == 1
        return replace(spec, gate=gate, shared=spec.shared and angled, flipped=spec.flipped and gate == "cx")

    return _respec(random, ansatz, change)


def _replace(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """The same gate elsewhere."""

    def change(spec: Spec) -> Spec:
        return replace(spec, where=random.choice([*BONDS, *PAIRS] if spec.couples else [*PLACES, *SPOTS]))

    return _respec(random, ansatz, change)


def _thin(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """The same gate on fewer pairs, or on fewer qubits."""

    def change(spec: Spec) -> Spec | None:
        fewer = THINNER.get(spec.where, ()) if spec.couples else NARROWER if spec.where == "all" else tuple(SPOTS)
        return replace(spec, where=random.choice(fewer)) if fewer else None

    return _respec(random, ansatz, change)


def _share(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """One angle for a whole layer, or as many as it has gates."""

    def change(spec: Spec) -> Spec | None:
        single = spec.where in SPOTS or spec.where in PAIRS
        return replace(spec, shared=not spec.shared) if spec.turns and (spec.shared or not single) else None

    return _respec(random, ansatz, change)


def _flip(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz | None:
    """Control and target exchanged."""
    return _respec(random, ansatz, lambda spec: replace(spec, flipped=not spec.flipped) if spec.gate == "cx" else None)


ANY: Final[dict[Edit, float]] = {
    _add: 5,
    _regate: 2,
    _replace: 2,
    _drop: 2,
    _thin: 1,
    _share: 1,
    _times: 2,
    _begin: 1,
    _move: 1,
    _flip: 0.5,
}
PRUNING: Final[dict[Edit, float]] = {_drop: 4, _thin: 4, _times: 1, _share: 1, _replace: 0.5}


def _respec(random: Random, ansatz: Ansatz, change: Callable[[Spec], Spec | None]) -> Ansatz | None:
    """One layer made again from a changed description; None where no layer can be changed so."""
    places = list(_places(ansatz))
    random.shuffle(places)
    for at in places:
        spec = _get(ansatz, at).spec
        changed = change(spec) if spec is not None else None
        if changed is not None:
            return _put(ansatz, at, changed.layer())
    return None


def _places(ansatz: Ansatz) -> Iterator[Place]:
    """Where the layers are, in order."""
    for at, item in enumerate(ansatz):
        if isinstance(item, Repeat):
            yield from ((at, within) for within in range(len(item.layers)))
        else:
            yield at, None


def _get(ansatz: Ansatz, at: Place) -> Layer:
    item = ansatz[at[0]]
    if isinstance(item, Repeat):
        assert at[1] is not None
        return item.layers[at[1]]
    return item


def _put(ansatz: Ansatz, at: Place, *layers: Layer) -> Ansatz:
    """`ansatz` with `layers` in the place of the one at `at`; a repetition that is left empty goes."""
    number, within = at
    item = ansatz[number]
    if isinstance(item, Repeat):
        assert within is not None
        body = (*item.layers[:within], *layers, *item.layers[within + 1 :])
        return (*ansatz[:number], *((Repeat(item.times, body),) if body else ()), *ansatz[number + 1 :])
    return (*ansatz[:number], *layers, *ansatz[number + 1 :])
