"""The two baselines that need a model: an ordinary discovery run whose policy is not trained."""

from __future__ import annotations

from loop.config import RunConfig


def frozen_policy(config: RunConfig, share: float) -> RunConfig:
    """The run that samples the policy as it is until the baseline's budget is spent; `share` of prompts show memory."""
    run = config.run.model_copy(update={"train": False, "steps": 100_000})
    return config.model_copy(update={"run": run, "memory": config.memory.model_copy(update={"share": share})})
