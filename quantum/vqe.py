"""VQE: the lowest energy that a circuit reaches, from many seeded starts, with Aer's word on the result.

The fast engine optimises (all starts in one compiled call); the reported energy is Aer's, of the original circuit bound
at the parameters found. A difference above 1e-10 * sum|c| raises `EngineMismatch`; nothing is averaged.

What is optimised is the circuit's state form (`quantum.state_form`) in its reduced parameters, not its spelling: equal
forms run the same program from the same starts to the same bits, and the parameters found are mapped back.

Starts are a mixture, because each family alone fails on some ansatze: of every four, two are N(0, 0.1), one N(0, 0.5),
one uniform on (-pi, pi), so that any prefix of the starts is a fair screening. The same circuit, Hamiltonian, settings
and seed give the same bits on the same machine; which rare basin is found can differ between CPU types (the last bit
decides), so `engine_fingerprint` belongs to every stored score.
"""

from __future__ import annotations

import hashlib
import math
import platform
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from quantum import aer
from quantum.bfgs import Minima, Rules, minimise_from
from quantum.kernel_sources import KERNEL_MODULES, source_digest
from quantum.program import compile_program
from quantum.state_form import StateForm, state_form

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.circuit import Circuit
    from quantum.hamiltonians import Hamiltonian

FORM_MODULES: Final = ("clifford_frame", "stabilizers", "angle_space", "foata", "state_form", "program")
Engine = Literal["fast", "aer"]
ENERGY_TOLERANCE: Final = 1e-10
"""How far two engines may differ, times sum|c|."""
HIT_TOLERANCE: Final = 1e-6
"""A start this close to the best (relative to max(1, |E|)) has found the same minimum."""


class EngineMismatch(Exception):
    """The fast engine and Aer disagree on an energy: a bug of ours, never a score."""


@dataclass(frozen=True)
class VqeSettings:
    """How hard to look. `max_evaluations` is a start's; an evaluation is one energy with its full gradient."""

    restarts: int = 16
    max_evaluations: int = 500
    gradient_tolerance: float = 1e-5
    energy_tolerance: float = 1e-9
    patience: int = 3
    engine: Engine = "fast"


@dataclass(frozen=True)
class VqeResult:
    """The best of all starts. Energies in the Hamiltonian's unit; `energy` is Aer's."""

    energy: float
    engine_energy: float
    parameters: tuple[float, ...]
    """In the order of the circuit's own parameters; those without effect are 0."""
    reduced: tuple[float, ...]
    """The same point in the reduced parameters of the circuit's state form."""
    restarts: int
    restart_hits: int
    """Starts that ended within 1e-6 * max(1, |E|) of the best."""
    evaluations: int
    spread: float
    """Highest less lowest final energy over the starts."""
    gradient_norm: float
    converged: bool
    """Whether the best start ended by its tolerances, not by `max_evaluations`."""
    engine: Engine


def minimise(circuit: Circuit, hamiltonian: Hamiltonian, settings: VqeSettings, seed: int) -> VqeResult:
    """The lowest energy found from `settings.restarts` starts drawn with `seed` (one evaluation without parameters).

    Raises ValueError when the numbers of qubits differ, `EngineMismatch` when Aer disagrees, `AerError` when it fails.
    """
    form = state_form(circuit, hamiltonian.relabellings)
    starts = initial_points(form.num_parameters, settings.restarts if form.num_parameters else 1, seed)
    if settings.engine == "aer":
        minima = _minimise_on_aer(circuit, form, hamiltonian, settings, starts)
    else:
        minima = _minimise_fast(form, hamiltonian, settings, starts)
    best = int(np.argmin(minima.energies))
    engine_energy = float(minima.energies[best])
    reduced = tuple(float(value) for value in minima.points[best])
    parameters = form.theta(reduced)
    energy = aer.aer_energy(circuit, parameters, hamiltonian)
    if not abs(energy - engine_energy) <= ENERGY_TOLERANCE * hamiltonian.one_norm:
        raise EngineMismatch(f"{settings.engine} engine {engine_energy!r}, Aer {energy!r} on {hamiltonian.name}")
    near = minima.energies <= engine_energy + HIT_TOLERANCE * max(1.0, abs(engine_energy))
    return VqeResult(
        energy=energy,
        engine_energy=engine_energy,
        parameters=parameters,
        reduced=reduced,
        restarts=len(starts),
        restart_hits=int(near.sum()),
        evaluations=int(minima.evaluations.sum()),
        spread=float(np.ptp(minima.energies)),
        gradient_norm=float(minima.gradient_norms[best]),
        converged=bool(minima.evaluations[best] < settings.max_evaluations),
        engine=settings.engine,
    )


