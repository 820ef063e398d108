"""Sequential best of N: the frozen policy with prompts that show what it found so far; no training."""

from __future__ import annotations

from loop.baselines.frozen import frozen_policy
from loop.config import RunConfig

TITLE = "the frozen policy with memory prompts (sequential best of N)"
LEAST_SHARE = 0.5
"""Of prompts with memory, where the config has less: half keeps fresh ideas coming."""


def frozen(config: RunConfig) -> RunConfig:
    return frozen_policy(config, share=max(config.memory.share, LEAST_SHARE))
