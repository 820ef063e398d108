"""TRL's settings in a config of ours, found right before anything is loaded or written.

`grpo:` and `training:` take the fields of TRL's GRPOConfig and SFTConfig, names verbatim. TRL and transformers look at
many of them only when the trainer is built, or at its first step: a library that is missing, an optimiser that does not
build, several processes. Here each of these is one line.
"""

from __future__ import annotations

import copy
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import fields
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from models.quiet import one_line
from quantum.errors import RequestError, did_you_mean

if TYPE_CHECKING:
    from transformers import Trainer, TrainingArguments

ONE_PROCESS: Final = "training is one process on one GPU"

NOT_SERVED: Final = {
    "deepspeed": ONE_PROCESS,
    "fsdp": ONE_PROCESS,
    "fsdp_config": ONE_PROCESS,
    "parallelism_config": ONE_PROCESS,
    "ddp_backend": ONE_PROCESS,
    "push_to_hub": "nothing is uploaded; do that with: hf upload",
    "log_completions_hub_repo": "nothing is uploaded; every answer is in attempts.jsonl",
    "model_init_kwargs": "the model is loaded as its profile says",
    "trust_remote_code": "no code of a model's is run",
    "save_only_model": "a checkpoint without the optimizer could not be resumed exactly",
    "ignore_data_skip": "a resumed run goes on with the next row, not the first",
    "restore_callback_states_from_checkpoint": "they are restored without it",
    "enable_jit_checkpoint": "Ctrl-C saves a checkpoint without it",
    "label_smoothing_factor": "TRL's losses have none",
    "chat_template_path": "prompts are written as the profile says",
    "eos_token": "the tokenizer of the profile has it",
    "pad_token": "the tokenizer of the profile has it",
    "dataset_text_field": "rows are prompts and answers",
    "dataset_kwargs": "rows are prompts and answers",
}
"""Keys that only their default is taken for, and why."""

FOR_THE_TOY: Final = {"beta": 0.0, "use_vllm": False, "router_aux_loss_coef": None}
"""What is not tried: these load a reference or an engine, or are right for some architectures only."""

LIBRARIES: Final = {"use_vllm": "vllm", "use_liger_kernel": "liger_kernel"}
"""What a switch needs to be installed."""

TRACKERS: Final = ("tensorboard", "trackio", "wandb")
"""The name in `report_to` and the package that it needs are the same word."""


def check_settings(kind: type, section: str, settings: Mapping[str, Any], ours: Mapping[str, str]) -> dict[str, Any]:
    """`settings` with the types of TRL's config class `kind`; raises RequestError for the first that cannot be had.

    `section` is what the config calls them, `ours` the names that QuantumMind sets itself and what to do instead.
    """
    known = {field.name: field.default for field in fields(kind)}
    hints, found = get_type_hints(kind), {}
    for key, value in settings.items():
        if key in ours:
            raise RequestError(f"{section}.{key} is set by QuantumMind; {ours[key]}")
        if key not in known:
            near = did_you_mean(key, known.keys() - ours.keys())
            raise RequestError(f"unknown key '{section}.{key}' (TRL's {kind.__name__}){near}")
        found[key] = _typed(f"{section}.{key}", value, hints[key], known[key])
        if key in NOT_SERVED and found[key] and found[key] != known[key]:
            raise RequestError(f"{section}.{key} cannot be set: {NOT_SERVED[key]}")
        if found[key] is True and key in LIBRARIES:
            _check_installed(f"{section}.{key}", LIBRARIES[key])
    chosen_trackers(section, settings)
    return found


def chosen_trackers(section: str, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The trackers that `report_to` asks for; raises RequestError for one that is unknown or not installed."""
    asked = settings.get("report_to") or "none"
    names = tuple(asked) if isinstance(asked, list | tuple) else (asked,)
    if names == ("none",):
        return ()
    for name in names:
        if name not in TRACKERS:
            near = did_you_mean(str(name), ["none", *TRACKERS])
            raise RequestError(f"unknown tracker {section}.report_to={name}{near}")
        _check_installed(f"{section}.report_to={name}", name)
    return names


def try_arguments(section: str, arguments: TrainingArguments, trainer: type[Trainer], **needs: Any) -> None:
    """Build TRL's `trainer` as `arguments` say, with its optimiser, schedule and loader, around a toy; keeps nothing.

    `needs` are the trainer's rows, and what else it takes. Raises RequestError with what the library that refuses says.
    Nothing is tried beside unsloth, whose trainers take only what it has loaded itself.
    """
    if "unsloth" in sys.modules:
        return
    import torch

    changes = {name: value for name, value in FOR_THE_TOY.items() if hasattr(arguments, name)}
    with TemporaryDirectory() as folder, torch.random.fork_rng():
        tried = copy.copy(arguments)
        for name, value in {**changes, "output_dir": folder}.items():
            setattr(tried, name, value)
        try:
            model, tokenizer = _toy()
            built = trainer(model=model, args=tried, processing_class=tokenizer, **needs)
            built.create_optimizer_and_scheduler(max(tried.max_steps, 1))
            built.get_train_dataloader()
        except Exception as error:  # of whichever library it is
            raise RequestError(f"{section}: {one_line(error)}") from None


def _toy() -> tuple[Any, Any]:
    """A model of a few hundred weights with the modules of a real one, and a tokenizer with a chat template."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    from models.loader import load_tokenizer
    from models.profiles import resolve_profile

    tokenizer = load_tokenizer(resolve_profile("embedded"), offline=True)
    shape = {"num_hidden_layers": 1, "hidden_size": 8, "num_attention_heads": 1, "num_key_value_heads": 1}
    config = Qwen2Config(vocab_size=len(tokenizer), intermediate_size=8, eos_token_id=tokenizer.eos_token_id, **shape)
    return Qwen2ForCausalLM(config), tokenizer


def _typed(name: str, value: Any, hint: Any, default: Any) -> Any:
    """`value` as the field's type says: `no` is a word for save_strategy and false for bf16."""
    try:
        return TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True)).validate_python(value)
    except ValidationError:
        wanted = "of another type"
        if bool in (hint, *get_args(hint)):
            wanted = "true or false"
        elif isinstance(default, int | float):
            wanted = f"a number such as {default:g}"
        elif isinstance(default, str):
            wanted = f"a word such as {_word(default)}"
        raise RequestError(f"{name} must be {wanted}, not {value!r:.60}") from None


def _check_installed(name: str, library: str) -> None:
    if importlib.util.find_spec(library) is None:
        package = library.replace("_", "-")
        raise RequestError(f"{name} needs the package {package}, which is missing; pip install {package}")


def _word(value: Any) -> str:
    return str(getattr(value, "value", value))
