"""One small change to an ansatz: how the corpus makes the better answer from the measured circuit of a CONTEXT."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, Repeat, gates_of
from sft.corpus.families.random_layered import entangle, turn

TWO_QUBIT = frozenset({"cx", "cz", "cy", "swap", "rxx", "ryy", "rzz", "rzx", "crx", "cry", "crz", "cp"})


def mutate(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    """A layer inserted, removed, replaced or moved, or a repetition changed; never empty, never the same."""
    while True:
        changed = random.choice((_insert, _insert, _remove, _replace, _replace, _repeat, _swap))(random, ansatz, gates)
        if changed and changed != ansatz:
            return changed


def _insert(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    at = random.randint(0, len(ansatz))
    layer = turn(random, gates) if random.random() < 0.5 else entangle(random, gates)
    return (*ansatz[:at], layer, *ansatz[at:])


def _remove(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    at = random.randrange(len(ansatz))
    return (*ansatz[:at], *ansatz[at + 1 :])


def _replace(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    at = random.randrange(len(ansatz))
    item = ansatz[at]
    couples = bool(gates_of((item,)) & TWO_QUBIT)
    new: Layer = entangle(random, gates) if couples else turn(random, gates)
    return (*ansatz[:at], new, *ansatz[at + 1 :])


def _repeat(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    loops = [at for at, item in enumerate(ansatz) if isinstance(item, Repeat)]
    if not loops:
        return ansatz
    at = random.choice(loops)
    loop = ansatz[at]
    assert isinstance(loop, Repeat)
    times = random.choice([times for times in (1, 2, 3) if times != loop.times])
    items = loop.layers if times == 1 else (Repeat(times, loop.layers),)
    return (*ansatz[:at], *items, *ansatz[at + 1 :])


def _swap(random: Random, ansatz: Ansatz, gates: frozenset[str]) -> Ansatz:
    if len(ansatz) < 2:
        return ansatz
    at = random.randrange(len(ansatz) - 1)
    return (*ansatz[:at], ansatz[at + 1], ansatz[at], *ansatz[at + 2 :])
