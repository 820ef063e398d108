"""Model profiles: what has to be known of a policy before its weights are loaded. No torch here.

A profile is one YAML file in `configs/models/`, or a directory with weights: a build of the SFT stage (it carries the
profile that it was trained under in `profile.yaml`), a PEFT adapter, or any transformers model.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, field_validator

from models.config import Strict, parse_config, parse_yaml, read_yaml
from models.prompts import Format, Style
from models.shape import ModelShape, read_shape
from quantum import yaml12
from quantum.errors import RequestError, did_you_mean
from quantum.reading import read_json

PROFILE_FILE: Final = "profile.yaml"

PACKAGED: Final = "package:"
"""The prefix of `model_name_or_path` for weights that are part of this distribution: package:models/embedded."""

ROOMS: Final = ("configs", "models", "sft")
"""The packages of ours that hold such files. Another name would import whatever is installed under it."""

LoadedBackend = Literal["transformers", "unsloth"]
Backend = Literal["auto", "transformers", "unsloth"]

BUILDS: Final = Path("builds")
"""Where the SFT stage keeps its builds: each of them can be named as a model."""

LINEAR_LAYERS: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Profile(Strict):
    """One policy. The model, quantisation and LoRA fields have TRL's names and meanings."""

    name: str = Field(description="what messages call it")
    model_name_or_path: str = Field(description="a local directory, a repository of the hub, or package:FOLDER")
    model_revision: str = Field("main", description="branch, tag or commit of the repository")
    adapter_name_or_path: str | None = Field(None, description="a PEFT adapter on top, as a local directory")
    license: str = Field("unknown", description="of the weights")
    prompt_format: Format = Field("chatml", description="chatml is the tokenizer's own chat template")
    prompt_style: Style = Field("full", description="compact is for the embedded model")
    context_length: int = Field(4096, ge=256, description="tokens of prompt and answer that the model was made for")
    max_completion_length: int = Field(512, ge=16, description="tokens of an answer")
    stop_strings: tuple[str, ...] = Field((), description="an answer ends before any of them")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field("auto", description="of the weights")
    needs_gpu: bool = Field(False, description="refuse to run on a CPU")
    backend: Backend = Field("auto", description="auto takes unsloth for LoRA on a GPU where it is installed")
    shape: ModelShape | None = Field(None, description="sizes, for the memory estimate; else those of config.json")
    load_in_4bit: bool = Field(False, description="NF4 with double quantisation, by bitsandbytes")
    use_peft: bool = Field(False, description="train a LoRA adapter; false trains all weights")
    lora_r: int = Field(32, ge=1, description="rank of the adapter")
    lora_alpha: int = Field(64, ge=1, description="the adapter counts alpha / r")
    lora_dropout: float = Field(0.05, ge=0.0, lt=1.0, description="on the adapter's inputs")
    lora_target_modules: tuple[str, ...] = Field(LINEAR_LAYERS, description="the modules that are adapted")

    @field_validator("model_name_or_path")
    @classmethod
    def _is_ours(cls, value: str) -> str:
        if value.startswith(PACKAGED):
            packaged_path(value)
        return value

    @property
    def weights(self) -> str:
        """A local directory, or the name of a repository on the Hugging Face hub."""
        if not self.model_name_or_path.startswith(PACKAGED):
            return self.model_name_or_path
        return str(packaged_path(self.model_name_or_path))

    def known_shape(self) -> ModelShape | None:
        """The sizes that the profile states or that stand beside local weights; None when neither is there."""
        return self.shape or read_shape(Path(self.weights))


def packaged_path(text: str) -> Path:
    """What `package:FOLDER` stands for; raises RequestError for a folder that is not part of this distribution."""
    room, *inside = text.removeprefix(PACKAGED).split("/")
    if room not in ROOMS or ".." in inside:
        raise RequestError(f"{text}: no part of QuantumMind; {PACKAGED} stands before a folder of {', '.join(ROOMS)}")
    return Path(str(resources.files(room))).joinpath(*inside)


def list_profiles() -> list[str]:
    """The names that `resolve_profile` knows, in alphabetical order."""
    entries = (resources.files("configs") / "models").iterdir()
    return sorted(entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml"))


def resolve_profile(name_or_path: str | Path) -> Profile:
    """The profile of a name in `configs/models/`, of a profile YAML, or of a directory with weights."""
    name = str(name_or_path)
    if name in list_profiles():
        text = (resources.files("configs") / "models" / f"{name}.yaml").read_text(encoding="utf-8")
        source = f"configs/models/{name}.yaml"
        return parse_config(Profile, {"name": name, **parse_yaml(text, source)}, source)
    path = Path(name)
    if path.is_dir():
        return _from_directory(path)
    if path.suffix in (".yaml", ".yml"):
        return parse_config(Profile, {"name": path.stem, **read_yaml(path)}, name)
    if (BUILDS / name).is_dir():
        return _from_directory(BUILDS / name)
    raise RequestError(f"unknown model {name!r}, and no such directory{did_you_mean(name, list_profiles())}")


def save_profile(profile: Profile, folder: Path) -> None:
    """Write how a policy is asked, for `resolve_profile` to find beside its weights or its checkpoints."""
    document = profile.model_dump(mode="json", exclude={"name", "adapter_name_or_path"})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROFILE_FILE).write_text(yaml12.dump(document), encoding="utf-8")


def _from_directory(path: Path) -> Profile:
    beside = path.parent if path.name.startswith("checkpoint-") and not (path / PROFILE_FILE).exists() else path
    saved: dict[str, Any] = read_yaml(beside / PROFILE_FILE) if (beside / PROFILE_FILE).exists() else {}
    saved = {"prompt_format": "chatml" if _has_chat_template(path) else "instruction", **saved, "name": path.name}
    if (path / "adapter_config.json").exists():
        adapter = _read_json(path / "adapter_config.json")
        base = {"model_name_or_path": adapter.get("base_model_name_or_path"), **saved}
        return parse_config(Profile, {**base, "use_peft": True, "adapter_name_or_path": str(path)}, str(path))
    if (path / "config.json").exists():
        return parse_config(
            Profile, {**saved, "model_name_or_path": str(path), "adapter_name_or_path": None}, str(path)
        )
    raise RequestError(f"{path} holds no model: neither config.json nor adapter_config.json is in it")


def _has_chat_template(path: Path) -> bool:
    if (path / "chat_template.jinja").exists():
        return True
    config = path / "tokenizer_config.json"
    return config.exists() and "chat_template" in _read_json(config)


def _read_json(path: Path) -> dict[str, Any]:
    document = read_json(path)
    if not isinstance(document, dict):
        raise RequestError(f"{path} is damaged: not a JSON object")
    return document
