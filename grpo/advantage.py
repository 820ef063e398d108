"""From the rewards of a group to its advantages: what a better answer is better than.

With rewards r_1 .. r_G of the answers to one prompt, `group` is TRL's own (DeepSeekMath, arXiv:2402.03300):

    A_i = (r_i - mean(r)) / (std(r) + 1e-4)        std with G - 1; not divided with scale_rewards "none" (Dr. GRPO)

It raises what is better than average. A search wants the maximum: the entropic objective log E[exp(beta r)] / beta
weighs an answer by exp(beta r), and its beta is chosen for every group so that the weighted group differs from the
uniform one by a fixed amount, as in TTT-Discover (github.com/test-time-training/discover). `entropic` is

    A_i = exp(beta r_i) / mean_{j != i} exp(beta r_j) - 1        with KL(softmax(beta r) || uniform) = ln 2

so that neither the scale nor the offset of rewards matters. In both, an answer without a reward (`grpo.task.Lesson`)
is absent from every mean and spread, and its own advantage is 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from grpo.task import EQUAL, Lesson

LARGEST_BETA = 1e4
"""For rewards scaled to [0, 1]. Where more than half of a group shares the maximum no beta reaches ln 2, and this one
makes them equal among themselves and the rest nothing."""
HALVINGS = 80
LEAST_MEMBERS = 3
"""Scored answers in a group; of two, the better one would weigh infinitely more than the other."""


def rewards_of(lessons: Sequence[Lesson]) -> list[float | None]:
    """The rewards among `lessons`, None for the answers that have none: TRL counts those as absent."""
    return [lesson if isinstance(lesson, float | int) else None for lesson in lessons]


def entropic(rewards: torch.Tensor) -> torch.Tensor:
    """Advantages of the same shape [groups, members]: exp(beta r_i) over the mean of the others', less 1.

    A reward that is NaN counts as absent and gets 0, as do all members of a group whose rewards are alike (within
    `EQUAL`: rounding is no better answer) and of one with fewer than `LEAST_MEMBERS`.
    """
    values = rewards.double()
    scored = ~values.isnan()
    lowest = values.masked_fill(~scored, math.inf).amin(1, keepdim=True)
    highest = values.masked_fill(~scored, -math.inf).amax(1, keepdim=True)
    spread = highest - lowest
    usable = (scored.sum(1, keepdim=True) >= LEAST_MEMBERS) & (spread >= EQUAL)
    scaled = ((values - highest) / spread.where(usable, torch.ones_like(spread))).masked_fill(~scored, -math.inf)
    weights = (solve_beta(scaled.where(usable, torch.zeros_like(scaled))) * scaled).exp()
    others = (weights.sum(1, keepdim=True) - weights) / (scored.sum(1, keepdim=True) - 1)
    return (weights / others - 1.0).where(usable & scored, torch.zeros_like(values)).to(rewards.dtype)


def solve_beta(scaled: torch.Tensor) -> torch.Tensor:
    """beta, shape [groups, 1], with KL(softmax(beta r) || uniform) = ln 2; the largest one where none is enough.

    `scaled` holds rewards from -1 to 0, -inf for absent members. The divergence grows with beta.
    """
    low = torch.zeros_like(scaled[:, :1])
    high = torch.full_like(low, LARGEST_BETA)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = divergence(middle * scaled) < math.log(2)
        low, high = middle.where(short, low), high.where(short, middle)
    return high


def divergence(logits: torch.Tensor) -> torch.Tensor:
    """KL(softmax(logits) || uniform) over the members that are not -inf, shape [groups, 1]."""
    logs = logits.log_softmax(1)
    present = logs.isfinite()
    terms = (logs.exp() * logs).where(present, torch.zeros_like(logs))
    return terms.sum(1, keepdim=True) + present.sum(1, keepdim=True).double().log()
