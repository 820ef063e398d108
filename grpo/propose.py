"""The same loop without learning: the policy proposes, the task scores, no weight changes.

It is what a policy finds by sampling alone, with the prompts and the budget of a GRPO run, and the way to use a model
that is not to be trained. A checkpoint holds the task's state only (state.json): the random streams follow from seed
and step. Not covered: several processes.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpo.task import Completion, Prompt, Task
from grpo.train import build_grpo_config
from quantum.seeds import seed_for

if TYPE_CHECKING:
    from models.loader import Policy

STATE = "state.json"


@dataclass(frozen=True)
class Decoding:
    """How completions are drawn: member k of a group has temperature number (k // sequences), in turn."""

    temperatures: tuple[float, ...]
    sequences: int
    repetition_penalty: float

    def members(self, group: int) -> Iterator[tuple[float, list[int]]]:
        """(temperature, the members of a group of this size that it draws)."""
        for index, temperature in enumerate(self.temperatures):
            chosen = [k for k in range(group) if (k // self.sequences) % len(self.temperatures) == index]
            if chosen:
                yield temperature, chosen


def propose(
    policy: Policy,
    settings: Mapping[str, Any],
    task: Task,
    output_dir: Path,
    *,
    decoding: Decoding,
    steps: int,
    seed: int,
    resume_from: Path | None = None,
) -> None:
    """Run until `steps` steps are done in all, or the task asks for a stop.

    Of `settings` (TRL's names, as for training) the batch and group sizes, the completion length and the saving rules
    are used. Checkpoints go to `output_dir`/checkpoint-N; `resume_from` is one of them.
    """
    arguments = build_grpo_config(settings, output_dir, steps, seed, policy.device.type == "cuda", trains=False)
    groups = arguments.generation_batch_size // arguments.num_generations
    length = arguments.max_completion_length
    done = 0
    if resume_from:
        saved = json.loads((resume_from / STATE).read_text(encoding="utf-8"))
        done = saved["step"]
        task.restore(saved["task"])
    for step in range(done + 1, steps + 1):
        start = time.perf_counter()
        prompts = task.prompts(step, groups)
        completions = _complete(
            policy, prompts, decoding, arguments.num_generations, length, seed_for(seed, "propose", step)
        )
        sampled = time.perf_counter()
        task.score(step, completions)
        seconds = {"sample": sampled - start, "reward": time.perf_counter() - sampled, "train": 0.0}
        go_on = task.end_step(step, {}, seconds)
        if not go_on or step == steps or step % int(arguments.save_steps) == 0:
            _save(task, output_dir, step, arguments.save_total_limit)
        if not go_on:
            return


def _complete(
    policy: Policy, prompts: Sequence[Prompt], decoding: Decoding, group: int, length: int, seed: int
) -> list[Completion]:
    """`group` completions a prompt, in the order of the prompts."""
    texts: dict[tuple[int, int], str] = {}
    for number, (temperature, members) in enumerate(decoding.members(group)):
        places = [(g, k) for g in range(len(prompts)) for k in members]
        found = policy.generate(
            [prompts[g].messages for g, _ in places],
            seed=seed_for(seed, "temperature", number),
            temperature=temperature,
            max_new_tokens=length,
            repetition_penalty=decoding.repetition_penalty,
        )
        texts.update(zip(places, found, strict=True))
    sizes = policy.tokenizer([texts[place] for place in sorted(texts)], add_special_tokens=False)["input_ids"]
    return [
        Completion(prompts[g].id, texts[g, k], truncated=len(ids) >= length)
        for (g, k), ids in zip(sorted(texts), sizes, strict=True)
    ]


def _save(task: Task, output_dir: Path, step: int, limit: int | None) -> None:
    """Write checkpoint-N, and drop the oldest above `limit`."""
    path = output_dir / f"checkpoint-{step}"
    path.mkdir(parents=True, exist_ok=True)
    (path / STATE).write_text(json.dumps({"step": step, "task": task.state()}) + "\n", encoding="utf-8")
    task.checkpoint(step)
    found = sorted(output_dir.glob("checkpoint-[0-9]*"), key=lambda p: int(p.name.split("-")[1]))
    for old in found[: -limit if limit else 0]:
        shutil.rmtree(old)
