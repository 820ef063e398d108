"""Perplexity of a policy on the answers that its build held out: exp of the mean loss a token, completions alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from models.policy import Policy, evaluating
from models.prompts import Message, render, render_answer

HELD_OUT_FILE: Final = "held_out.jsonl"
"""In a build: the held-out rows, one JSON object with `prompt` (messages) and `answer` a line."""

MOST_LOGITS: Final = 2**28
"""In one batch: 1 GiB in fp32."""

Example = tuple[list[Message], str]


def save_held_out(examples: Iterable[Example], path: Path) -> None:
    lines = [json.dumps({"prompt": prompt, "answer": answer}) + "\n" for prompt, answer in examples]
    path.write_text("".join(lines), encoding="utf-8")


def load_held_out(build: Path) -> list[Example]:
    """The held-out rows of a build, none when it keeps no record of them."""
    path = build / HELD_OUT_FILE
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["prompt"], row["answer"]) for row in rows]


def perplexity(policy: Policy, examples: Sequence[Example]) -> float | None:
    """None without examples; answers beyond the model's context are cut as training cuts them."""
    if not examples:
        return None
    longest = policy.model.config.max_position_embeddings
    encoded = sorted((_encode(policy, *example, longest) for example in examples), key=lambda pair: len(pair[0]))
    rows = max(1, min(32, MOST_LOGITS // (len(encoded[-1][0]) * len(policy.tokenizer))))
    losses = [_loss(policy, encoded[start : start + rows]) for start in range(0, len(encoded), rows)]
    return math.exp(sum(loss for loss, _ in losses) / max(sum(tokens for _, tokens in losses), 1))


def _loss(policy: Policy, batch: Sequence[tuple[list[int], list[int]]]) -> tuple[float, int]:
    """The summed loss over the answers of a batch, and their tokens."""
    import torch

    width = max(len(ids) for ids, _ in batch)

    def padded(rows: list[list[int]], filler: int) -> torch.Tensor:
        return torch.tensor([row + [filler] * (width - len(row)) for row in rows], device=policy.device)

    ids = padded([ids for ids, _ in batch], policy.tokenizer.pad_token_id)
    mask = padded([[1] * len(ids) for ids, _ in batch], 0)
    targets = padded([labels for _, labels in batch], -100)[:, 1:]
    with evaluating(policy), torch.inference_mode():
        logits = policy.model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
        loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="sum")
    return float(loss), int((targets != -100).sum())


def _encode(policy: Policy, prompt: list[Message], answer: str, longest: int) -> tuple[list[int], list[int]]:
    """Token ids of prompt and answer, and the labels: -100 where the prompt is.

    The answer ends with its end token. What a chat template writes after that, as ChatML's newline, is no part of it:
    no policy is asked to go on there.
    """
    tokenizer, form = policy.tokenizer, policy.profile.prompt_format
    rendered, completion = render(prompt, form), render_answer(answer, form)
    if isinstance(rendered, str):
        whole = f"{rendered}{completion}{tokenizer.eos_token}"
    else:
        whole = tokenizer.apply_chat_template([*rendered, *completion], tokenize=False).rstrip()
    ids = policy.tokens(whole)[:longest]
    start = len(policy.prompt_ids(prompt))
    return ids, [-100] * min(start, len(ids)) + ids[start:]
