"""Model profiles: what has to be known of a policy before its weights are loaded. No torch here.

A profile is one YAML file in `configs/models/`, or a directory with weights: a build of the SFT stage (it carries the
profile that it was trained under in `profile.yaml`), a PEFT adapter, or any transformers model.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from models.config import Strict, parse_config, parse_yaml, read_yaml
from models.prompts import Format, Style
from quantum.errors import RequestError, did_you_mean

PACKAGED: Final = "package:"
"""The prefix of `model_name_or_path` for weights that are part of this distribution: package:models/embedded."""

LINEAR_LAYERS: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Profile(Strict):
    """One policy. The model, quantisation and LoRA fields have TRL's names and meanings."""

    name: str
    model_name_or_path: str
    model_revision: str = "main"
    adapter_name_or_path: str | None = None
    license: str = "unknown"
    prompt_format: Format = "chatml"
    prompt_style: Style = "full"
    context_length: int = Field(default=4096, ge=256)
    max_completion_length: int = Field(default=512, ge=16)
    stop_strings: tuple[str, ...] = ()
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    needs_gpu: bool = False
    load_in_4bit: bool = False
    use_peft: bool = False
    lora_r: int = Field(default=32, ge=1)
    lora_alpha: int = Field(default=64, ge=1)
    lora_dropout: float = Field(default=0.05, ge=0.0, lt=1.0)
    lora_target_modules: tuple[str, ...] = LINEAR_LAYERS

    @property
    def weights(self) -> str:
        """A local directory, or the name of a repository on the Hugging Face hub."""
        if not self.model_name_or_path.startswith(PACKAGED):
            return self.model_name_or_path
        package, _, folder = self.model_name_or_path.removeprefix(PACKAGED).partition("/")
        return str(resources.files(package) / folder)


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
    raise RequestError(f"unknown model {name!r}, and no such directory{did_you_mean(name, list_profiles())}")


def _from_directory(path: Path) -> Profile:
    saved: dict[str, Any] = read_yaml(path / "profile.yaml") if (path / "profile.yaml").exists() else {}
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
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RequestError(f"{path} is damaged: {error}") from error
    if not isinstance(document, dict):
        raise RequestError(f"{path} is damaged: not a JSON object")
    return document
