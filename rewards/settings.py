"""How scores are made, as configuration: the reward ladder's rungs and what each stage of the cascade is given.

Every value here ends up in a run's `config.yaml`; an unknown key is an error that names it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quantum.vqe import VqeSettings
from rewards.guarded import Guarded, SandboxSection
from rewards.sandbox import SandboxSettings

Rung = Annotated[float, Field(ge=-1.0, lt=0.0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


class RewardSettings(BaseModel):
    """The rungs of the reward ladder, one for every way to fail, and how a valid circuit is measured.

    What valid circuits earn follows from the one order of circuits (`rewards.order`) and has no dials.
    """

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

    below_exact_tolerance: Annotated[float, Field(ge=0.0)] = 1e-9
    """An energy further than this below the exact one breaks the variational principle and is rejected."""

    gradient_samples: Annotated[int, Field(ge=2)] = 64
    """Random points per size at which the full gradient is taken."""
    audit_share: Share = 0.01
    """The share of circuits, drawn by their hash, whose minimum is optimised further with Aer's own gradients."""
    allow_instance_specific: bool = False
    """Accept a create_ansatz that looks its circuit up by the number of qubits."""

    @model_validator(mode="after")
    def _is_a_ladder(self) -> RewardSettings:
        rungs = [self.no_code, self.bad_code, self.failed, self.copied, self.rejected]
        if rungs != sorted(rungs):
            raise ValueError("the rungs must not fall: no_code <= bad_code <= failed <= copied <= rejected")
        return self


class ScoreSettings(Guarded):
    """Everything besides the problem and the code that a score depends on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reward: RewardSettings = RewardSettings()
    vqe: VqeSettings = VqeSettings()
    sandbox: SandboxSection = SandboxSettings()
    seed: Annotated[int, Field(ge=0)] = 0
    """Restarts and gradient samples are drawn from this and the circuit's canonical hash, never from the code."""
