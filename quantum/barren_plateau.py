"""Barren plateaus: the variance of all gradient components at random points, and how it scales with size.

For parameter j with generator norm w_j (w_j^2 = the sum of squared multipliers over the rotations it drives),

    v_j = Var_theta(dE/dtheta_j) / (sigma_H^2 w_j^2),      sigma_H^2 = sum over P != I of c_P^2,

is free of the Hamiltonian's scale and of theta -> 10 theta. Parameters that drive nothing count as zeros. Points are
uniform over the period of every parameter, 2 pi over its smallest multiplier, so that every rotation turns all the way
round whatever multiplier another has: no spelling keeps a circuit near the identity, where gradients are large. The
anchor is the exact value for independent unitary 2-designs before and after the gate,

    Var = sigma_H^2 d^2 / (2 (d + 1)^2 (d - 1)),   d = 2^n      (McClean et al., Nat. Commun. 9, 4812 (2018)),

which falls by 2^-1 a qubit. One size proves nothing at n <= 4, so a verdict needs a slope over sizes; and a high
variance is not a merit (a product circuit has it): this is a gate, not an objective.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from quantum.program import compile_program
from quantum.statevector import energies_and_gradients

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.circuit import Circuit
    from quantum.hamiltonians import Hamiltonian
    from quantum.state_form import StateForm

DEAD: Final = 1e-3
"""A component below this fraction of the 2-design value is dead."""
POLYNOMIAL_SLOPE: Final = -0.5
PLATEAU_SLOPE: Final = -0.8
LARGEST_BLIND_SIZE: Final = 4
"""Up to this many qubits a 2-design and a shallow circuit have the same variances."""
RESAMPLES: Final = 200

Verdict = Literal["polynomial", "suspicious", "plateau_like", "unknown"]


@dataclass(frozen=True)
class GradientVariance:
    """The normalised variances v_j of one circuit: `low` and `high` bound the median (bootstrap, 95 %)."""

    median: float
    mean: float
    low: float
    high: float
    ratio: float
    """Median over the 2-design value."""
    dead_fraction: float
    samples: int


@dataclass(frozen=True)
class Trainability:
    """The slope of log2(median v) against the number of qubits; None where it cannot be had."""

    slope: float | None
    standard_error: float | None
    verdict: Verdict


def two_design_variance(hamiltonian: Hamiltonian) -> float:
    """Var(dE/dtheta) of one Pauli rotation between two independent 2-designs, in the Hamiltonian's unit squared."""
    return hamiltonian.variance_weight * _two_design_unit(hamiltonian.num_qubits)


def _two_design_unit(num_qubits: int) -> float:
    d = 2.0**num_qubits
    return d * d / (2.0 * (d + 1.0) ** 2 * (d - 1.0))


def gradient_variance(
    source: Circuit | StateForm, hamiltonian: Hamiltonian, samples: int = 64, seed: int = 0
) -> GradientVariance:
    """v_j over `samples` points (at least 2) drawn with `seed`; all zero where no parameter drives anything.

    Parameters are the circuit's own or, of a state form, the reduced ones.
    """
    if samples < 2:
        raise ValueError(f"a variance needs at least 2 samples, not {samples}")
    program = compile_program(source, hamiltonian)
    scale = hamiltonian.variance_weight * program.generator_norms**2
    if not scale.any():
        return GradientVariance(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, samples)
    points = np.random.default_rng(seed).uniform(0.0, 1.0, (samples, source.num_parameters)) * program.periods
    _, gradients = energies_and_gradients(program, points)
    gradients /= np.sqrt(np.where(scale > 0.0, scale, np.inf))
    variances = gradients.var(axis=0, ddof=1)
    medians = _resampled_medians(gradients)
    unit = _two_design_unit(hamiltonian.num_qubits)
    median = float(np.median(variances))
    return GradientVariance(
        median=median,
        mean=float(variances.mean()),
        low=float(np.quantile(medians, 0.025)),
        high=float(np.quantile(medians, 0.975)),
        ratio=median / unit,
        dead_fraction=float(np.mean(variances < DEAD * unit)),
        samples=samples,
    )


@lru_cache(maxsize=8)
def _resampling_weights(samples: int) -> NDArray[np.float64]:
    """How often each sample is drawn in each of the bootstrap's resamples, shape (RESAMPLES, samples)."""
    counts = np.random.default_rng(0).multinomial(samples, np.full(samples, 1.0 / samples), RESAMPLES)
    return counts / samples


def _resampled_medians(gradients: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = _resampling_weights(len(gradients))
    centred = gradients - gradients.mean(axis=0)
    means = weights @ centred
    variances = (weights @ centred**2 - means**2) * (len(gradients) / (len(gradients) - 1))
    medians: NDArray[np.float64] = np.median(variances, axis=1)
    return medians


def trainability(variances: Mapping[int, GradientVariance]) -> Trainability:
    """The scaling verdict from circuits of one family, keyed by their number of qubits.

    Weighted least squares; the standard error is the bootstrap's, widened when the sizes scatter by more than it. The
    verdict is `unknown` with fewer than two sizes or with sizes up to 4 only; none excludes a plateau at larger sizes.
    """
    sizes = np.array(sorted(variances), dtype=np.float64)
    if len(sizes) < 2:
        return Trainability(None, None, "unknown")
    floors = [DEAD * _two_design_unit(int(n)) for n in sizes]
    bounds = np.array([[variances[int(n)].low, variances[int(n)].median, variances[int(n)].high] for n in sizes])
    low, logs, high = np.log2(np.maximum(bounds, np.array(floors)[:, None])).T
    errors = np.maximum((high - low) / (2.0 * 1.96), 1e-3)
    weights = errors**-2
    centred = sizes - np.average(sizes, weights=weights)
    spread = float(weights @ centred**2)
    slope = float(weights @ (centred * logs)) / spread
    residuals = logs - np.average(logs, weights=weights) - slope * centred
    scatter = float(weights @ residuals**2) / (len(sizes) - 2) if len(sizes) > 2 else 1.0
    standard_error = float(np.sqrt(max(scatter, 1.0) / spread))
    return Trainability(slope, standard_error, _verdict(slope, int(sizes[-1])))


def _verdict(slope: float, largest: int) -> Verdict:
    if largest <= LARGEST_BLIND_SIZE:
        return "unknown"
    if slope >= POLYNOMIAL_SLOPE:
        return "polynomial"
    return "plateau_like" if slope <= PLATEAU_SLOPE else "suspicious"
