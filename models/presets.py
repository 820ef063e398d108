"""Memory presets: for a size of GPU, the quantisation, batches and lengths that fit a 7B model. No torch here.

A preset is one YAML file in `configs/presets/`. It lies under a config: what the config says itself stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any, Literal

from pydantic import Field

from models.config import Strict, parse_config, parse_yaml
from models.profiles import Profile
from quantum.errors import RequestError, did_you_mean

Stage = Literal["sft", "grpo"]


class Preset(Strict):
    """`sft` and `grpo` have TRL's names: they are defaults of its SFTConfig and GRPOConfig."""

    name: str = Field(description="what --preset calls it")
    memory_gib: int = Field(ge=1, description="of the GPU that it is for")
    load_in_4bit: bool = Field(description="quantise the base of a profile that trains an adapter")
    sft: dict[str, Any] = Field(description="TRL's SFTConfig")
    grpo: dict[str, Any] = Field(description="TRL's GRPOConfig")


def list_presets() -> list[str]:
    """The names that `resolve_preset` knows, from the smallest GPU to the largest."""
    entries = (resources.files("configs") / "presets").iterdir()
    names = [entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml")]
    return sorted(names, key=lambda name: int(name.removesuffix("gb")))


def resolve_preset(name: str) -> Preset:
    """The preset of a name; raises RequestError for an unknown one."""
    if name not in list_presets():
        raise RequestError(f"unknown preset {name!r}{did_you_mean(name, list_presets())}")
    text = (resources.files("configs") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
    source = f"configs/presets/{name}.yaml"
    return parse_config(Preset, {"name": name, **parse_yaml(text, source)}, source)


def under(preset: str | None, stage: Stage, settings: Mapping[str, Any]) -> dict[str, Any]:
    """`settings` of TRL on top of those of the preset."""
    if preset is None:
        return dict(settings)
    chosen = resolve_preset(preset)
    return {**(chosen.sft if stage == "sft" else chosen.grpo), **settings}


def fit_profile(profile: Profile, preset: str | None) -> Profile:
    """`profile` in the preset's quantisation; one that trains all its weights cannot be quantised and stays."""
    if preset is None or not profile.use_peft:
        return profile
    return profile.model_copy(update={"load_in_4bit": resolve_preset(preset).load_in_4bit})
