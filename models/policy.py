"""A language model that writes ansaetze: what the rest of the program knows of it, whatever loaded it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from models.profiles import LoadedBackend, Profile
from models.prompts import Message, render

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
                batch = [self.prompt_text(messages) for messages in prompts[start : start + batch_size]]
                length = max_new_tokens or self.profile.max_completion_length
                texts += self._sample(batch, temperature, length, repetition_penalty)
        return texts

    def prompt_text(self, messages: Sequence[Message]) -> str:
        """The very text whose tokens the model continues."""
        rendered = render(messages, self.profile.prompt_format)
        if isinstance(rendered, str):
            return rendered
        return str(self.tokenizer.apply_chat_template(rendered, tokenize=False, add_generation_prompt=True))

    def _sample(
        self, batch: list[str], temperature: float, max_new_tokens: int, repetition_penalty: float
    ) -> list[str]:
        from models.sampler import FastSampler

        stops = self.profile.stop_strings
        plain = self.backend == "transformers" and not stops and FastSampler.suits(self.model)
        if plain and self.device.type == "cpu":  # a GPU would capture a graph for every temperature
            ids = self.tokenizer(batch, add_special_tokens=False)["input_ids"]
            ends = self.model.generation_config.eos_token_id or self.tokenizer.eos_token_id
            ends = [ends] if isinstance(ends, int) else ends
            pad = self.tokenizer.pad_token_id
            sampler = FastSampler(self.model, ends, pad, max_new_tokens, repetition_penalty)
            return self._texts(sampler.sample(ids, temperature))
        inputs = self.tokenizer(batch, return_tensors="pt", padding=True, add_special_tokens=False).to(self.device)
        output = self.model.generate(
            **inputs,
            do_sample=temperature > 0,
            temperature=temperature or None,
            top_k=0,
            top_p=1.0,
            repetition_penalty=repetition_penalty,
            max_new_tokens=max_new_tokens,
            pad_token_id=self.tokenizer.pad_token_id,
            **({"stop_strings": list(stops), "tokenizer": self.tokenizer} if stops else {}),
        )
        texts = self._texts(output[:, inputs["input_ids"].shape[1] :])
        for stop in stops:
            texts = [text.partition(stop)[0] for text in texts]
        return texts

    def _texts(self, answers: Any) -> list[str]:
        texts: list[str] = self.tokenizer.batch_decode(answers, skip_special_tokens=True)
        return texts


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
