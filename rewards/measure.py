"""What is measured of one circuit at one size: gradient variance, VQE energy, counts; remembered by its state form.

A measurement depends on the state form (`quantum.state_form`, with the Hamiltonian's own relabellings of the qubits),
the Hamiltonian, the engine and the settings alone. Its seeds come from the form's hash: circuits that prepare the same
states get equal figures whoever asks, and no rewrite of a circuit rolls the dice again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from quantum.aer import aer_energy, polish_on_aer
from quantum.barren_plateau import GradientVariance, gradient_variance
from quantum.circuit import Circuit
from quantum.exact import exact_energy
from quantum.ground_space import fidelity
from quantum.metrics import Metrics
from quantum.problem import Problem
from quantum.seeds import seed_for
from quantum.state import statevector
from quantum.state_form import StateForm, state_form
from quantum.vqe import ENERGY_TOLERANCE, EngineMismatch, VqeResult, engine_fingerprint, minimise
from rewards.cache import ScoreCache, digest
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

    def form(self, circuit: Circuit) -> StateForm:
        """What circuits share that prepare the same states, up to a relabelling that keeps the Hamiltonian."""
        return state_form(circuit, self.hamiltonians[circuit.num_qubits].relabellings)

    def gradient(self, circuit: Circuit) -> GradientVariance:
        """The variance of the gradient's components over random points."""
        form, hamiltonian = self.form(circuit), self.hamiltonians[circuit.num_qubits]
        samples = self.settings.reward.gradient_samples
        seed = seed_for(self.settings.seed, "gradient", form.hash)
        found, _ = self._remembered(
            GradientVariance, form, lambda: gradient_variance(form, hamiltonian, samples=samples, seed=seed)
        )
        return found

    def size(
        self, circuit: Circuit, counts: Metrics, gradient: GradientVariance, known: Sequence[float] | None = None
    ) -> SizeScore:
        """The lowest energy found, as Aer gives it for `circuit` itself, beside the other figures. `known` are values
        of its parameters from which the optimiser starts too.

        Raises EngineMismatch when Aer and the fast engine disagree.
        """
        form, hamiltonian = self.form(circuit), self.hamiltonians[circuit.num_qubits]
        seed = seed_for(self.settings.seed, "vqe", form.hash)
        also = () if known is None else (known,)
        found, before = self._remembered(
            VqeResult, form, lambda: minimise(circuit, hamiltonian, self.settings.vqe, seed=seed, also=also), *also
        )
        theta = form.theta(found.reduced)
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
            best_start=found.best_start,
        )

    def _is_audited(self, form: StateForm) -> bool:
        """Whether this circuit is of the share whose minimum Aer's own optimisation confirms, or improves."""
        return seed_for(self.settings.seed, "audit", form.hash) < self.settings.reward.audit_share * 2**63

    def _remembered(
        self, kind: type[Result], form: StateForm, measure: Callable[[], Result], *also: Sequence[float]
    ) -> tuple[Result, bool]:
        """`measure()`, or what it gave before (and True) for this state form, Hamiltonian, settings, given starts."""
        hamiltonian = self.hamiltonians[form.num_qubits].digest
        given = (repr(tuple(theta)) for theta in also)
        key = digest(kind.__name__, form.hash, hamiltonian, self._measured_with, *given)
        known = self._cache.get(key)
        if known is not None:
            return _READERS[kind].validate_python(known), True
        result = measure()
        self._cache.put(key, asdict(result))
        return result, False
