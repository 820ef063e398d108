"""Dense BFGS on the fast engine: all starts of a VQE in one compiled call, eight side by side in the engine's lanes.

Each lane minimises from one start; a lane that is done takes the next start from the queue, so lanes stay full until
the queue is empty. A start's course depends on that start alone, never on its lane or its neighbours.

Line search: bracketing for the weak Wolfe conditions (Lewis and Overton, Math. Program. 141, 2013), the first trial
after an update being the full quasi-Newton step. Update: Nocedal and Wright, Numerical Optimization, eq. 6.17, written
into the matrix when the next product with it is taken, so that a step passes over it once. An optimiser's own vectors
lie along the lanes (rows of eight parameters, zeros at the end), so its algebra is SIMD too.
Memory: 64 * P**2 bytes. Not covered: limited memory, constraints.
"""

# The kernels are typed by numba, not by annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, no-any-return"
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from quantum.kernel_sources import KERNEL_SOURCES, entry_point, kernel
from quantum.lanes import LANES, aligned, load, splat, store, sum_lanes
from quantum.statevector import evaluate, kernel_program, workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.program import PauliProgram

SUFFICIENT_DECREASE: Final = 1e-4
CURVATURE: Final = 0.9
FIRST_STEP: Final = 0.3
"""Length in radians of the first trial step along steepest descent, when the scaled gradient is longer."""
MAX_TRIALS: Final = 20
ROUNDING: Final = 1e-14
"""An energy this much higher (relative to max(1, |E|)) still counts as not higher: it is rounding."""

# What a lane keeps: numbers, counters, and vectors of `blocks` rows each.
VALUE, SLOPE, STEP, LOW, HIGH, BENDING, RATIO = range(7)
START, EVALUATIONS, STALLS, TRIALS, UPDATES = range(5)
POINT, GRADIENT, SLOPES, DIRECTION, MOVE, CHANGE, IMAGE, PRODUCT = range(8)
NUM_NUMBERS, NUM_COUNTERS, NUM_VECTORS = 7, 5, 8


class Rules(NamedTuple):
    """When a start ends, and `stiffness`, the first guess of d2E/dtheta2 (in the Hamiltonian's unit).

    A start ends when |gradient| < gradient_tolerance, after `patience` steps in a row that each gain less than
    energy_tolerance, after max_evaluations, or when not even steepest descent finds a lower energy.
    """

    stiffness: float
    gradient_tolerance: float
    energy_tolerance: float
    patience: int
    max_evaluations: int


class Minima(NamedTuple):
    """What each of R starts ended at: points (R, P), which hold the starts to begin with; the others (R,)."""

    points: NDArray[np.float64]
    energies: NDArray[np.float64]
    gradient_norms: NDArray[np.float64]
    evaluations: NDArray[np.int64]


