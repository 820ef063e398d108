"""Random programs: perhaps a start, then one to three statements, each a walk, a repetition or a brick wall.

Weights are those of a first grammar that found recipes by chance (blocks of up to six gates, mostly cx with ry
between), with a tail for the rest of the language: other axes, three sites, angles shared in any way, excitations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from quantum.errors import RequestError
from quantum.language.excitations import EXCITATIONS
from quantum.language.patterns import PATTERNS
from quantum.language.tree import (
    MOST_STEPS,
    Program,
    Repeat,
    Sharing,
    Statement,
    Step,
    Walk,
    num_sites,
    tidy,
    turns,
    walks,
)

T = TypeVar("T")
PlacedGate = tuple[str, tuple[int, ...]]
"""A gate and its sites in a block."""

ROTATIONS: Final = {"ry": 12, "rz": 1.5, "rx": 1.5}
FIXED: Final = {"h": 1, "x": 1, "s": 0.5}
COUPLINGS: Final = {"cx": 10, "cz": 2, "rzz": 1.5, "rxx": 1, "ryy": 1, "cry": 0.4, "crx": 0.2, "swap": 0.2}
MOVES: Final = {"givens": 3, "single": 1, "pair": 1}
STEPS: Final = {1: 2, 2: 2, 3: 3, 4: 2, 5: 2, 6: 2}
"""Gates of a block on two sites or more."""
WIDTHS: Final = {2: 15, 3: 1}
WHERE: Final = {
    "chain": 10,
    "reversed chain": 8,
    "even": 4,
    "odd": 4,
    "even then odd": 1.5,
    "odd then even": 1,
    "bricks": 0.5,
    "inner": 0.5,
    "outward": 0.5,
    "ring": 0.5,
    "mirror": 0.3,
    "partners": 0.3,
    "orbitals": 0.6,
    "first": 0.3,
    "last": 0.3,
    "middle": 0.3,
    "closing": 0.3,
}
PLACES: Final = {"chain": 12, "even": 1, "odd": 1, "first half": 0.5, "second half": 0.5, "first": 0.5, "last": 0.5}
"""Of one-qubit layers."""
SHARED: Final[Mapping[Sharing, float]] = {"fresh": 20, "layer": 4, "mirror": 1, "site": 0.5, "program": 0.5}
TIMES: Final = {"2": 4, "3": 2, "4": 0.5, "n // 2": 4, "n // 2 - 1": 3, "n // 2 + 1": 0.5, "n - 1": 0.5, "n": 0.3}
LENGTHS: Final = {1: 1, 2: 1, 3: 1}
KINDS: Final = {"layer": 3, "block": 4, "repeat": 2, "bricks": 2}

STARTS: Final[Mapping[str, Sequence[Walk]]] = {
    "nothing": (),
    "ry": (Walk("chain", 1, (Step("ry", (0,), 0),), ("fresh",)),),
    "h": (Walk("chain", 1, (Step("h", (0,)),)),),
    "x on odd sites": (Walk("odd", 1, (Step("x", (0,)),)),),
    "x on even sites": (Walk("even", 1, (Step("x", (0,)),)),),
    "x on the first half": (Walk("first half", 1, (Step("x", (0,)),)),),
    "x on the second half": (Walk("second half", 1, (Step("x", (0,)),)),),
    "x on the first two": (Walk("first", 2, (Step("x", (0,)), Step("x", (1,)))),),
    "x on the last two": (Walk("last", 2, (Step("x", (0,)), Step("x", (1,)))),),
    "singlets": (Walk("even", 2, (Step("x", (0,)), Step("x", (1,)), Step("h", (0,)), Step("cx", (0, 1)))),),
}
"""What a physicist begins with: nothing, all turned, |+...+>, Neel states, fillings, singlets on every other bond."""
START_WEIGHTS: Final = dict(zip(STARTS, (3, 3, 3, 1.5, 1.5, 0.3, 0.3, 0.2, 0.2, 3), strict=True))


@dataclass(frozen=True)
class Palette:
    """The gates that programs may be drawn from, of those that a problem allows."""

    rotations: Mapping[str, float]
    fixed: Mapping[str, float]
    couplings: Mapping[str, float]
    moves: Mapping[str, float]
    starts: Mapping[str, float]

    @staticmethod
    def of(gates: frozenset[str]) -> Palette:
        """Raises RequestError where none of rx, ry, rz is allowed, or no gate that couples two qubits."""
        kept = [
            {name: weight for name, weight in one.items() if name in gates} for one in (ROTATIONS, FIXED, COUPLINGS)
        ]
        moves = {name: weight for name, weight in MOVES.items() if EXCITATIONS[name].gates <= gates}
        starts = {
            name: weight
            for name, weight in START_WEIGHTS.items()
            if all(step.gate in gates for walk in STARTS[name] for step in walk.steps)
        }
        if not kept[0] or not kept[2]:
            missing = "rx, ry, rz" if not kept[0] else ", ".join(COUPLINGS)
            raise RequestError(f"a random program needs one of {missing} among the allowed gates")
        return Palette(kept[0], kept[1], kept[2], moves, starts)


def draw(random: Random, palette: Palette) -> Program:
    """A random program that couples qubits; some have nothing to optimise, or too much for a problem's limits."""
    start = STARTS[pick(random, palette.starts)]
    while True:
        body = [draw_statement(random, palette) for _ in range(pick(random, LENGTHS))]
        if any(len(step.sites) > 1 for _, walk in walks(Program((*body,))) for step in walk.steps):
            return Program((*start, *body))


