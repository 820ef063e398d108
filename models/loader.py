"""From a profile to a policy that generates and trains: transformers, NF4 by bitsandbytes, LoRA by PEFT.

torch and transformers are imported inside the functions, so that a profile can be checked without them. The unsloth
backend and several GPUs are not covered here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from models.profiles import Profile
from models.prompts import Message, render
from quantum.errors import RequestError

if TYPE_CHECKING:
    import torch
    from peft import LoraConfig
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Device = Literal["auto", "cpu", "cuda"]

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
        with torch.random.fork_rng(), _evaluating(self.model), torch.inference_mode():
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
        inputs = self.tokenizer(batch, return_tensors="pt", padding=True, add_special_tokens=False).to(self.device)
        stops: dict[str, Any] = {}
        if self.profile.stop_strings:
            stops = {"stop_strings": list(self.profile.stop_strings), "tokenizer": self.tokenizer}
        output = self.model.generate(
            **inputs,
            do_sample=temperature > 0,
            temperature=temperature or None,
            top_k=0,
            top_p=1.0,
            repetition_penalty=repetition_penalty,
            max_new_tokens=max_new_tokens,
            pad_token_id=self.tokenizer.pad_token_id,
            **stops,
        )
        answers = output[:, inputs["input_ids"].shape[1] :]
        texts: list[str] = self.tokenizer.batch_decode(answers, skip_special_tokens=True)
        for stop in self.profile.stop_strings:
            texts = [text.partition(stop)[0] for text in texts]
        return texts


def load_policy(profile: Profile, device: Device = "auto", dtype: str | None = None) -> Policy:
    """The policy of `profile` on `device`; `dtype` overrides the profile's ("float32", "bfloat16", "float16").

    Raises `RequestError` before anything long starts: a GPU profile on a CPU, weights that are neither here nor to be
    had, a directory that transformers cannot read, bitsandbytes missing.
    """
    import torch
    from transformers import AutoModelForCausalLM

    place = _device(profile, device)
    weights = _available(profile)
    number = dtype or profile.dtype
    if number == "auto":
        number = "bfloat16" if place.type == "cuda" else "float32"
    arguments: dict[str, Any] = {"dtype": getattr(torch, number), "revision": profile.model_revision}
    if profile.load_in_4bit:
        arguments |= {"quantization_config": quantization(profile, number), "device_map": {"": str(place)}}
    tokenizer = load_tokenizer(profile)
    try:
        model = AutoModelForCausalLM.from_pretrained(weights, **arguments)
    except Exception as error:  # damaged files surface as whatever the reader of that file raises
        raise RequestError(f"cannot load {weights}: {_line(error)}") from error
    if not profile.load_in_4bit:
        model.to(place)
    _keep_trainable_on_cpu(model)
    if profile.adapter_name_or_path:
        return Policy(_with_adapter(model, profile), tokenizer, profile, place)
    return Policy(model, tokenizer, profile, place, lora_config(profile) if profile.use_peft else None)


def load_tokenizer(profile: Profile) -> PreTrainedTokenizerBase:
    """The tokenizer of `profile`, padding on the left, with a pad token."""
    from transformers import AutoTokenizer

    source = profile.adapter_name_or_path or profile.weights
    if profile.adapter_name_or_path and not (Path(source) / "tokenizer_config.json").exists():
        source = profile.weights
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, padding_side="left")
    except Exception as error:
        raise RequestError(f"cannot load the tokenizer of {source}: {_line(error)}") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def lora_config(profile: Profile) -> LoraConfig:
    """PEFT's config of the profile's LoRA fields."""
    from peft import LoraConfig

    return LoraConfig(
        r=profile.lora_r,
        lora_alpha=profile.lora_alpha,
        lora_dropout=profile.lora_dropout,
        target_modules=list(profile.lora_target_modules),
        task_type="CAUSAL_LM",
    )


def quantization(profile: Profile, dtype: str) -> Any:
    """NF4 with double quantisation (QLoRA, Dettmers et al. 2023), computing in `dtype`."""
    import importlib.util

    from transformers import BitsAndBytesConfig

    if importlib.util.find_spec("bitsandbytes") is None:
        raise RequestError(
            f"profile {profile.name!r} loads in 4 bits: install bitsandbytes, or set load_in_4bit: false"
        )
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def _device(profile: Profile, device: Device) -> torch.device:
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise RequestError("device cuda: torch sees no GPU here; use device auto or cpu")
    chosen = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    if profile.needs_gpu and chosen == "cpu":
        raise RequestError(f"profile {profile.name!r} needs a GPU; on a CPU use the profile 'embedded'")
    return torch.device(chosen)


def _available(profile: Profile) -> str:
    """The weights' directory or repository, known to be there: on disk, in the hub's cache, or answering."""
    weights = profile.weights
    if Path(weights).is_dir():
        return weights
    from huggingface_hub import HfApi, try_to_load_from_cache

    if isinstance(try_to_load_from_cache(weights, "config.json", revision=profile.model_revision), str):
        return weights
    try:
        HfApi().model_info(weights, revision=profile.model_revision, timeout=10)
    except Exception as error:  # offline mode, no route, no such or a gated repository: all end here, with their reason
        raise RequestError(
            f"weights of {profile.name!r} ({weights}) are not on this machine and the hub gave none: {_line(error)}"
        ) from error
    return weights


def _keep_trainable_on_cpu(model: PreTrainedModel) -> None:
    """With AVX512-BF16, bitsandbytes repacks weights at the first forward in eval mode, and training then fails."""
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _with_adapter(model: PreTrainedModel, profile: Profile) -> PreTrainedModel:
    from peft import PeftModel

    assert profile.adapter_name_or_path is not None
    try:
        return PeftModel.from_pretrained(model, profile.adapter_name_or_path, is_trainable=True)  # type: ignore[return-value]
    except Exception as error:
        raise RequestError(
            f"adapter {profile.adapter_name_or_path} does not fit {profile.weights}: {_line(error)}"
        ) from error


@contextmanager
def _evaluating(model: PreTrainedModel) -> Iterator[None]:
    """Evaluation mode, and one thread for a small model on a CPU; both as before afterwards."""
    import torch

    training, threads = model.training, torch.get_num_threads()
    small = model.device.type == "cpu" and model.num_parameters() < ONE_THREAD_BELOW
    model.eval()
    torch.set_num_threads(1 if small else threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        model.train(training)


def _line(error: Exception) -> str:
    return f"{' '.join(str(error).split()):.200}" or type(error).__name__