def initial_points(num_parameters: int, restarts: int, seed: int) -> NDArray[np.float64]:
    """The starts, shape (restarts, P): of every four, two N(0, 0.1), one N(0, 0.5), one uniform on (-pi, pi)."""
    points = np.empty((restarts, num_parameters))
    stream = np.random.default_rng(seed)
    for k in range(restarts):
        if k % 4 == 3:
            points[k] = stream.uniform(-np.pi, np.pi, num_parameters)
        else:
            points[k] = stream.normal(0.0, 0.5 if k % 4 == 1 else 0.1, num_parameters)
    return points


def _minimise_fast(
    form: StateForm, hamiltonian: Hamiltonian, settings: VqeSettings, starts: NDArray[np.float64]
) -> Minima:
    rules = Rules(
        stiffness=math.sqrt(hamiltonian.variance_weight / hamiltonian.num_qubits) or 1.0,
        gradient_tolerance=float(settings.gradient_tolerance),
        energy_tolerance=float(settings.energy_tolerance),
        patience=settings.patience,
        max_evaluations=settings.max_evaluations,
    )
    return minimise_from(compile_program(form, hamiltonian), starts, rules)


def _minimise_on_aer(
    circuit: Circuit, form: StateForm, hamiltonian: Hamiltonian, settings: VqeSettings, starts: NDArray[np.float64]
) -> Minima:
    from scipy.optimize import minimize

    on_aer = aer.AerObjective(circuit, hamiltonian)
    slopes = np.zeros((circuit.num_parameters, form.num_parameters))
    for row, angle in enumerate(form.origin):
        for index, a in angle.terms:
            slopes[row, index] = a

    def objective(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        energy, gradient = on_aer(np.asarray(form.theta(point.tolist())))
        return energy, gradient @ slopes

    options = {
        "gtol": settings.gradient_tolerance,
        "ftol": settings.energy_tolerance / max(1.0, hamiltonian.one_norm),  # scipy's is relative to the energy
        "maxfun": settings.max_evaluations,
        "maxiter": settings.max_evaluations,
    }
    count = len(starts)
    minima = Minima(starts.copy(), np.empty(count), np.zeros(count), np.ones(count, dtype=np.int64))
    for k, start in enumerate(starts):
        if not form.num_parameters:
            minima.energies[k] = objective(start)[0]
            continue
        found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
        minima.points[k], minima.energies[k] = found.x, found.fun
        minima.gradient_norms[k], minima.evaluations[k] = np.linalg.norm(found.jac), found.nfev
    return minima


@lru_cache(maxsize=1)
def engine_fingerprint() -> str:
    """What the last bit of an energy depends on: versions, the CPU's type and features, and our own engine's source."""
    import llvmlite.binding

    llvm: Any = llvmlite.binding
    features = ",".join(sorted(name for name, on in llvm.get_host_cpu_features().items() if on))
    parts = [
        f"engine={source_digest(*FORM_MODULES, 'vqe', *KERNEL_MODULES)}",
        *(f"{package}={version(package)}" for package in ("numpy", "numba", "qiskit", "qiskit-aer")),
        f"machine={platform.machine()}",
        f"cpu={llvm.get_host_cpu_name()}",
        f"features={hashlib.sha256(features.encode()).hexdigest()[:8]}",
    ]
    return " ".join(parts)
