"""How scores are made, as configuration: the reward ladder's rungs and what each stage of the cascade is given.

Every value here ends up in a run's `config.yaml`; an unknown key is an error that names it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quantum.vqe import VqeSettings
from rewards.guarded import Guarded, SandboxSection
from rewards.sandbox import SandboxSettings

Rung = Annotated[float, Field(ge=-1.0, lt=0.0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


class RewardSettings(BaseModel):
    """The reward ladder: a rung for every way to fail, 0 to 1 for the energy, at most 0.2 more for a small circuit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    no_code: Rung = -1.0
    """Nothing in the completion defines create_ansatz."""
    bad_code: Rung = -0.8
    """Refused before it ran: a syntax error, a forbidden import or name, too long."""
    failed: Rung = -0.6
    """It ran and failed: exception, timeout, memory, no usable output."""
    copied: Rung = -0.4
    """The same circuit as one that its own prompt showed."""
    rejected: Rung = -0.3
    """A circuit that breaks a rule: wrong qubits, no live parameters, a forbidden gate, below the exact energy..."""

    energy_shape: Literal["log", "linear"] = "log"
    """log: decades gained between the product state's error and the goal. linear: max(0, 1 - 10 error)."""
    goal: Annotated[float, Field(gt=0.0, le=1.0)] = 0.1
    """The error that earns the full energy reward, as a fraction of the target's (an order below it)."""
    error_floor: Annotated[float, Field(gt=0.0, le=1e-11)] = 1e-12
    """Errors below this count as this; it keeps the logarithm finite at an exact energy."""
    below_exact_tolerance: Annotated[float, Field(ge=0.0)] = 1e-9
    """An energy further than this below the exact one breaks the variational principle and is rejected."""

    bonus_two_qubit_gates: Share = 0.12
    bonus_depth: Share = 0.04
    bonus_parameters: Share = 0.04
    """Each is earned in proportion to what is saved against the problem's reference, once the target is met."""

    gradient_samples: Annotated[int, Field(ge=2)] = 64
    """Random points per size at which the full gradient is taken."""
    audit_share: Share = 0.01
    """The share of circuits, drawn by their hash, whose minimum is optimised further with Aer's own gradients."""
    plateau_cap: Share = 0.5
    """The most that a circuit family can earn whose gradients vanish like a plateau's over the scored sizes."""
    allow_instance_specific: bool = False
    """Accept a create_ansatz that looks its circuit up by the number of qubits."""

    @model_validator(mode="after")
    def _is_a_ladder(self) -> RewardSettings:
        rungs = [self.no_code, self.bad_code, self.failed, self.copied, self.rejected]
        if rungs != sorted(rungs):
            raise ValueError("the rungs must not fall: no_code <= bad_code <= failed <= copied <= rejected")
        if self.bonus_two_qubit_gates + self.bonus_depth + self.bonus_parameters > 0.2 + 1e-12:
            raise ValueError("the three size bonuses together must not exceed 0.2")
        return self


class ScoreSettings(Guarded):
    """Everything besides the problem and the code that a score depends on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reward: RewardSettings = RewardSettings()
    vqe: VqeSettings = VqeSettings()
    sandbox: SandboxSection = SandboxSettings()
    seed: Annotated[int, Field(ge=0)] = 0
    """Restarts and gradient samples are drawn from this and the circuit's canonical hash, never from the code."""
