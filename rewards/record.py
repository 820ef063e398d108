"""One score: the single result that travels from a completion to the memory, the trainer and the report.

Its JSON form is a public format (`score --json`, `attempts.jsonl`): names and meanings stay. Energies are in the
Hamiltonian's unit; counts are after the one stated transpile of `quantum.metrics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["ok", "rejected", "failed", "infrastructure"]
Stage = Literal["extract", "policy", "sandbox", "verify", "trainability", "vqe", "done"]


@dataclass(frozen=True, slots=True)
class SizeScore:
    """What was measured at one number of qubits. `best_parameters` are in the order of the candidate's own circuit."""

    num_qubits: int
    energy: float
    """Aer's, of the candidate's circuit bound at `best_parameters`."""
    exact_energy: float
    exact_method: str
    error: float
    """energy - exact_energy, not clipped."""
    relative_error: float | None
    """error / |exact_energy - mean energy of all states|; null in scores of earlier versions alone."""
    two_qubit_gates: int
    one_qubit_gates: int
    depth: int
    two_qubit_depth: int
    parameters: int
    frozen_angles: int
    best_parameters: tuple[float, ...]
    restarts: int
    restart_hits: int
    evaluations: int
    gradient_variance: float
    """Median over parameters of the normalised variance of the gradient's components."""
    gradient_variance_ratio: float
    """The same, to the exact value of a 2-design."""
    fidelity: float | None = None
    """With the ground space, of the circuit bound at `best_parameters`; null where that space cannot be computed."""
    gap: float | None = None
    """From the ground level to the next, degenerate levels as one; null where it is not resolved."""
    product_error: float | None = None
    """The error of the best product state; null in scores of earlier versions alone."""
    best_start: Literal["fresh", "given"] = "fresh"
    """What found the energy: starts drawn for this score or, of a confirmed one, the optimum that the search had."""


@dataclass(frozen=True, slots=True)
class TrainabilityScore:
    """How log2 of the median gradient variance falls with the number of qubits."""

    slope: float | None
    standard_error: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Score:
    """The one result of the cascade. `reward` is the sum of `reward_parts`, and null for infrastructure failures."""

    outcome: Outcome
    stage: Stage
    reason: str | None = None
    message: str = ""
    reward: float | None = None
    reward_parts: dict[str, float] = field(default_factory=dict)
    circuit_hash: str | None = None
    sizes: tuple[SizeScore, ...] = ()
    trainability: TrainabilityScore | None = None
    known_as: str | None = None
    sandbox_level: str | None = None
    """The protection under which the candidate ran (`rewards.sandbox.LEVELS`); "none" marks an unprotected result."""
    seconds: dict[str, float] = field(default_factory=dict)
    held_out: tuple[SizeScore, ...] = ()
    """Of a confirmed score: the figures at sizes that no reward was ever given for."""
    held_out_failures: dict[str, str] = field(default_factory=dict)
    """The held-out sizes without figures, and why: {"10": "too_deep: ..."}."""

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and finite numbers, in the order of the fields; `json.dumps` takes it."""
        document = asdict(self)
        for key in ("sizes", "held_out"):
            document[key] = [{**size, "best_parameters": list(size["best_parameters"])} for size in document[key]]
        return document

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> Score:
        """The inverse of `to_json`. Raises TypeError or KeyError on a document of another shape."""
        values = dict(document)
        trainability = values["trainability"]
        for key in ("sizes", "held_out"):
            sizes = values.get(key, ())
            values[key] = tuple(SizeScore(**{**s, "best_parameters": tuple(s["best_parameters"])}) for s in sizes)
        values["trainability"] = None if trainability is None else TrainabilityScore(**trainability)
        return Score(**values)
