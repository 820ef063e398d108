"""TRL's GRPOTrainer with a task's prompts, on answers that are scored as they were sampled, and resumed to the bit.

The loss is TRL's. For the answers o_i of a generation with advantages A_i (`grpo.advantage`), masks m_it
(`grpo.masking`) and the ratio rho_it = pi(o_it | q, o_i<t) / pi_old(o_it | q, o_i<t) the default, "dapo", is

    L = - sum_it m_it [ min(rho_it A_i, clip(rho_it, 1 - epsilon, 1 + epsilon_high) A_i) - beta KL_it ] / sum_it m_it
    KL_it = rho_it (pi_ref / pi - log(pi_ref / pi) - 1)        rho_it only with use_bias_correction_kl, TRL's default

pi_old is the policy that sampled: with one update a generation rho_it = 1, and clipping begins with the second. All of
them are at the temperature of sampling. docs/explanation/grpo.md says what of the literature is left out.

Prompts change at every generation (they show the memory of the best circuits so far). Data-set transforms and iterable
data sets lag a step, because the loader prefetches, and do not resume exactly; overriding the one method that turns
rows into completions is fresh at every generation and bit-identical on resume (the tests hold both).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel, TrainerCallback
from transformers.trainer_callback import ExportableState
from trl import GRPOConfig, GRPOTrainer

from grpo.advantage import entropic, rewards_of
from grpo.masking import leave_out
from grpo.packing import Logps, in_parts
from grpo.task import Advantage, Completion, Lesson, Task
from models.policy import Policy
from models.prompts import Message
from models.sampler import FastSampler

GENERATION = "generation.pt"
"""In a checkpoint between two updates on the same answers: those answers, and where in them training stands."""


def mixes(arguments: GRPOConfig, model: PreTrainedModel) -> bool:
    """Whether 32-bit weights are used in 16 bits: keys and values then differ in type, and a static cache has one."""
    return (arguments.bf16 or arguments.fp16) and model.dtype == torch.float32


class TaskTrainer(GRPOTrainer):
    """A GRPOTrainer whose prompts and rewards are those of a task. One process: groups are not split over ranks."""

    def __init__(self, *, policy: Policy, task: Task, advantage: Advantage = "group", **arguments: Any) -> None:
        self.policy = policy
        self.task = task
        self.advantage = advantage
        self.lessons: list[Lesson] = []
        self.truncated: list[bool] = []
        self.seconds = {"sample": 0.0, "reward": 0.0}
        super().__init__(
            reward_funcs=[self.task_reward],
            model=policy.model,
            processing_class=policy.tokenizer,
            peft_config=policy.peft_config,
            **arguments,
        )
        self.mask_truncated_completions = False  # TRL's knows no stop strings; `_left_out` does it
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
        self._metrics["train"]["completions/clipped_ratio"] = [sum(self.truncated) / len(rows)]
        leave_out(batch, self._left_out().to(self.accelerator.device))
        if self.advantage == "entropic":
            values = [math.nan if reward is None else reward for reward in rewards_of(self.lessons)]
            rewards = torch.tensor(values, dtype=torch.float64)
            batch["advantages"] = entropic(rewards.view(-1, group)).flatten().to(batch["advantages"])
        return batch

    def _left_out(self) -> torch.Tensor:
        """The answers that the loss does not see: without a lesson, or cut off where the config leaves those out."""
        masks = self.args.mask_truncated_completions
        cut = zip(self.lessons, self.truncated, strict=True)
        return torch.tensor([lesson is None or (masks and truncated) for lesson, truncated in cut])

    def _tokenize_prompts(self, prompts: list[list[Message]]) -> tuple[list[list[int]], None, dict[str, Any]]:
        """By the profile's prompt format, which TRL does not know: the tokens that SFT and validation use."""
        return [self.policy.prompt_ids(prompt) for prompt in prompts], None, {}

    def _sample_at(self, temperature: float) -> None:
        """TRL reads it from here for log-probabilities, and from three other places for sampling."""
        self.temperature = temperature
        if self.use_vllm:
            self.vllm_generation.temperature = temperature
        else:
            self.generation_config.temperature = self.generation_kwargs["temperature"] = temperature

    def _generate_single_turn(
        self, prompt_ids: list[list[int]], *rest: Any, **named: Any
    ) -> tuple[list[list[int]], list[list[float]] | None]:
        """Token ids of one completion a prompt, and their log-probabilities where vLLM tells them."""
        if self._sampler is not None:
            return self._sampler.sample(prompt_ids, self.temperature), None
        answers, logps = super()._generate_single_turn(prompt_ids, *rest, **named)
        lengths = [self.policy.stops.length(ids) for ids in answers]
        cut = None if logps is None else [row[:n] for row, n in zip(logps, lengths, strict=True)]
        return [ids[:n] for ids, n in zip(answers, lengths, strict=True)], cut

    def _fast_sampler(self) -> FastSampler | None:
        """Ours for plain sampling by transformers; else None, and TRL's way is taken.

        A cache that the config names is TRL's to use; on a GPU "static" stands for ours.
        """
        args = self.args
        usual = "static" if self.accelerator.device.type == "cuda" else None
        theirs = args.use_vllm or args.use_transformers_continuous_batching
        model = self.accelerator.unwrap_model(self.model)
        if args.cache_implementation != usual or theirs or mixes(args, model) or not FastSampler.suits(model):
            return None
        pad, length, stops = self._tokenizer.pad_token_id, args.max_completion_length, self.policy.stops
        return FastSampler(model, self.eos_token_ids, pad, length, stops=stops)

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
        completion_ids: list[list[int]],
        prompt_id: list[str],
        log_metric: Callable[[str, float], None],
        **_: Any,
    ) -> list[float | None]:
        start = time.perf_counter()
        ends = {*self.eos_token_ids, self._tokenizer.pad_token_id}
        self.truncated = [ids[-1] not in ends and not self.policy.stops.found(ids) for ids in completion_ids]
        texts = self.policy.texts(completion_ids)
        answers = [Completion(*one) for one in zip(prompt_id, texts, self.truncated, strict=True)]
        self.lessons = list(self.task.score(self.state.global_step + 1, answers))
        for name, value in self.task.figures().items():
            log_metric(f"quantummind/{name}", value)
        self.seconds["reward"] += time.perf_counter() - start
        return rewards_of(self.lessons)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """With the answers that the next updates train on, where those are drawn already."""
        super()._save_checkpoint(model, trial)
        if self._step % (self.args.steps_per_generation * self.num_iterations):
            state = {"step": self._step, "temperature": self.temperature, "inputs": self._buffered_inputs}
            torch.save(state, Path(self._get_output_dir(trial)) / f"checkpoint-{self.state.global_step}" / GENERATION)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """With every adapter, and the answers of a generation that is not used up.

        A policy that comes with its adapter gets a copy of it from TRL, "ref", to measure beta's KL against. Such a
        checkpoint has the adapter itself beside the folder of the copy, and transformers then loads the folders alone.
        """
        super()._load_from_checkpoint(resume_from_checkpoint, model)
        adapted = self.model if model is None else model
        if "ref" in getattr(adapted, "peft_config", {}):
            adapted.load_adapter(resume_from_checkpoint, adapted.active_adapter, is_trainable=True)
        generation = Path(resume_from_checkpoint) / GENERATION
        if generation.is_file():
            state = torch.load(generation, map_location=self.accelerator.device)
            self._step, self._buffered_inputs = state["step"], state["inputs"]
            self._sample_at(state["temperature"])

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """None is written: a run directory is no model repository."""


class TaskCallback(TrainerCallback, ExportableState):  # type: ignore[misc]
    """Reports steps to the task, stops when it asks, and exports its state into trainer_state.json."""

    def __init__(self, trainer: TaskTrainer) -> None:
        self.trainer = trainer
        self.started = 0.0

    def state(self) -> dict[str, Any]:
        return {"args": {}, "attributes": {"task": self.trainer.task.state()}}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step:
            self.trainer.task.restore(state.stateful_callbacks[type(self).__name__]["attributes"]["task"])

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.started = time.perf_counter()
        self.trainer.seconds = {"sample": 0.0, "reward": 0.0}

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any) -> None:
        if "train_runtime" in logs:  # the summary at the end of training
            return
        seconds = dict(self.trainer.seconds)
        seconds["train"] = time.perf_counter() - self.started - sum(seconds.values())
        numbers = {key: float(value) for key, value in logs.items() if isinstance(value, int | float)}
        if not self.trainer.task.end_step(state.global_step, numbers, seconds):
            control.should_training_stop = True
            control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.trainer.task.checkpoint(state.global_step)
