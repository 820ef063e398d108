"""Advantages that seek the best answer of a group, not a better mean.

TRL's group advantage (reward less the group's mean) raises what is better than average. A search wants the maximum: the
entropic objective log E[exp(beta r)] / beta weighs an answer by exp(beta r), and its beta is chosen for every group so
that the weighted group differs from the uniform one by a fixed amount, KL(softmax(beta r) || uniform) = ln 2, as in
TTT-Discover (github.com/test-time-training/discover). So neither the scale nor the offset of rewards matters.
"""

from __future__ import annotations

import math

import torch

LARGEST_BETA = 1e4
"""For rewards scaled to [0, 1]. Where more than half of a group shares the maximum no beta reaches ln 2, and this one
makes them equal among themselves and the rest nothing."""
HALVINGS = 80
LEAST_MEMBERS = 3
"""Scored answers in a group; of two, the better one would weigh infinitely more than the other."""


def entropic(rewards: torch.Tensor) -> torch.Tensor:
    """Advantages of the same shape [groups, members]: exp(beta r_i) over the mean of the others', less 1.

    A reward that is NaN counts as absent and gets 0, as do all members of a group whose rewards are alike and of one
    with fewer than `LEAST_MEMBERS`.
    """
    values = rewards.double()
    scored = ~values.isnan()
    lowest = values.masked_fill(~scored, math.inf).amin(1, keepdim=True)
    highest = values.masked_fill(~scored, -math.inf).amax(1, keepdim=True)
    spread = highest - lowest
    usable = (scored.sum(1, keepdim=True) >= LEAST_MEMBERS) & (spread > 1e-9)
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
