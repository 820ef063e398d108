"""Every program that is one removal or one merger smaller than a given one: what simplification tries.

Statements and steps are dropped, repetitions run fewer times or once, walks skip bonds, angles are shared more widely
or merged. Each is again one function for every size. Largest savings come first, by two-qubit gates and then parameters
at a probe size; what saves nothing there is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Final

from quantum.language.build import build
from quantum.language.tree import SHARINGS, Program, Walk, fits, places, put, repeats, tidy, walks
from quantum.metrics import metrics

PROBE_QUBITS: Final = 6
"""The size at which savings are counted: the smallest at which all patterns and repetitions differ."""

FEWER: Final[Mapping[str, tuple[str, ...]]] = {
    "ring": ("chain",),
    "chain": ("inner", "even", "odd"),
    "reversed chain": ("inner", "even", "odd"),
    "even then odd": ("even", "odd"),
    "odd then even": ("odd", "even"),
    "outward": ("inner", "middle"),
    "inner": ("odd", "middle"),
    "even": ("first", "last"),
    "odd": ("middle",),
    "mirror": ("middle",),
}
"""Patterns with fewer positions than the key's."""

FEWER_TIMES: Final = ("n", "n - 1", "n // 2 + 1", "n // 2", "n // 2 - 1")
FEWER_CONSTANT: Final = ("4", "3", "2")

Cost = tuple[int, int, int]
"""Two-qubit gates after the stated transpile, parameters, gates as written."""


def reductions(program: Program) -> list[Program]:
    """The smaller programs, none twice, those that save most first."""
    own = _cost(program)
    found = {one: _cost(one) for one in dict.fromkeys(_smaller(program)) if fits(one)}
    return sorted((one for one in found if found[one] < own), key=found.__getitem__)


def _cost(program: Program) -> Cost:
    circuit = build(program, PROBE_QUBITS)
    return metrics(circuit).two_qubit_gates, circuit.num_parameters, len(circuit.gates)


def _smaller(program: Program) -> Iterator[Program]:
    for path, _ in places(program.statements):
        yield put(program, path)
    for path, repeat in repeats(program):
        yield put(program, path, *repeat.body)
        for scale in (FEWER_TIMES, FEWER_CONSTANT):
            if repeat.times in scale:
                for times in scale[scale.index(repeat.times) + 1 :]:
                    yield put(program, path, replace(repeat, times=times))
    for path, walk in walks(program):
        for smaller in _smaller_walks(walk):
            yield put(program, path, tidy(smaller))


def _smaller_walks(walk: Walk) -> Iterator[Walk]:
    for at in range(len(walk.steps)):
        if len(walk.steps) > 1:
            yield replace(walk, steps=walk.steps[:at] + walk.steps[at + 1 :])
    for where in FEWER.get(walk.where, ()):
        yield replace(walk, where=where)
    slots = range(len(walk.sharing))
    for wider in SHARINGS:
        if len(walk.sharing) > 1:
            yield replace(walk, sharing=(wider,) * len(walk.sharing))
        for slot in slots:
            yield replace(walk, sharing=(*walk.sharing[:slot], wider, *walk.sharing[slot + 1 :]))
    for kept, merged in combinations(slots, 2):
        steps = (replace(step, angle=kept) if step.angle == merged else step for step in walk.steps)
        yield replace(walk, steps=tuple(steps))
