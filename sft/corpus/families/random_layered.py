"""Random sequences of layers: the grammar itself, and the largest share of the corpus.

Named families are a few points of this space. What a policy learns here is that any rotation layer on any subset may
stand beside any entangler on any pattern of bonds, which is what search later recombines, mostly into small circuits.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from sft.corpus.ansatz import BONDS, PAIRS, SPOTS, Ansatz, Layer, Repeat, coupling, entangler, fixed, rotation

WEIGHT = 10.0

ROTATIONS = {"ry": 6, "rx": 3, "rz": 2}
PLACES = {"all": 12, "even": 2, "odd": 2, "first half": 2, "second half": 2, "inner": 1, "ends": 1}
STARTS = {"h": 1, "x": 1}
ENTANGLERS = {"cx": 6, "cz": 3, "cy": 0.5, "swap": 0.3}
COUPLINGS = {"rzz": 2, "rxx": 2, "ryy": 1, "cry": 1, "crx": 1, "crz": 0.5, "cp": 0.5}
PATTERNS = dict(zip(BONDS, (7, 4, 6, 5, 2, 2, 2, 2), strict=True))
LENGTHS = {2: 2, 3: 4, 4: 4, 5: 4, 6: 2, 7: 1}


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates.intersection(ROTATIONS) or not gates.intersection((*ENTANGLERS, *COUPLINGS)):
        return None
    starts = gates.intersection(STARTS)
    sequence: list[Layer] = [start(random, gates)] if starts and random.random() < 0.2 else []
    length = len(sequence) + random.choices(list(LENGTHS), list(LENGTHS.values()))[0]
    turning = random.random() < 0.85
    while len(sequence) < length:
        sequence.append(turn(random, gates) if turning else entangle(random, gates))
        turning = not turning if random.random() < 0.88 else turning
    if random.random() < 0.8 and not turning:
        return _repeated(random, sequence)
    return _repeated(random, [*sequence, turn(random, gates)])


def start(random: Random, gates: frozenset[str]) -> Layer:
    """A fixed layer to begin with, where the gates allow one (ValueError otherwise)."""
    return fixed(_choose(random, STARTS, gates), _choose(random, PLACES))


def turn(random: Random, gates: frozenset[str]) -> Layer:
    """A layer of rotations, or one rotation at an end."""
    gate = _choose(random, ROTATIONS, gates)
    if random.random() < 0.1:
        return rotation(gate, random.choice(list(SPOTS)))
    return rotation(gate, _choose(random, PLACES), shared=random.random() < 0.12)


def entangle(random: Random, gates: frozenset[str]) -> Layer:
    """A layer of two-qubit gates, or one of them."""
    plain, angled = gates.intersection(ENTANGLERS), gates.intersection(COUPLINGS)
    if plain and (not angled or random.random() < 0.75):
        gate = _choose(random, ENTANGLERS, gates)
        bonds = random.choice(list(PAIRS)) if random.random() < 0.25 else _choose(random, PATTERNS)
        return entangler(gate, bonds, flipped=gate == "cx" and random.random() < 0.25)
    return coupling(_choose(random, COUPLINGS, gates), _choose(random, PATTERNS), shared=random.random() < 0.3)


def _repeated(random: Random, sequence: list[Layer]) -> Ansatz:
    """Sometimes a stretch of two to four layers becomes the body of a loop."""
    if len(sequence) < 2 or random.random() > 0.22:
        return tuple(sequence)
    size = random.randint(2, min(4, len(sequence)))
    first = random.randint(0, len(sequence) - size)
    block = Repeat(random.choice((2, 2, 3)), tuple(sequence[first : first + size]))
    return (*sequence[:first], block, *sequence[first + size :])


def _choose(random: Random, weights: Mapping[str, float], allowed: frozenset[str] | None = None) -> str:
    choices = [name for name in weights if allowed is None or name in allowed]
    return random.choices(choices, [weights[name] for name in choices])[0]
