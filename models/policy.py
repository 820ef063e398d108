"""A language model that writes ansaetze: what the rest of the program knows of it, whatever loaded it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from models.profiles import LoadedBackend, Profile
from models.prompts import Message, render
from models.stops import Stops

if TYPE_CHECKING:
    import torch
    from peft import LoraConfig
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

ONE_THREAD_BELOW: Final = 5_000_000
"""Parameters below which one CPU thread generates faster than two."""


@dataclass
class Policy:
    """A language model that writes ansaetze.

    `peft_config` is the adapter still to be made (give it to TRL's trainer together with the model); it is None when
    the profile trains all weights or when the model already carries an adapter.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    profile: Profile
    device: torch.device
    peft_config: LoraConfig | None = None
    backend: LoadedBackend = "transformers"

    def generate(
        self,
        prompts: Sequence[Sequence[Message]],
        *,
        seed: int,
        temperature: float = 1.0,
        max_new_tokens: int | None = None,
        repetition_penalty: float = 1.0,
        batch_size: int = 64,
    ) -> list[str]:
        """One sampled completion a prompt, stop strings and special tokens removed; equal seeds give equal texts."""
        import torch

        texts: list[str] = []
        with torch.random.fork_rng(), evaluating(self), torch.inference_mode():
            torch.manual_seed(seed)
            for start in range(0, len(prompts), batch_size):
                batch = [self.prompt_ids(messages) for messages in prompts[start : start + batch_size]]
                length = max_new_tokens or self.profile.max_completion_length
                texts += self._sample(batch, temperature, length, repetition_penalty)
        return texts

    def prompt_text(self, messages: Sequence[Message]) -> str:
        """The very text whose tokens the model continues."""
        rendered = render(messages, self.profile.prompt_format)
        if isinstance(rendered, str):
            return rendered
        return str(self.tokenizer.apply_chat_template(rendered, tokenize=False, add_generation_prompt=True))

    def prompt_ids(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of `prompt_text`: those that the model continues."""
        return self.tokens(self.prompt_text(messages))

    def tokens(self, text: str) -> list[int]:
        """The token ids of a rendered prompt, as TRL's SFTTrainer makes them.

        A chat template writes the special tokens itself; to a text of another format the tokenizer adds its own, such
        as the token that Llama models begin with.
        """
        special = self.profile.prompt_format != "chatml"
        ids: list[int] = self.tokenizer(text, add_special_tokens=special)["input_ids"]
        return ids

    @cached_property
    def stops(self) -> Stops:
        """Where an answer of this policy ends besides its end token."""
        return Stops(self.tokenizer, self.profile.stop_strings)

    def texts(self, answers: Any) -> list[str]:
        """What the token ids of answers say: without special tokens, and up to the first stop string."""
        texts: list[str] = self.tokenizer.batch_decode(answers, skip_special_tokens=True)
        return [self.stops.before(text) for text in texts]

    def _sample(
        self, batch: list[list[int]], temperature: float, max_new_tokens: int, repetition_penalty: float
    ) -> list[str]:
        from models.sampler import FastSampler

        plain = self.backend == "transformers" and FastSampler.suits(self.model)
        if plain and self.device.type == "cpu":  # a GPU would capture a graph for every temperature
            ends = self.model.generation_config.eos_token_id or self.tokenizer.eos_token_id
            ends = [ends] if isinstance(ends, int) else ends
            pad = self.tokenizer.pad_token_id
            sampler = FastSampler(self.model, ends, pad, max_new_tokens, repetition_penalty, self.stops)
            return self.texts(sampler.sample(batch, temperature))
        inputs = self.tokenizer.pad({"input_ids": batch}, padding_side="left", return_tensors="pt").to(self.device)
        stops = list(self.profile.stop_strings)
        output = self.model.generate(
            **inputs,
            do_sample=temperature > 0,
            temperature=temperature or None,
            top_k=0,
            top_p=1.0,
            repetition_penalty=repetition_penalty,
            max_new_tokens=max_new_tokens,
            pad_token_id=self.tokenizer.pad_token_id,
            **({"stop_strings": stops, "tokenizer": self.tokenizer} if stops else {}),
        )
        return self.texts(output[:, inputs["input_ids"].shape[1] :])


@contextmanager
def evaluating(policy: Policy) -> Iterator[None]:
    """Evaluation mode, and one thread for a small model on a CPU; both as before afterwards."""
    import torch

    model = policy.model
    training, threads = model.training, torch.get_num_threads()
    small = model.device.type == "cpu" and model.num_parameters() < ONE_THREAD_BELOW
    _set_training(policy, False)
    torch.set_num_threads(1 if small else threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        _set_training(policy, training)


def _set_training(policy: Policy, training: bool) -> None:
    if policy.backend == "unsloth":
        from models.backends.with_unsloth import set_training

        set_training(policy.model, training)
    else:
        policy.model.train(training)
