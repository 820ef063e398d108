"""Where a block of gates is put along the qubits, and how often a repetition runs: the loops of the language.

A block of `width` sites is placed by its position q; `end` is the number of positions on an open chain,
num_qubits - width + 1. Each pattern says the same thing twice, as numbers and as Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

Positions = Callable[[int, int, int], Iterable[int]]
"""(num_qubits, end, layer) -> the positions in order; `layer` is the index of the innermost repetition, or 0."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`loops` are the lines that walk {q}, none where there is one place only.

    They are written with {n}, {end}, {last} (end - 1), {width} and {layer}.
    """

    positions: Positions
    loops: tuple[str, ...]
    widths: tuple[int, ...] = (1, 2, 3, 4)
    sites: tuple[str, ...] = ("{q}", "{q} + 1", "{q} + 2", "{q} + 3")
    place: Callable[[int, int, int], int] = lambda q, k, n: q + k
    """The qubit of site k of the block at position q, as `sites` writes it."""

    @property
    def is_walk(self) -> bool:
        """Whether there is a position to name, or a single place."""
        return bool(self.loops)


def _range(bounds: str) -> tuple[str, ...]:
    return ("for {q} in range(" + bounds + "):",)


def _both(first: int) -> tuple[str, ...]:
    return (f"for start in ({first}, {1 - first}):", "    for {q} in range(start, {end}, 2):")


def _outward(num_qubits: int, end: int, layer: int) -> list[int]:
    return sorted(range(end), key=lambda q: abs(2 * q + 1 - end))


PATTERNS: Final[Mapping[str, Pattern]] = {
    "chain": Pattern(lambda n, end, layer: range(end), _range("{end}")),
    "reversed chain": Pattern(lambda n, end, layer: reversed(range(end)), ("for {q} in reversed(range({end})):",)),
    "even": Pattern(lambda n, end, layer: range(0, end, 2), _range("0, {end}, 2")),
    "odd": Pattern(lambda n, end, layer: range(1, end, 2), _range("1, {end}, 2")),
    "even then odd": Pattern(lambda n, end, layer: [*range(0, end, 2), *range(1, end, 2)], _both(0)),
    "odd then even": Pattern(lambda n, end, layer: [*range(1, end, 2), *range(0, end, 2)], _both(1)),
    "bricks": Pattern(lambda n, end, layer: range(layer % 2, end, 2), _range("{layer} % 2, {end}, 2")),
    "inner": Pattern(lambda n, end, layer: range(1, end - 1), _range("1, {last}")),
    "outward": Pattern(_outward, ("for {q} in sorted(range({end}), key=lambda {q}: abs(2 * {q} + {width} - {n})):",)),
    "first half": Pattern(lambda n, end, layer: range(n // 2), _range("{n} // 2"), (1,)),
    "second half": Pattern(lambda n, end, layer: range(n // 2, n), _range("{n} // 2, {n}"), (1,)),
    "ring": Pattern(
        lambda n, end, layer: range(n),
        _range("{n}"),
        (2,),
        ("{q}", "({q} + 1) % {n}"),
        lambda q, k, n: (q + k) % n,
    ),
    "mirror": Pattern(
        lambda n, end, layer: range(n // 2),
        _range("{n} // 2"),
        (2,),
        ("{q}", "{n} - 1 - {q}"),
        lambda q, k, n: n - 1 - q if k else q,
    ),
    "partners": Pattern(
        lambda n, end, layer: range(n // 2),
        _range("{n} // 2"),
        (2,),
        ("{q}", "{q} + {n} // 2"),
        lambda q, k, n: q + k * (n // 2),
    ),
    "orbitals": Pattern(
        lambda n, end, layer: range(n // 2 - 1),
        _range("{n} // 2 - 1"),
        (4,),
        ("{q}", "{q} + {n} // 2", "{q} + 1", "{q} + 1 + {n} // 2"),
        lambda q, k, n: q + k // 2 + k % 2 * (n // 2),
    ),
    "first": Pattern(lambda n, end, layer: (0,), (), (1, 2), ("0", "1")),
    "last": Pattern(lambda n, end, layer: (n - 1,), (), (1, 2), ("{n} - 1", "{n} - 2"), lambda q, k, n: q - k),
    "middle": Pattern(lambda n, end, layer: (n // 2 - 1,), (), (1, 2), ("{n} // 2 - 1", "{n} // 2")),
    "closing": Pattern(lambda n, end, layer: (0,), (), (2,), ("{n} - 1", "0"), lambda q, k, n: 0 if k else n - 1),
}
"""By the phrase that a docstring has for them. `partners` and `orbitals` are for spin orbitals in blocks (all alpha,
then all beta): the two spins of an orbital, and those of two orbitals in a row."""

TIMES: Final[Mapping[str, Callable[[int], int]]] = {
    "2": lambda n: 2,
    "3": lambda n: 3,
    "4": lambda n: 4,
    "n // 2 - 1": lambda n: n // 2 - 1,
    "n // 2": lambda n: n // 2,
    "n // 2 + 1": lambda n: n // 2 + 1,
    "n - 1": lambda n: n - 1,
    "n": lambda n: n,
}
"""How often a repetition runs; below one is never."""
