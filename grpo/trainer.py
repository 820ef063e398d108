"""TRL's GRPOTrainer with a task's prompts, and the callback that keeps the task's state with the checkpoint.

Prompts change at every step (they show the memory of the best circuits so far). Data-set transforms and iterable data
sets lag a step, because the loader prefetches, and do not resume exactly; overriding the one method that turns rows
into completions is fresh at every step and bit-identical on resume (the tests hold both).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState
from trl import GRPOTrainer

from grpo.advantage import entropic
from grpo.packing import Logps, in_parts
from grpo.task import Advantage, Completion, Task
from models.sampler import FastSampler


class TaskTrainer(GRPOTrainer):
    """A GRPOTrainer whose prompts and rewards are those of a task. One process: groups are not split over ranks."""

    def __init__(self, *, task: Task, advantage: Advantage = "group", **arguments: Any) -> None:
        self.task = task
        self.advantage = advantage
        self.rewards: list[float | None] = []
        self.seconds = {"sample": 0.0, "reward": 0.0}
        super().__init__(reward_funcs=[self.task_reward], **arguments)
        self.add_callback(TaskCallback(self))
        self._sampler = self._fast_sampler()

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        group = self.num_generations
        prompts = self.task.prompts(self.state.global_step + 1, len(inputs) // group)
        rows = [
            {**row, "prompt": prompts[k // group].messages, "prompt_id": prompts[k // group].id}
            for k, row in enumerate(inputs)
        ]
        self._sample_at(self.task.temperature(self.args.temperature))
        start = time.perf_counter()
        batch: dict[str, Any] = super()._generate_and_score_completions(rows)
        self.seconds["sample"] += time.perf_counter() - start - self.seconds["reward"]
        if self.advantage == "entropic":
            rewards = torch.tensor([math.nan if r is None else r for r in self.rewards], dtype=torch.float64)
            batch["advantages"] = entropic(rewards.view(-1, group)).flatten().to(batch["advantages"])
        return batch

    def _sample_at(self, temperature: float) -> None:
        """TRL reads it from here for log-probabilities, and from three other places for sampling."""
        self.temperature = temperature
        if self.use_vllm:
            self.vllm_generation.temperature = temperature
        else:
            self.generation_config.temperature = self.generation_kwargs["temperature"] = temperature

    def _generate_single_turn(self, prompt_ids: list[list[int]], *rest: Any, **named: Any) -> tuple[Any, None]:
        if self._sampler is None:
            return super()._generate_single_turn(prompt_ids, *rest, **named)
        return self._sampler.sample(prompt_ids, self.temperature), None

    def _fast_sampler(self) -> FastSampler | None:
        """Ours for plain sampling by transformers; else None, and TRL's way is taken.

        A cache that the config names is TRL's to use; `build_grpo_config` names "static" on a GPU, except for unsloth.
        """
        args = self.args
        usual = "static" if self.accelerator.device.type == "cuda" else None
        theirs = args.use_vllm or args.use_transformers_continuous_batching or args.generation_kwargs
        shaped = args.top_p < 1 or args.top_k or args.min_p or args.repetition_penalty != 1
        model = self.accelerator.unwrap_model(self.model)
        if args.cache_implementation != usual or theirs or shaped or not FastSampler.suits(model):
            return None
        return FastSampler(model, self.eos_token_ids, self._tokenizer.pad_token_id, args.max_completion_length)

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        logits_to_keep: int,
        *,
        compute_aux_loss: bool = False,
        **named: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None]:
        theirs = super()._get_per_token_logps_and_entropies
        if compute_aux_loss or self.accelerator.device.type == "cuda":
            return theirs(model, input_ids, attention_mask, logits_to_keep, compute_aux_loss=compute_aux_loss, **named)

        def compute(ids: torch.Tensor, mask: torch.Tensor, keep: int) -> Logps:
            logps, entropies, _ = theirs(model, ids, mask, keep, **named)
            return logps, entropies

        return *in_parts(compute, input_ids, attention_mask, logits_to_keep, self.num_generations), None

    def task_reward(
        self,
        completions: list[Any],
        completion_ids: list[list[int]],
        prompt_id: list[str],
        log_metric: Callable[[str, float], None],
        **_: Any,
    ) -> list[float | None]:
        start = time.perf_counter()
        ends = {*self.eos_token_ids, self._tokenizer.pad_token_id}
        answers = [
            Completion(owner, completion[0]["content"], ids[-1] not in ends)
            for owner, completion, ids in zip(prompt_id, completions, completion_ids, strict=True)
        ]
        rewards = self.task.score(self.state.global_step + 1, answers)
        for name, value in self.task.figures().items():
            log_metric(f"quantummind/{name}", value)
        self.seconds["reward"] += time.perf_counter() - start
        self.rewards = rewards
        return rewards

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """None is written: a run directory is no model repository."""


class TaskCallback(TrainerCallback, ExportableState):  # type: ignore[misc]
    """Reports steps to the task, stops when it asks, and exports its state into trainer_state.json."""

    def __init__(self, trainer: TaskTrainer) -> None:
        self.trainer = trainer
        self.started = 0.0
        self.go_on = True

    def state(self) -> dict[str, Any]:
        return {"args": {}, "attributes": {"task": self.trainer.task.state()}}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step:
            self.trainer.task.restore(state.stateful_callbacks[type(self).__name__]["attributes"]["task"])

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.started = time.perf_counter()
        self.trainer.seconds = {"sample": 0.0, "reward": 0.0}

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any) -> None:
        if "reward" not in logs:  # the summary at the end of training
            return
        seconds = dict(self.trainer.seconds)
        seconds["train"] = time.perf_counter() - self.started - sum(seconds.values())
        numbers = {key: float(value) for key, value in logs.items() if isinstance(value, int | float)}
        if not self.trainer.task.end_step(state.global_step, numbers, seconds):
            control.should_training_stop = True
            control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.trainer.task.checkpoint(state.global_step)
