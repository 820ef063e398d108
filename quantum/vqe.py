"""VQE: the lowest energy that a circuit reaches, from many seeded starts, with Aer's word on the result.

The fast engine optimises (all starts in one compiled call); the reported energy is Aer's, of the original circuit bound
at the parameters found. A difference above 1e-10 * sum|c| raises `EngineMismatch`; nothing is averaged.

What is optimised is the circuit's state form (`quantum.state_form`) in its reduced parameters, not its spelling: equal
forms run the same program from the same starts to the same bits, and the parameters found are mapped back.

Where it starts is `quantum.starts`. The same states, Hamiltonian, settings and seed give the same bits on the same
machine; which rare basin is found can differ between CPU types (the last bit decides), so `engine_fingerprint` belongs
to every stored score.
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
from quantum.starts import draw_starts
from quantum.state_form import StateForm, state_form

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """How hard to look. `restarts` is the number of starts where a parameter drives one rotation; where it drives many
    there are more (`quantum.starts`). `max_evaluations` is a start's; an evaluation is one energy with its gradient."""

    restarts: int = 20
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
    """The independent starts: uniform over the whole period of every parameter, so each had the same chance everywhere.
    Starts near zero, which can agree on a poor minimum, and given ones are not among them."""
    restart_hits: int
    """Independent starts that ended within 1e-6 * max(1, |E|) of the best of all: 0 where only another start got there.
    """
    best_start: Literal["fresh", "given"]
    """What the best came from: a start drawn here, or a point of `also` that no fresh start came up to."""
    evaluations: int
    """What the starts drawn here took: the same for one circuit, settings and seed, whatever was given."""
    spread: float
    """Highest less lowest final energy over the starts."""
    gradient_norm: float
    converged: bool
    """Whether the best start ended by its tolerances, not by `max_evaluations`."""
    engine: Engine


def minimise(
    circuit: Circuit,
    hamiltonian: Hamiltonian,
    settings: VqeSettings,
    seed: int,
    also: Sequence[Sequence[float]] = (),
) -> VqeResult:
    """The lowest energy found from fresh starts drawn with `seed` (one evaluation without parameters) and from `also`.

    `also` holds values of the circuit's own parameters, such as an optimum that is known; they are optimised like the
    fresh starts, and what is given is never lost. Raises ValueError when the numbers of qubits differ, `EngineMismatch`
    when Aer disagrees, `AerError` when it fails.
    """
    form = state_form(circuit, hamiltonian.relabellings)
    program = compile_program(form, hamiltonian)
    drawn = draw_starts(program, settings.restarts, seed)
    given = np.array([form.reduced(theta) for theta in also]).reshape(len(also), form.num_parameters)
    starts = np.vstack([drawn.points, given])
    if settings.engine == "aer":
        minima = _minimise_on_aer(circuit, form, hamiltonian, settings, starts)
    else:
        minima = minimise_from(program, starts, rules_for(hamiltonian, settings))
    energies, fresh = minima.energies, minima.energies[: len(drawn.points)]
    best = int(np.argmin(fresh))
    best_start: Literal["fresh", "given"] = "fresh"
    if energies.min() < energies[best] - _near(energies[best]):
        best, best_start = int(np.argmin(energies)), "given"
    engine_energy = float(energies[best])
    reduced = tuple(float(value) for value in minima.points[best])
    parameters = form.theta(reduced)
    energy = aer.aer_energy(circuit, parameters, hamiltonian)
    if not abs(energy - engine_energy) <= ENERGY_TOLERANCE * hamiltonian.one_norm:
        raise EngineMismatch(f"{settings.engine} engine {engine_energy!r}, Aer {energy!r} on {hamiltonian.name}")
    independent = fresh[drawn.uniform]
    return VqeResult(
        energy=energy,
        engine_energy=engine_energy,
        parameters=parameters,
        reduced=reduced,
        restarts=len(independent),
        restart_hits=int((independent <= engine_energy + _near(engine_energy)).sum()),
        best_start=best_start,
        evaluations=int(minima.evaluations[: len(fresh)].sum()),
        spread=float(np.ptp(energies)),
        gradient_norm=float(minima.gradient_norms[best]),
        converged=bool(minima.evaluations[best] < settings.max_evaluations),
        engine=settings.engine,
    )


def _near(energy: float) -> float:
    """How far from `energy` the same minimum may seem to be."""
    return HIT_TOLERANCE * max(1.0, abs(energy))


def rules_for(hamiltonian: Hamiltonian, settings: VqeSettings) -> Rules:
    """When a start ends, in the fast engine."""
    return Rules(
        stiffness=math.sqrt(hamiltonian.variance_weight / hamiltonian.num_qubits) or 1.0,
        gradient_tolerance=float(settings.gradient_tolerance),
        energy_tolerance=float(settings.energy_tolerance),
        patience=settings.patience,
        max_evaluations=settings.max_evaluations,
    )


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
        f"engine={source_digest(*FORM_MODULES, 'starts', 'vqe', *KERNEL_MODULES)}",
        *(f"{package}={version(package)}" for package in ("numpy", "numba", "qiskit", "qiskit-aer")),
        f"machine={platform.machine()}",
        f"cpu={llvm.get_host_cpu_name()}",
        f"features={hashlib.sha256(features.encode()).hexdigest()[:8]}",
    ]
    return " ".join(parts)
