"""Dense BFGS on the fast engine: all starts of a VQE in one compiled call, eight side by side in the engine's lanes.

Each lane minimises from one start; a lane that is done takes the next start from the queue, so lanes stay full until
the queue is empty. A start's course depends on that start alone, never on its lane or its neighbours.

Line search: bracketing for the weak Wolfe conditions (Lewis and Overton, Math. Program. 141, 2013), the first trial
after an update being the full quasi-Newton step. Update and first scaling: Nocedal and Wright, Numerical
Optimization, eqs. 6.17 and 6.20. Memory is 8 * 8 * P**2 bytes; not covered: limited memory, constraints.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from quantum.lanes import LANES
from quantum.statevector import evaluate

SUFFICIENT_DECREASE = 1e-4
CURVATURE = 0.9
FIRST_STEP = 0.3
"""Length in radians of the first trial step from a start, when steepest descent would go further."""
MAX_TRIALS = 20
ROUNDING = 1e-14
"""An energy this much higher (relative to max(1, |E|)) still counts as not higher: it is rounding."""

# columns of a lane's numbers, its counters, and its vectors
VALUE, SLOPE, STEP, LOW, HIGH = range(5)
START, EVALUATIONS, STALLS, TRIALS, UPDATES = range(5)
POINT, GRADIENT, DIRECTION, MOVE, CHANGE, IMAGE = range(6)


@njit(cache=True)
def minimise_starts(
    rotations, starts, columns, coefficients, constants, group_x, real_groups, table,
    theta, trigonometry, psi, dual, energy, gradient,
    points, gradient_tolerance, energy_tolerance, patience, max_evaluations,
    energies, gradient_norms, evaluations,
):  # fmt: skip
    """Minimises from every row of `points` (S, P), in place; fills `energies`, `gradient_norms`, `evaluations` (S,).

    A start ends when |gradient| < gradient_tolerance, after `patience` steps in a row that each gain less than
    energy_tolerance, after max_evaluations, or when not even steepest descent finds a lower energy.
    """
    size = points.shape[1]
    numbers = np.zeros((LANES, 5))
    counters = np.zeros((LANES, 5), dtype=np.int64)
    vectors = np.zeros((LANES, 6, size))
    inverse = np.zeros((LANES, size, size))
    queued = 0
    running = 0
    for lane in range(LANES):
        counters[lane, START] = -1
        if queued < len(points):
            begin(lane, queued, points, theta, numbers, counters)
            queued += 1
            running += 1
    while running > 0:
        evaluate(
            rotations, starts, columns, coefficients, constants, group_x, real_groups, table,
            theta, trigonometry, psi, dual, energy, gradient,
        )  # fmt: skip
        for lane in range(LANES):
            start = counters[lane, START]
            if start < 0:
                continue
            done = advance(
                energy[0, lane], gradient[:size, lane], theta[:size, lane],
                numbers[lane], counters[lane], vectors[lane], inverse[lane],
                gradient_tolerance, energy_tolerance, patience, max_evaluations,
            )  # fmt: skip
            if not done:
                continue
            points[start] = vectors[lane, POINT]
            energies[start] = numbers[lane, VALUE]
            gradient_norms[start] = norm(vectors[lane, GRADIENT])
            evaluations[start] = counters[lane, EVALUATIONS]
            if queued < len(points):
                begin(lane, queued, points, theta, numbers, counters)
                queued += 1
            else:
                counters[lane, START] = -1
                running -= 1


@njit(cache=True)
def begin(lane, start, points, theta, numbers, counters):
    for parameter in range(points.shape[1]):
        theta[parameter, lane] = points[start, parameter]
    numbers[lane] = 0.0
    counters[lane] = 0
    counters[lane, START] = start


@njit(cache=True)
def advance(
    value, slopes, trial, numbers, counters, vectors, inverse,
    gradient_tolerance, energy_tolerance, patience, max_evaluations,
):  # fmt: skip
    """Takes in the evaluation at `trial`, writes the next trial point into it; True when this start is done."""
    counters[EVALUATIONS] += 1
    if counters[EVALUATIONS] == 1:
        vectors[POINT] = trial
        vectors[GRADIENT] = slopes
        numbers[VALUE] = value
        if norm(slopes) < gradient_tolerance:
            return True
        descend(numbers, counters, vectors)
    elif accepted(value, slopes, numbers, counters, vectors):
        gain = numbers[VALUE] - value
        counters[STALLS] = counters[STALLS] + 1 if gain < energy_tolerance else 0
        vectors[MOVE] = trial - vectors[POINT]
        vectors[CHANGE] = slopes - vectors[GRADIENT]
        vectors[POINT] = trial
        vectors[GRADIENT] = slopes
        numbers[VALUE] = value
        if norm(slopes) < gradient_tolerance or counters[STALLS] >= patience:
            return True
        update(inverse, counters, vectors)
        numbers[SLOPE] = dot(vectors[DIRECTION], slopes)
        reset_search(numbers, counters, 1.0)
        if not numbers[SLOPE] < 0.0:
            descend(numbers, counters, vectors)
    elif counters[TRIALS] >= MAX_TRIALS:
        if counters[UPDATES] == 0:
            return True
        descend(numbers, counters, vectors)
    if counters[EVALUATIONS] >= max_evaluations:
        return True
    for parameter in range(len(trial)):
        trial[parameter] = vectors[POINT, parameter] + numbers[STEP] * vectors[DIRECTION, parameter]
    return False


@njit(cache=True)
def descend(numbers, counters, vectors):
    """Starts a line search along steepest descent and forgets the curvature."""
    length = norm(vectors[GRADIENT])
    vectors[DIRECTION] = -vectors[GRADIENT]
    numbers[SLOPE] = -length * length
    counters[UPDATES] = 0
    reset_search(numbers, counters, min(1.0, FIRST_STEP / length))


@njit(cache=True)
def reset_search(numbers, counters, step):
    numbers[STEP] = step
    numbers[LOW] = 0.0
    numbers[HIGH] = np.inf
    counters[TRIALS] = 0


@njit(cache=True)
def accepted(value, slopes, numbers, counters, vectors):
    """Whether the trial meets the weak Wolfe conditions; if not, the next step length."""
    counters[TRIALS] += 1
    step, slope = numbers[STEP], numbers[SLOPE]
    rise = value - numbers[VALUE]
    if not rise <= SUFFICIENT_DECREASE * step * slope + ROUNDING * max(1.0, abs(value)):
        numbers[HIGH] = step
        if numbers[LOW] == 0.0:  # minimum of the parabola through both energies and the first slope
            parabola = -0.5 * slope * step * step / (rise - slope * step)
            numbers[STEP] = min(max(parabola, 0.1 * step), 0.5 * step)
        else:
            numbers[STEP] = 0.5 * (numbers[LOW] + step)
        return False
    if dot(vectors[DIRECTION], slopes) < CURVATURE * slope:
        numbers[LOW] = step
        numbers[STEP] = 2.0 * step if numbers[HIGH] == np.inf else 0.5 * (step + numbers[HIGH])
        return False
    return True


@njit(cache=True)
def update(inverse, counters, vectors):
    """Takes (MOVE, CHANGE) into the inverse Hessian and sets DIRECTION = -inverse @ GRADIENT in the same pass."""
    move, change, image, direction = vectors[MOVE], vectors[CHANGE], vectors[IMAGE], vectors[DIRECTION]
    gradient = vectors[GRADIENT]
    size = len(move)
    curvature = dot(move, change)
    if curvature <= 0.0:  # rounding, since the Wolfe conditions make it positive
        if counters[UPDATES] == 0:
            direction[:] = -gradient
            return
        curvature = np.inf
    if counters[UPDATES] == 0:
        scale = curvature / dot(change, change)
        inverse[:] = 0.0
        for i in range(size):
            inverse[i, i] = scale
    image[:] = 0.0
    for i in range(size):
        row = inverse[i]
        for j in range(size):
            image[j] += change[i] * row[j]
    ratio = (1.0 + dot(change, image) / curvature) / curvature
    counters[UPDATES] += 1
    direction[:] = 0.0
    for i in range(size):
        row = inverse[i]
        by_move = ratio * move[i] - image[i] / curvature
        by_image = -move[i] / curvature
        for j in range(size):
            row[j] += by_move * move[j] + by_image * image[j]
            direction[j] -= gradient[i] * row[j]


@njit(cache=True)
def dot(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@njit(cache=True)
def norm(a):
    return np.sqrt(dot(a, a))
