"""Where a VQE begins: points in the angles by which rotations turn, most of them anywhere, some near zero.

Parameters are those of a `PauliProgram`. All widths are in units of a parameter's period, 2 pi over its smallest
multiplier, in which every rotation that it drives turns all the way round: a parameter written 8 t begins where t does.

Of every four starts three are uniform over the period, and only these are evidence when they agree: each had the same
chance in every basin. One is near zero, 0.1 and 0.5 radians wide in turn: deep structured circuits (one layer of a
Hamiltonian after the other) and wide shallow ones have minima there that uniform points rarely find, while in others
all that begin there end in one poor minimum.

A parameter that drives m rotations makes the energy a trigonometric polynomial of degree up to m in it, not 1, with as
many more minima. So circuits of few shared angles get up to `MOST_MORE` times as many starts, each of which costs less
there, as long as all of them stay cheap. What else was tried is in benchmarks/vqe_starts.py, and did not pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.program import PauliProgram

NEAR_ZERO: Final = (0.1, 0.5)
"""Widths of the starts near zero, in radians of the slowest rotation."""
MOST_MORE: Final = 8
CHEAP: Final = 2e5
"""P times rotations times amplitudes: a start's cost, which more starts may multiply up to here (some milliseconds)."""


def number_of_starts(program: PauliProgram, restarts: int) -> int:
    """`restarts` times the number of rotations for every parameter, at most `MOST_MORE` and while that is cheap."""
    parameters, rotations = program.num_parameters, program.num_rotations
    if not parameters:
        return 1
    affordable = CHEAP / (parameters * max(rotations, 1) * 2**program.rank)
    return restarts * max(1, min(MOST_MORE, rotations // parameters, int(affordable)))


def initial_points(program: PauliProgram, count: int, seed: int) -> NDArray[np.float64]:
    """The starts, shape (count, P), drawn with `seed`; those of a smaller count are the first ones of a larger."""
    stream = np.random.default_rng(seed)
    points = np.empty((count, program.num_parameters))
    for k in range(count):
        if is_uniform(k):
            points[k] = stream.uniform(-0.5, 0.5, program.num_parameters)
        else:
            points[k] = stream.normal(0.0, NEAR_ZERO[k // 4 % 2] / (2.0 * np.pi), program.num_parameters)
    return points * program.periods


def is_uniform(k: int) -> bool:
    """Whether start k may be anywhere: the 1st, 3rd and 4th of every four."""
    return k % 4 != 1
