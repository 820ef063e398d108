"""Answers that the loss leaves out: cut off by the length limit, a repeat, or not scored.

TRL's losses sum a term l_it over the tokens t of the answers i, each times a mask m_it in {0, 1}. To leave an answer
out is m_it = 0 for all its tokens, in the sum and in what divides it:

    dapo, cispo, vespo    sum_it m_it l_it / sum_it m_it             over all answers of a generation
    bnpo                  sum_it m_it l_it / sum_it m_it             over a micro-batch
    grpo, sapo            mean_i (sum_t m_it l_it / sum_t m_it)      a masked answer is a 0 in the mean over i
    dr_grpo               sum_it m_it l_it / (answers x max_completion_length)
    luspo                 mean_i (sum_t m_it l_it)                   likewise

With the last four a masked answer weakens the step, and with the first four it is as if it had not been drawn.
"""

from __future__ import annotations

from typing import Any

import torch

PER_TOKEN = ("old_per_token_logps", "ref_per_token_logps")
"""Log-probabilities that the loss compares with its own, which are 0 where the mask is."""


def leave_out(batch: dict[str, Any], left_out: torch.Tensor) -> None:
    """Mask the answers of a generation batch of TRL's that `left_out` [answers] names, in place."""
    keep = (~left_out).unsqueeze(1).to(batch["completion_mask"])
    batch["completion_mask"] = batch["completion_mask"] * keep
    batch["num_items_in_batch"] = batch["completion_mask"].sum()
    for name in PER_TOKEN:
        if name in batch:  # else exp(0 - old) could overflow, and infinity times the mask is no number
            batch[name] = batch[name] * keep
