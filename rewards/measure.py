"""What is measured of one circuit at one size: gradient variance, VQE energy, counts; remembered by canonical hash.

A measurement depends on the canonical circuit, the Hamiltonian, the engine and the settings alone. Its seeds come from
the canonical hash: equal circuits get equal figures whoever asks, and no rewrite of a circuit rolls the dice again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from quantum.aer import aer_energy, polish_on_aer
from quantum.barren_plateau import GradientVariance, gradient_variance
from quantum.canonical import Canonical
from quantum.circuit import Circuit
from quantum.exact import exact_energy
from quantum.ground_space import fidelity
from quantum.metrics import Metrics
from quantum.problem import Problem
from quantum.seeds import seed_for
from quantum.state import statevector
from quantum.vqe import ENERGY_TOLERANCE, EngineMismatch, VqeResult, engine_fingerprint, minimise
from rewards.cache import ScoreCache, digest
from rewards.components import Yardstick
from rewards.record import SizeScore
from rewards.settings import ScoreSettings

Result = TypeVar("Result", GradientVariance, VqeResult)
_READERS: Final[Mapping[type, TypeAdapter[Any]]] = {kind: TypeAdapter(kind) for kind in (GradientVariance, VqeResult)}


class Measurer:
    """Measures circuits for one problem with one set of settings."""

    def __init__(self, problem: Problem, settings: ScoreSettings, cache: ScoreCache) -> None:
        self.problem = problem
        self.settings = settings
        self.hamiltonians = {n: problem.hamiltonian(n).traceless for n in problem.sizes}
        self._cache = cache
        on_file = settings.model_dump_json(include={"vqe": True, "seed": True, "reward": {"gradient_samples"}})
        self._measured_with = digest(engine_fingerprint(), on_file)

    def gradient(self, form: Canonical) -> GradientVariance:
        """The variance of the gradient's components over random points."""
        hamiltonian = self.hamiltonians[form.circuit.num_qubits]
        samples = self.settings.reward.gradient_samples
        seed = seed_for(self.settings.seed, "gradient", form.hash)
        found, _ = self._remembered(
            GradientVariance, form, lambda: gradient_variance(form.circuit, hamiltonian, samples=samples, seed=seed)
        )
        return found

    def size(self, circuit: Circuit, counts: Metrics, form: Canonical, gradient: GradientVariance) -> SizeScore:
        """The lowest energy found, as Aer gives it for `circuit` itself, beside the other figures.

        Raises EngineMismatch when Aer and the fast engine disagree.
        """
        hamiltonian = self.hamiltonians[circuit.num_qubits]
        seed = seed_for(self.settings.seed, "vqe", form.hash)
        found, before = self._remembered(
            VqeResult, form, lambda: minimise(form.circuit, hamiltonian, self.settings.vqe, seed=seed)
        )
        theta = original_parameters(circuit, form, found.parameters)
        # A fresh result comes with Aer's word on these very gates; a remembered one may be another equal circuit's.
        energy = aer_energy(circuit, theta, hamiltonian) if before else found.energy
        if not abs(energy - found.engine_energy) <= ENERGY_TOLERANCE * hamiltonian.one_norm:
            raise EngineMismatch(f"Aer says {energy!r}, the {found.engine} engine {found.engine_energy!r}")
        if self._is_audited(form):
            polished = polish_on_aer(circuit, theta, hamiltonian)
            energy, theta = polished.energy, polished.parameters
        exact, shift = exact_energy(hamiltonian), self.problem.hamiltonian(circuit.num_qubits).identity
        error = energy - exact.energy
        return SizeScore(
            num_qubits=circuit.num_qubits,
            energy=energy + shift,
            exact_energy=exact.energy + shift,
            exact_method=exact.method,
            error=error,
            relative_error=self.problem.relative_error(circuit.num_qubits, error),
            two_qubit_gates=counts.two_qubit_gates,
            one_qubit_gates=counts.one_qubit_gates,
            depth=counts.depth,
            two_qubit_depth=counts.two_qubit_depth,
            parameters=counts.parameters,
            frozen_angles=counts.frozen_angles,
            best_parameters=theta,
            restarts=found.restarts,
            restart_hits=found.restart_hits,
            evaluations=found.evaluations,
            gradient_variance=gradient.median,
            gradient_variance_ratio=gradient.ratio,
            fidelity=fidelity(statevector(circuit, theta), hamiltonian),
            gap=exact.gap,
            product_error=self.problem.product_error(circuit.num_qubits),
        )

    @cached_property
    def yardsticks(self) -> dict[int, Yardstick]:
        """What the problem holds a circuit of each size against."""
        return {n: self._yardstick(n) for n in self.problem.sizes}

    def _yardstick(self, num_qubits: int) -> Yardstick:
        return Yardstick(
            product_error=self.problem.product_error(num_qubits),
            target_error=self.problem.threshold(num_qubits),
            two_qubit_gates=self.problem.reference_two_qubit_gates(num_qubits),
            depth=self.problem.reference_depth(num_qubits),
            parameters=self.problem.reference_parameters(num_qubits),
        )

    def _is_audited(self, form: Canonical) -> bool:
        """Whether this circuit is of the share whose minimum Aer's own optimisation confirms, or improves."""
        return seed_for(self.settings.seed, "audit", form.hash) < self.settings.reward.audit_share * 2**63

    def _remembered(self, kind: type[Result], form: Canonical, measure: Callable[[], Result]) -> tuple[Result, bool]:
        """`measure()`, or what it gave before (and True) for this canonical circuit, Hamiltonian and settings."""
        hamiltonian = self.hamiltonians[form.circuit.num_qubits].digest
        key = digest(kind.__name__, form.hash, hamiltonian, self._measured_with)
        known = self._cache.get(key)
        if known is not None:
            return _READERS[kind].validate_python(known), True
        result = measure()
        self._cache.put(key, asdict(result))
        return result, False


def original_parameters(circuit: Circuit, form: Canonical, values: tuple[float, ...]) -> tuple[float, ...]:
    """Canonical parameter values in the circuit's own order; parameters that canonicalise away are 0."""
    theta = [0.0] * circuit.num_parameters
    for index, value in zip(form.parameter_order, values, strict=True):
        theta[index] = value
    return tuple(theta)
