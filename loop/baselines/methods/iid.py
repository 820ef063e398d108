"""IID sampling: the frozen policy, every prompt without memory, until the budget is spent.

Gideoni et al. and others found that plain sampling matches elaborate discovery loops, so it is the first thing to beat.
"""

from __future__ import annotations

from loop.baselines.frozen import frozen_policy
from loop.config import RunConfig

TITLE = "the frozen policy, sampled without memory"


def frozen(config: RunConfig) -> RunConfig:
    return frozen_policy(config, share=0.0)