def draw_statement(random: Random, palette: Palette) -> Statement:
    kind = pick(random, KINDS)
    if kind == "layer":
        return draw_layer(random, palette)
    if kind == "block":
        return draw_block(random, palette)
    times = pick(random, TIMES)
    if kind == "bricks":
        return Repeat(times, (draw_block(random, palette, "bricks"),))
    return Repeat(times, tuple(draw_walk(random, palette) for _ in range(random.choice((1, 2)))))


def draw_walk(random: Random, palette: Palette) -> Walk:
    return draw_layer(random, palette) if random.random() < 0.4 else draw_block(random, palette)


def draw_layer(random: Random, palette: Palette) -> Walk:
    """One rotation, seldom a fixed gate or two rotations, on every site or some."""
    where = pick(random, PLACES)
    if palette.fixed and random.random() < 0.1:
        return Walk(where, 1, (Step(pick(random, palette.fixed), (0,)),))
    first = pick(random, palette.rotations)
    others = {name: weight for name, weight in palette.rotations.items() if name != first}
    second = [pick(random, others)] if others and random.random() < 0.15 else []
    return _slotted(random, where, 1, [(gate, (0,)) for gate in (first, *second)])


def draw_block(random: Random, palette: Palette, where: str | None = None) -> Walk:
    """One to six gates on two sites, seldom three; or an excitation."""
    if where is None and palette.moves and random.random() < 0.04:
        return draw_move(random, palette)
    where = where or pick(random, WHERE)
    widths = {width: weight for width, weight in WIDTHS.items() if width in PATTERNS[where].widths}
    width = pick(random, widths) if widths else PATTERNS[where].widths[0]
    length = pick(random, STEPS)
    gates: list[PlacedGate] = []
    while len(gates) < length:
        gate = draw_gate(random, palette, width)
        if not _repeats(gates, gate):
            gates.append(gate)
    if not any(len(sites) > 1 for _, sites in gates):
        gates[random.randrange(length)] = draw_coupling(random, palette, width)
    return _slotted(random, where, width, gates)


def _repeats(gates: Sequence[PlacedGate], gate: PlacedGate) -> bool:
    """Whether the gate would only merge with the last one on its sites."""
    last = next((one for one in reversed(gates) if set(one[1]) & set(gate[1])), None)
    return last == gate


def draw_move(random: Random, palette: Palette) -> Walk:
    """An excitation at every place where it fits."""
    gate = pick(random, palette.moves)
    width = num_sites(gate)
    where = pick(random, {name: weight for name, weight in WHERE.items() if width in PATTERNS[name].widths})
    return _slotted(random, where, width, [(gate, tuple(range(width)))])


def draw_gate(random: Random, palette: Palette, width: int) -> PlacedGate:
    """A gate for a block, and its sites."""
    if width > 1 and random.random() < 0.45:
        return draw_coupling(random, palette, width)
    gates = palette.fixed if palette.fixed and random.random() < 0.06 else palette.rotations
    return pick(random, gates), (random.randrange(width),)


def draw_coupling(random: Random, palette: Palette, width: int) -> PlacedGate:
    gate = pick(random, palette.couplings)
    sites = random.sample(range(width), 2)
    return gate, tuple(sorted(sites) if random.random() < 0.4 else sites)


def draw_sharing(random: Random) -> Sharing:
    return pick(random, SHARED)


def _slotted(random: Random, where: str, width: int, gates: Sequence[PlacedGate]) -> Walk:
    """The walk, each turning gate with an angle of its own, seldom with the one before's; mostly of one sharing."""
    steps: list[Step] = []
    sharing: list[Sharing] = []
    common = draw_sharing(random)
    for gate, sites in gates[:MOST_STEPS]:
        if not turns(gate):
            steps.append(Step(gate, sites))
            continue
        if not sharing or random.random() > 0.2:
            sharing.append(common if random.random() < 0.8 else draw_sharing(random))
        steps.append(Step(gate, sites, len(sharing) - 1, random.choice((1, 1, 1, -1)) if len(steps) else 1))
    return tidy(Walk(where, width, tuple(steps), tuple(sharing)))


def pick(random: Random, weights: Mapping[T, float]) -> T:
    """A key by weight."""
    return random.choices([*weights], [*weights.values()])[0]
