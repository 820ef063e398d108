"""The two baselines that need a model: an ordinary discovery run whose policy is not trained."""

from __future__ import annotations

from loop.config import RunConfig


def frozen_policy(config: RunConfig, share: float) -> RunConfig:
    """The run that samples the policy as it is until the baseline's budget is spent; `share` of prompts show memory."""
    assert config.baseline is not None
    budget = config.baseline.evaluations  # also the most steps: a step without one valid circuit is rare
    run = config.run.model_copy(update={"train": False, "evaluations": budget, "steps": budget})
    return config.model_copy(update={"run": run, "memory": config.memory.model_copy(update={"share": share})})
