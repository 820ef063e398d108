"""The gate lists that prompts name: random, two to five gates, enough of them to entangle and to be optimised."""

from __future__ import annotations

from random import Random
from typing import Final

TURNS: Final = {"ry": 5, "rx": 3}
"""Every list has one of these: with rz and diagonal couplings alone the state never leaves |0...0>."""
PAIRS: Final = {"cx": 6, "cz": 3, "rzz": 2, "rxx": 1, "ryy": 1, "cry": 1, "crx": 1}
OTHERS: Final = {
    "rz": 6,
    "h": 4,
    "x": 3,
    "s": 1,
    "sdg": 0.5,
    "sx": 1,
    "t": 0.5,
    "p": 0.5,
    "y": 0.5,
    "z": 0.5,
    "cy": 0.5,
}
OTHERS_TOO: Final = {"swap": 1, "cp": 0.5, "crz": 0.5, **TURNS, **PAIRS}


def draw_gates(random: Random) -> tuple[str, ...]:
    """A list of distinct gates in the order in which a prompt names them: any order."""
    gates = [_pick(random, TURNS, ()), _pick(random, PAIRS, ())]
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        gates.append(_pick(random, OTHERS if random.random() < 0.6 else OTHERS_TOO, gates))
    random.shuffle(gates)
    return tuple(gates)


def _pick(random: Random, weights: dict[str, float], taken: tuple[str, ...] | list[str]) -> str:
    names = [name for name in weights if name not in taken]
    return random.choices(names, [weights[name] for name in names])[0]
