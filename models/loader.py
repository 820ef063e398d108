"""From a profile to a policy that generates and trains: every mistake first, then the weights, by the right backend.

torch and transformers are imported inside the functions, so that a profile can be checked without them. Several GPUs
are not covered here.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models.backends import import_backend
from models.chat_template import check_chat_template
from models.checks import check_adapter, check_memory, choose_device, find_weights
from models.policy import Policy
from models.profiles import Backend, LoadedBackend, Profile
from models.quiet import one_line
from quantum.errors import RequestError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

__all__ = ["Device", "Plan", "Policy", "load_policy", "load_tokenizer", "plan_policy"]

Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class Plan:
    """Where and by what a policy is going to be loaded; `offline` when all of it is on this machine."""

    place: torch.device
    backend: LoadedBackend
    offline: bool


def plan_policy(profile: Profile, device: Device = "auto", backend: Backend | None = None) -> Plan:
    """Everything that can be wrong with `profile` here, found in seconds; loads nothing, but imports unsloth if chosen.

    Long work calls it before it begins, and before trl is first imported. Raises `RequestError` for a GPU profile on a
    CPU, too little memory, weights that are neither here nor to be had, damaged files, an adapter of another base, a
    backend that cannot serve.
    """
    place = choose_device(profile, device)
    library = import_backend(profile, device, backend)
    check_adapter(profile)
    check_memory(profile, place)
    return Plan(place, library, offline=find_weights(profile) is not None)


def load_policy(
    profile: Profile,
    device: Device = "auto",
    dtype: str | None = None,
    backend: Backend | None = None,
    seed: int | None = None,
) -> Policy:
    """The policy of `profile` on `device`; raises `RequestError` as `plan_policy` does, before anything long starts.

    `dtype` ("float32", "bfloat16", "float16") and `backend` override the profile's; `seed` draws the weights of an
    adapter that the backend itself makes.
    """
    plan = plan_policy(profile, device, backend)
    if not plan.offline:
        print(f"downloading {profile.weights} from the hub into its cache", file=sys.stderr)
    tokenizer = load_tokenizer(profile, plan.offline)
    number = _number(profile, dtype, plan.place)
    if plan.backend == "unsloth":
        from models.backends import with_unsloth

        return with_unsloth.load(profile, tokenizer, plan.place, number, seed)
    from models.backends import with_transformers

    return with_transformers.load(profile, tokenizer, plan.place, number, plan.offline)


def load_tokenizer(profile: Profile, offline: bool = False) -> PreTrainedTokenizerBase:
    """The tokenizer of `profile`, padding on the left, with a pad token; `offline` looks on this machine alone."""
    from transformers import AutoTokenizer

    source = profile.adapter_name_or_path or profile.weights
    if profile.adapter_name_or_path and not (Path(source) / "tokenizer_config.json").exists():
        source = profile.weights
    revision = profile.model_revision if source == profile.weights else "main"
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            source, padding_side="left", revision=revision, local_files_only=offline, trust_remote_code=False
        )
    except Exception as error:
        raise RequestError(f"cannot load the tokenizer of {source}: {one_line(error)}") from error
    if profile.prompt_format == "chatml" and not tokenizer.chat_template:
        raise RequestError(
            f"the tokenizer of {source} has no chat template; set prompt_format: instruction (or plain) in its profile"
        )
    if profile.prompt_format == "chatml":
        check_chat_template(tokenizer.chat_template, source)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _number(profile: Profile, dtype: str | None, place: torch.device) -> torch.dtype:
    import torch

    name = dtype or profile.dtype
    if name == "auto":
        name = "bfloat16" if place.type == "cuda" else "float32"
    number: torch.dtype = getattr(torch, name)
    return number
