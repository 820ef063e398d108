"""Edits: one layer or one repetition changes, everything else keeps its text."""

from __future__ import annotations

from difflib import SequenceMatcher
from random import Random

from quantum.circuit import GATES
from sft.corpus.ansatz import Ansatz, Repeat, gates_of, rotation
from sft.corpus.code import BUNDLES, write
from sft.corpus.families import draw
from sft.corpus.gate_lists import draw_gates
from sft.corpus.mutate import mutate


def test_an_edit_differs_and_keeps_to_its_gates() -> None:
    random = Random(11)
    for _ in range(30):
        gates = frozenset(draw_gates(random))
        _, ansatz = draw(random, gates)
        for prune in (False, True) * 10:
            changed = mutate(random, ansatz, gates, prune)
            assert changed
            assert changed != ansatz
            assert gates_of(changed) <= gates
            ansatz = changed


def test_an_edit_leaves_all_other_layers_as_they_are() -> None:
    random = Random(2)
    gates = frozenset(GATES)
    for _ in range(200):
        _, ansatz = draw(random, gates)
        before, after = _layers(ansatz), _layers(mutate(random, ansatz, gates))
        same = sum(block.size for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks())
        assert len(before) - same <= 1
        assert len(after) - same <= 1


def test_pruning_mostly_takes_away() -> None:
    random = Random(4)
    gates = frozenset(GATES)
    shorter = 0
    for _ in range(100):
        _, ansatz = draw(random, gates)
        shorter += len(write(mutate(random, ansatz, gates, prune=True), BUNDLES[0])) < len(write(ansatz, BUNDLES[0]))
    assert shorter >= 40


def _layers(ansatz: Ansatz) -> list[str]:
    """The layers' texts in order; how often a loop runs is left out."""
    items = [item.layers if isinstance(item, Repeat) else (item,) for item in ansatz]
    return ["\n".join(layer.lines) for layers in items for layer in layers]


def test_pruning_what_is_one_layer_ends():
    random = Random(0)
    for _ in range(200):
        assert mutate(random, (rotation("ry"),), frozenset({"ry", "cry"}), prune=True)
