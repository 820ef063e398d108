"""Log-probabilities without the padding: rows of like length go through the model together, each batch cut to its own.

A batch is padded to its longest prompt and its longest completion: where prompts with and without memory meet, half of
it can be padding. A GPU hides that; on a CPU it is half of a training step.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

Logps = tuple[torch.Tensor, torch.Tensor | None]
"""Log-probabilities [rows, completion], and entropies of the same shape."""


def in_parts(
    compute: Callable[[torch.Tensor, torch.Tensor, int], Logps],
    input_ids: torch.Tensor,
    attention_mask: torch.Tensor,
    logits_to_keep: int,
    size: int,
) -> Logps:
    """What `compute(input_ids, attention_mask, logits_to_keep)` gives, `size` rows at a time; 0 where nothing is used.

    `input_ids` and `attention_mask` are [rows, prompt + completion], prompts padded on the left and completions on the
    right; `logits_to_keep` is the width of the completions. Positions are relative (RoPE), so cutting columns on the
    left changes nothing but rounding.
    """
    width = input_ids.shape[1]
    first = attention_mask.argmax(1)
    last = (width - 1 - attention_mask.flip(1).argmax(1)).clamp_min(width - logits_to_keep)
    order = sorted(range(len(input_ids)), key=lambda row: (int(first[row]), int(last[row])))
    found: list[Logps] = []
    for start in range(0, len(order), size):
        rows = torch.tensor(order[start : start + size], device=input_ids.device)
        columns = slice(int(first[rows].min()), int(last[rows].max()) + 1)
        after = width - columns.stop
        part = compute(input_ids[rows, columns], attention_mask[rows, columns], logits_to_keep - after)
        found.append((_padded(part[0], after), None if part[1] is None else _padded(part[1], after)))
    back = torch.tensor(order, device=input_ids.device).argsort()
    entropies = [entropy for _, entropy in found if entropy is not None]
    return torch.cat([logps for logps, _ in found])[back], torch.cat(entropies)[back] if entropies else None


def _padded(values: torch.Tensor, after: int) -> torch.Tensor:
    return torch.nn.functional.pad(values, (0, after))
