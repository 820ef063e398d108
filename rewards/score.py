"""The cascade from a completion to its `Score`, the cheap stages first; the first that fails ends it.

    extract       the piece of text that defines create_ansatz             `rewards.extract`
    policy        what its syntax tree may contain                         `rewards.policy`
    sandbox       run once per size; a gate list comes back                `rewards.sandbox`
    verify        the rules for circuits, the hash of the state form, no copy of what its own prompt showed
    trainability  the gradient's variance at every size, and its slope     `quantum.barren_plateau`
    vqe           the lowest energy found at every size, vouched for by Aer on the candidate's own circuit
    done          the reward                                               `rewards.ladder`

No circuit is ever put in the place of one that failed. What goes wrong on our side (the sandbox's machinery, two
engines that disagree) gets no reward; any other exception from here is a defect, and `rewards.pool` counts it as such.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from quantum.barren_plateau import trainability
from quantum.circuit import Angle, Circuit, Gate
from quantum.known import known_as
from quantum.metrics import Metrics, metrics
from quantum.plain import one_line
from quantum.problem import Problem
from quantum.verifier import below_exact, below_product, verify
from quantum.vqe import EngineMismatch
from rewards.cache import ScoreCache, digest
from rewards.components import yardstick
from rewards.extract import extract_code
from rewards.ladder import failure_parts, valid_parts
from rewards.measure import Measurer
from rewards.order import rank_of
from rewards.policy import check_code
from rewards.record import Outcome, Score, SizeScore, Stage, TrainabilityScore
from rewards.remembered import Cost, Remembered
from rewards.sandbox import Sandbox
from rewards.settings import RewardSettings, ScoreSettings

__all__ = ["Prepared", "RewardSettings", "Score", "ScoreSettings", "Scorer", "SizeScore"]

logger = logging.getLogger(__name__)

THETA = Angle(terms=((0, 1.0),))


class _Stop(Exception):
    """The attempt ends at this stage."""

    def __init__(self, outcome: Outcome, reason: str, message: str) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.message = outcome, reason, message


@dataclass
class _Sheet:
    """The score while it is being filled in."""

    stage: Stage = "extract"
    seconds: dict[str, float] = field(default_factory=dict)
    circuit_hash: str | None = None
    sizes: list[SizeScore] = field(default_factory=list)

    @contextmanager
    def at(self, stage: Stage) -> Iterator[None]:
        self.stage = stage
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = time.perf_counter() - start


@dataclass(frozen=True)
class Prepared:
    """A candidate that passed all that is cheap: a circuit per size with its counts, their hash, the seconds so far."""

    circuits: tuple[Circuit, ...]
    counts: tuple[Metrics, ...]
    circuit_hash: str
    seconds: Mapping[str, float]

    @property
    def cost(self) -> Cost:
        return (
            sum(counts.two_qubit_gates for counts in self.counts),
            sum(counts.parameters for counts in self.counts),
            sum(counts.depth for counts in self.counts),
        )

    @property
    def work(self) -> float:
        """Predicted work of the rest, in units that grow with gates, parameters and 2**qubits."""
        return float(sum(len(c.gates) * (c.num_parameters + 8) * 2**c.num_qubits for c in self.circuits))

    def to_json(self) -> dict[str, Any]:
        return {
            "circuits": [circuit.to_document() for circuit in self.circuits],
            "counts": [asdict(counts) for counts in self.counts],
            "circuit_hash": self.circuit_hash,
            "seconds": dict(self.seconds),
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> Prepared:
        circuits = tuple(Circuit.from_document(circuit) for circuit in document["circuits"])
        counts = tuple(Metrics(**counts) for counts in document["counts"])
        return Prepared(circuits, counts, document["circuit_hash"], document["seconds"])


class Scorer:
    """Scores completions for one problem, one at a time, in this process; `rewards.pool` runs one of these per core.

    `sandbox` and `cache` stay the caller's to close; without a sandbox the scorer starts its own, which `close` ends.
    """

    def __init__(
        self,
        problem: Problem,
        settings: ScoreSettings | None = None,
        sandbox: Sandbox | None = None,
        cache: ScoreCache | None = None,
    ) -> None:
        self.problem = problem
        self.settings = settings or ScoreSettings()
        self.cache = cache or ScoreCache()
        self._measurer = Measurer(problem, self.settings, self.cache)
        self._owns_sandbox = sandbox is None
        self.sandbox = sandbox or Sandbox(self.settings.sandbox, self.settings.protection)

    def close(self) -> None:
        if self._owns_sandbox:
            self.sandbox.close()

    def __enter__(self) -> Scorer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self) -> None:
        """Loads every kernel and every exact energy, by measuring rows of RY gates, so that no candidate waits."""
        rows = tuple(Circuit(n, 1, tuple(Gate("ry", (q,), (THETA,)) for q in range(n))) for n in self.problem.sizes)
        for row in rows:
            verify(row, row.num_qubits, self.problem.limits_for(row.num_qubits))
        self.measure(Prepared(rows, tuple(map(metrics, rows)), self._hash(rows), {}))

    def score(self, completion: str, shown: Collection[Remembered] = ()) -> Score:
        """The whole cascade. `shown` holds what the prompt showed: the same circuit at no lower cost is a copy."""
        ready = self.prepare(completion, shown)
        return self.measure(ready) if isinstance(ready, Prepared) else ready

    def score_circuits(self, circuits: Sequence[Circuit]) -> Score:
        """The cascade from `verify` on, for gate lists, one a size in the problem's order."""
        ready = self.prepare_circuits(circuits)
        return self.measure(ready) if isinstance(ready, Prepared) else ready

    def prepare(self, completion: str, shown: Collection[Remembered] = ()) -> Prepared | Score:
        """The stages up to verify, some milliseconds; a Score where the attempt ends there."""
        sheet = _Sheet()
        try:
            with sheet.at("extract"):
                code = extract_code(completion)
                if code is None:
                    raise _Stop("failed", "no_code", "nothing in the completion defines create_ansatz")
            with sheet.at("policy"):
                self._check(code)
            with sheet.at("sandbox"):
                circuits = tuple(self._build(code, n) for n in self.problem.sizes)
            return self._verified(sheet, circuits, shown)
        except _Stop as stop:
            return self._stopped(sheet, stop)

    def prepare_circuits(self, circuits: Sequence[Circuit]) -> Prepared | Score:
        """`prepare` for gate lists of a search that writes no code."""
        sheet = _Sheet()
        try:
            return self._verified(sheet, tuple(circuits), ())
        except _Stop as stop:
            return self._stopped(sheet, stop)

    def _verified(self, sheet: _Sheet, circuits: tuple[Circuit, ...], shown: Collection[Remembered]) -> Prepared:
        with sheet.at("verify"):
            counts = tuple(map(self._verify, circuits, self.problem.sizes))
            ready = Prepared(circuits, counts, self._hash(circuits), sheet.seconds)
            sheet.circuit_hash = ready.circuit_hash
            if any(one.is_copied_by(ready.circuit_hash, ready.cost) for one in shown):
                raise _Stop("rejected", "copied_from_prompt", "the prompt showed this very circuit")
        return ready

    def _hash(self, circuits: tuple[Circuit, ...]) -> str:
        """The digest of the hashes of the sizes' state forms; for one size, that hash."""
        hashes = [self._measurer.form(circuit).hash for circuit in circuits]
        return hashes[0] if len(hashes) == 1 else digest(*hashes)

    def measure(self, ready: Prepared, known: Mapping[int, Sequence[float]] | None = None) -> Score:
        """The expensive stages, trainability and vqe, and the reward. `known` holds parameters by number of qubits, an
        optimum found before, say: one more start."""
        sheet = _Sheet("trainability", dict(ready.seconds), ready.circuit_hash)
        try:
            with sheet.at("trainability"):
                gradients = {circuit.num_qubits: self._measurer.gradient(circuit) for circuit in ready.circuits}
                slope = trainability(gradients)
            with sheet.at("vqe"):
                for circuit, counts in zip(ready.circuits, ready.counts, strict=True):
                    n = circuit.num_qubits
                    sheet.sizes.append(self._measurer.size(circuit, counts, gradients[n], (known or {}).get(n)))
                    self._check_not_below(sheet.sizes[-1])
        except _Stop as stop:
            return self._stopped(sheet, stop)
        except EngineMismatch as mismatch:
            return self._stopped(sheet, _Stop("infrastructure", "engine_mismatch", str(mismatch)))
        with sheet.at("done"):
            plateau_like = slope.verdict == "plateau_like"
            rank = rank_of(sheet.sizes, self.problem, plateau_like=plateau_like)
            parts = valid_parts(rank, yardstick(self.problem), self.settings.reward)
            name = self._known_as(ready.circuits)
        return Score(
            outcome="ok",
            stage="done",
            reason="barren_plateau" if plateau_like else None,
            message="gradients vanish exponentially over the scored sizes" if plateau_like else "",
            reward=sum(parts.values()),
            reward_parts=parts,
            circuit_hash=ready.circuit_hash,
            sizes=tuple(sheet.sizes),
            trainability=TrainabilityScore(slope.slope, slope.standard_error, slope.verdict),
            known_as=name,
            sandbox_level=self.sandbox.level,
            seconds=sheet.seconds,
        )

    def _stopped(self, sheet: _Sheet, stop: _Stop) -> Score:
        ours = stop.outcome == "infrastructure"
        parts = {} if ours else failure_parts(stop.outcome, stop.reason, self.settings.reward)
        return Score(
            outcome=stop.outcome,
            stage=sheet.stage,
            reason=stop.reason,
            message=one_line(stop.message),
            reward=None if ours else sum(parts.values()),
            reward_parts=parts,
            circuit_hash=sheet.circuit_hash,
            sizes=tuple(sheet.sizes),
            sandbox_level=self.sandbox.level,
            seconds=sheet.seconds,
        )

    def _check(self, code: str) -> None:
        verdict = check_code(code, allow_instance_specific=self.settings.reward.allow_instance_specific)
        if verdict.reason is not None:
            outcome: Outcome = "rejected" if verdict.reason == "instance_specific" else "failed"
            raise _Stop(outcome, verdict.reason, verdict.message)

    def _build(self, code: str, num_qubits: int) -> Circuit:
        result = self.sandbox.run(code, num_qubits)  # which tries again by itself what was not the candidate's fault
        if result.outcome == "ok" and result.circuit is not None:
            return result.circuit
        raise _Stop(result.outcome, result.reason or result.outcome, f"n = {num_qubits}: {result.message}")

    def _verify(self, circuit: Circuit, num_qubits: int) -> Metrics:
        verdict = verify(circuit, num_qubits, self.problem.limits_for(num_qubits))
        if verdict.ok and verdict.metrics is not None:
            return verdict.metrics
        raise _Stop("rejected", verdict.reason or "rejected", f"n = {num_qubits}: {verdict.message}")

    def _check_not_below(self, size: SizeScore) -> None:
        """A record that contradicts itself is a defect or a cheat, at every size."""
        product_error = self.problem.product_error(size.num_qubits)
        if below_exact(size.error, 0.0, self.settings.reward.below_exact_tolerance):
            reason, message = "below_exact", f"energy {size.energy!r} is below the exact {size.exact_energy!r}"
        elif below_product(size.error, product_error, size.two_qubit_gates):
            product = size.exact_energy + product_error
            reason, message = "below_product", f"energy {size.energy!r} without a two-qubit gate, below {product!r}"
        else:
            return
        logger.critical("n = %d: %s: a defect or a cheat, never a record", size.num_qubits, message)
        raise _Stop("rejected", reason, f"n = {size.num_qubits}: {message}")

    def _known_as(self, circuits: tuple[Circuit, ...]) -> str | None:
        """The name at every size; sizes that go by different names (reps that grow with n) are listed."""
        names = []
        for circuit in circuits:  # most end at the first, the smallest, whose list of names is soon made
            name = known_as(circuit, self._measurer.hamiltonians[circuit.num_qubits])
            if name is None:
                return None
            names.append(name)
        if len(set(names)) == 1:
            return names[0]
        return ", ".join(f"{name} at n = {c.num_qubits}" for name, c in zip(names, circuits, strict=True))
