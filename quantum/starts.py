"""Where a VQE begins: points in the angles by which rotations turn, half or more of them anywhere, others near zero.

Parameters are those of a `PauliProgram`. All widths are in units of a parameter's period, 2 pi over its smallest
multiplier, in which every rotation that it drives turns all the way round: a parameter written 8 t begins where t does.

Every other start is uniform over the period, and only these are evidence when they agree: each had the same chance in
every basin. Those between them are near zero: deep structured circuits (one layer of a Hamiltonian after the other) and
wide shallow ones have minima there that uniform points rarely find, while in others all that begin there end in one
poor minimum.

A parameter that drives m rotations makes the energy a trigonometric polynomial of degree up to m in it, not 1, with as
many more minima. So circuits of few shared angles get more starts, up to `MOST_MORE` times as many while that is cheap,
and these are all uniform. What else was tried is in benchmarks/vqe_starts.py, and did not pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.program import PauliProgram

NEAR_ZERO: Final = (0.1, 0.1, 0.5)
"""Widths of the starts near zero, in radians of the slowest rotation."""
MOST_MORE: Final = 10
CHEAP: Final = 4e4
"""P times rotations times amplitudes, a measure of one start's cost, up to which there are more (some milliseconds)."""


class Starts(NamedTuple):
    """`points`, shape (R, P), and which of them are `uniform` over the period, shape (R,)."""

    points: NDArray[np.float64]
    uniform: NDArray[np.bool_]


def draw_starts(program: PauliProgram, restarts: int, seed: int) -> Starts:
    """`restarts` starts, of a cheap circuit as many for each of its rotations per parameter, at most `MOST_MORE` times;
    one without parameters. The first ones are `initial_points`, the others uniform."""
    parameters, rotations = program.num_parameters, program.num_rotations
    if not parameters:
        return Starts(np.zeros((1, 0)), np.array([True]))
    cheap = parameters * rotations * 2**program.rank <= CHEAP
    times = min(MOST_MORE, max(1, rotations // parameters)) if cheap else 1
    return _drawn(program, restarts, restarts * times, seed)


def initial_points(program: PauliProgram, restarts: int, seed: int) -> NDArray[np.float64]:
    """Uniform points and points near zero in turn, shape (restarts, P): the first ones of any larger number."""
    return _drawn(program, restarts, restarts, seed).points


def _drawn(program: PauliProgram, restarts: int, count: int, seed: int) -> Starts:
    stream = np.random.default_rng(seed)
    points = np.empty((count, program.num_parameters))
    uniform = (np.arange(count) % 2 == 0) | (np.arange(count) >= restarts)
    for k in range(count):
        if uniform[k]:
            points[k] = stream.uniform(-0.5, 0.5, program.num_parameters)
        else:
            width = NEAR_ZERO[k // 2 % len(NEAR_ZERO)]
            points[k] = stream.normal(0.0, width / (2.0 * np.pi), program.num_parameters)
    return Starts(points * program.periods, uniform)