def minimise_from(program: PauliProgram, starts: NDArray[np.float64], rules: Rules) -> Minima:
    """Minimises the energy from every row of `starts`, shape (R, P)."""
    size, count = program.num_parameters, len(starts)
    blocks = -(-size // LANES)
    minima = Minima(starts.copy(), np.empty(count), np.empty(count), np.empty(count, dtype=np.int64))
    vectors, inverse = aligned(LANES * NUM_VECTORS * blocks), aligned(LANES * size * blocks)
    numbers, counters = np.zeros((LANES, NUM_NUMBERS)), np.zeros((LANES, NUM_COUNTERS), dtype=np.int64)
    minimise_starts(kernel_program(program), workspace(program), numbers, counters, vectors, inverse, rules, minima)
    return minima


def _starts_kernel(sources: str) -> Callable[..., None]:
    @entry_point
    def minimise_starts(program, work, numbers, counters, vectors, inverse, rules, minima):
        """`vectors` and `inverse` are lane arrays: for each lane NUM_VECTORS vectors and an inverse Hessian by rows."""
        sources  # noqa: B018  part of the cache's key
        size = minima.points.shape[1]
        counters[:, START] = -1
        queued = running = min(LANES, len(minima.points))
        for lane in range(running):
            begin(lane, lane, minima.points, work, counters)
        while running > 0:
            evaluate(program, work)
            for lane in range(LANES):
                if counters[lane, START] < 0:
                    continue
                if not advance(lane, size, work, numbers, counters, vectors, inverse, rules):
                    continue
                finish(lane, size, numbers, counters, vectors, minima)
                if queued < len(minima.points):
                    begin(lane, queued, minima.points, work, counters)
                    queued += 1
                else:
                    counters[lane, START] = -1
                    running -= 1

    return minimise_starts


@kernel
def finish(lane, size, numbers, counters, vectors, minima):
    start, point, slopes = counters[lane, START], row(lane, POINT, size), row(lane, GRADIENT, size)
    for parameter in range(size):
        minima.points[start, parameter] = vectors[point + parameter // LANES, parameter % LANES]
    minima.energies[start] = numbers[lane, VALUE]
    minima.gradient_norms[start] = np.sqrt(dot(vectors, slopes, slopes, size))
    minima.evaluations[start] = counters[lane, EVALUATIONS]


@kernel
def begin(lane, start, points, work, counters):
    for parameter in range(points.shape[1]):
        work.theta[parameter, lane] = points[start, parameter]
    counters[lane] = 0
    counters[lane, START] = start


@kernel
def row(lane, vector, size):
    """First row of a lane's vector."""
    return (lane * NUM_VECTORS + vector) * ((size + LANES - 1) // LANES)


@kernel
def advance(lane, size, work, numbers, counters, vectors, inverse, rules):
    """Takes in the evaluation at a lane's trial point and writes the next one; True when its start is done."""
    value, slopes = work.energy[0, lane], row(lane, SLOPES, size)
    for parameter in range(size):
        vectors[slopes + parameter // LANES, parameter % LANES] = work.gradient[parameter, lane]
    counters[lane, EVALUATIONS] += 1
    first = counters[lane, EVALUATIONS] == 1
    if first or accepted(lane, size, value, numbers, counters, vectors):
        if first:
            take_point(lane, size, work, vectors)
        else:
            gain = numbers[lane, VALUE] - value
            counters[lane, STALLS] = counters[lane, STALLS] + 1 if gain < rules.energy_tolerance else 0
            multiply(lane, size, rules.stiffness, numbers, counters, vectors, inverse)
            take_step(lane, size, numbers[lane, STEP], vectors)
        numbers[lane, VALUE] = value
        converged = np.sqrt(dot(vectors, slopes, slopes, size)) < rules.gradient_tolerance
        if converged or counters[lane, STALLS] >= rules.patience:
            return True
        if first or not update(lane, size, numbers, counters, vectors):
            descend(lane, size, rules.stiffness, numbers, counters, vectors)
    elif counters[lane, TRIALS] >= MAX_TRIALS:
        if counters[lane, UPDATES] == 0:
            return True
        descend(lane, size, rules.stiffness, numbers, counters, vectors)
    if counters[lane, EVALUATIONS] >= rules.max_evaluations:
        return True
    point, direction, step = row(lane, POINT, size), row(lane, DIRECTION, size), numbers[lane, STEP]
    for parameter in range(size):
        block, position = parameter // LANES, parameter % LANES
        work.theta[parameter, lane] = vectors[point + block, position] + step * vectors[direction + block, position]
    return False


@kernel
def take_point(lane, size, work, vectors):
    """The first evaluation's point and gradient become the lane's."""
    point, gradient, slopes = row(lane, POINT, size), row(lane, GRADIENT, size), row(lane, SLOPES, size)
    for parameter in range(size):
        vectors[point + parameter // LANES, parameter % LANES] = work.theta[parameter, lane]
    for block in range((size + LANES - 1) // LANES):
        store(vectors, gradient + block, load(vectors, slopes + block))


@kernel
def take_step(lane, size, step, vectors):
    """An accepted trial's point and gradient become the lane's; MOVE and CHANGE are what they changed by."""
    point, gradient, slopes = row(lane, POINT, size), row(lane, GRADIENT, size), row(lane, SLOPES, size)
    direction, move, change = row(lane, DIRECTION, size), row(lane, MOVE, size), row(lane, CHANGE, size)
    for block in range((size + LANES - 1) // LANES):
        moved = splat(step) * load(vectors, direction + block)
        after = load(vectors, slopes + block)
        store(vectors, move + block, moved)
        store(vectors, change + block, after - load(vectors, gradient + block))
        store(vectors, point + block, load(vectors, point + block) + moved)
        store(vectors, gradient + block, after)


@kernel
def accepted(lane, size, value, numbers, counters, vectors):
    """Whether the trial meets the weak Wolfe conditions; if not, the next step length."""
    counters[lane, TRIALS] += 1
    step, slope, low, high = numbers[lane, STEP], numbers[lane, SLOPE], numbers[lane, LOW], numbers[lane, HIGH]
    rise = value - numbers[lane, VALUE]
    if not rise <= SUFFICIENT_DECREASE * step * slope + ROUNDING * max(1.0, abs(value)):
        numbers[lane, HIGH] = step
        if low == 0.0:  # minimum of the parabola through both energies and the first slope
            parabola = -0.5 * slope * step * step / (rise - slope * step)
            numbers[lane, STEP] = min(max(parabola, 0.1 * step), 0.5 * step)
        else:
            numbers[lane, STEP] = 0.5 * (low + step)
        return False
    if dot(vectors, row(lane, DIRECTION, size), row(lane, SLOPES, size), size) < CURVATURE * slope:
        numbers[lane, LOW] = step
        numbers[lane, STEP] = 2.0 * step if high == np.inf else 0.5 * (step + high)
        return False
    return True


@kernel
def search(lane, slope, step, numbers, counters):
    """A new line search with this first trial step."""
    numbers[lane, SLOPE] = slope
    numbers[lane, STEP] = step
    numbers[lane, LOW] = 0.0
    numbers[lane, HIGH] = np.inf
    counters[lane, TRIALS] = 0


@kernel
def descend(lane, size, stiffness, numbers, counters, vectors):
    """A line search along steepest descent; the curvature seen so far is forgotten."""
    gradient, direction = row(lane, GRADIENT, size), row(lane, DIRECTION, size)
    for block in range((size + LANES - 1) // LANES):
        store(vectors, direction + block, splat(-1.0 / stiffness) * load(vectors, gradient + block))
    counters[lane, UPDATES] = 0
    length = np.sqrt(dot(vectors, direction, direction, size))
    search(lane, -stiffness * length * length, min(1.0, FIRST_STEP / length), numbers, counters)


@kernel
def multiply(lane, size, stiffness, numbers, counters, vectors, inverse):
    """PRODUCT <- inverse @ SLOPES. The last update is written into the inverse Hessian on the way: one pass over it."""
    blocks = (size + LANES - 1) // LANES
    move, image = row(lane, MOVE, size), row(lane, IMAGE, size)
    slopes, product = row(lane, SLOPES, size), row(lane, PRODUCT, size)
    first = lane * size * blocks
    if counters[lane, UPDATES] == 0:
        for block in range(blocks):
            store(vectors, product + block, splat(1.0 / stiffness) * load(vectors, slopes + block))
        return
    if counters[lane, UPDATES] == 1:
        for i in range(size):
            for block in range(blocks):
                store(inverse, first + i * blocks + block, splat(0.0))
            inverse[first + i * blocks + i // LANES, i % LANES] = 1.0 / stiffness
    ratio, per_curvature = numbers[lane, RATIO], 1.0 / numbers[lane, BENDING]
    for i in range(size):
        move_i, image_i = vectors[move + i // LANES, i % LANES], vectors[image + i // LANES, i % LANES]
        by_move, by_image = splat(ratio * move_i - image_i * per_curvature), splat(-move_i * per_curvature)
        total = splat(0.0)
        for block in range(blocks):
            entry = load(inverse, first + i * blocks + block)
            entry = entry + by_move * load(vectors, move + block) + by_image * load(vectors, image + block)
            store(inverse, first + i * blocks + block, entry)
            total = total + entry * load(vectors, slopes + block)
        vectors[product + i // LANES, i % LANES] = sum_lanes(total)


@kernel
def update(lane, size, numbers, counters, vectors):
    """Updates the inverse Hessian by (MOVE, CHANGE) and searches along -inverse @ GRADIENT; False if that cannot be.

    Before the update PRODUCT is inverse @ GRADIENT, and -DIRECTION was the same at the step's beginning.
    """
    move, change, image = row(lane, MOVE, size), row(lane, CHANGE, size), row(lane, IMAGE, size)
    gradient, direction, product = row(lane, GRADIENT, size), row(lane, DIRECTION, size), row(lane, PRODUCT, size)
    curvature = dot(vectors, move, change, size)
    if not curvature > 0.0:  # the Wolfe conditions forbid it but for rounding
        return False
    for block in range((size + LANES - 1) // LANES):
        store(vectors, image + block, load(vectors, product + block) + load(vectors, direction + block))
    ratio = (1.0 + dot(vectors, change, image, size) / curvature) / curvature
    counters[lane, UPDATES] += 1
    numbers[lane, RATIO], numbers[lane, BENDING] = ratio, curvature
    along_move, along_image = dot(vectors, move, gradient, size), dot(vectors, image, gradient, size)
    by_move, by_image = splat(along_image / curvature - ratio * along_move), splat(along_move / curvature)
    for block in range((size + LANES - 1) // LANES):
        bent = by_move * load(vectors, move + block) + by_image * load(vectors, image + block)
        store(vectors, direction + block, bent - load(vectors, product + block))
    slope = dot(vectors, direction, gradient, size)
    search(lane, slope, 1.0, numbers, counters)
    return slope < 0.0


@kernel
def dot(vectors, a, b, size):
    total = splat(0.0)
    for block in range((size + LANES - 1) // LANES):
        total = total + load(vectors, a + block) * load(vectors, b + block)
    return sum_lanes(total)


minimise_starts: Final = _starts_kernel(KERNEL_SOURCES)
