"""The configuration of a discovery run: pydantic models filled from YAML and `--set a.b=value`.

`grpo:` is passed through to TRL's GRPOConfig with TRL's own names and is checked against it when training starts; every
other key is checked here. The resolved config is written into the run directory and is enough to run it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quantum.errors import RequestError, did_you_mean
from quantum.vqe import VqeSettings
from rewards.sandbox import SandboxSettings
from rewards.settings import RewardSettings


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSection(Section):
    """Which policy writes the ansaetze."""

    profile: str = Field("embedded", description="a profile of configs/models/, or the path of a model directory")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto takes the GPU when there is one")


class MemorySection(Section):
    """What the prompts show of earlier circuits."""

    share: float = Field(0.5, ge=0, le=1, description="share of prompts with CONTEXT; the rest show no memory")
    inspirations: int = Field(1, ge=1, le=2, description="circuits shown in one prompt, sorted worst to best")
    top_k: int = Field(8, ge=1, description="the pool that a greedy draw takes from")
    epsilon: float = Field(0.2, ge=0, le=1, description="share of draws from the whole archive instead of the pool")


class RunSection(Section):
    """How long, how often it is saved, and with which seed."""

    steps: int = Field(40, ge=1, description="GRPO steps")
    seed: int = Field(0, ge=0, description="every random stream of the run is derived from it")
    workers: int | None = Field(None, ge=0, description="reward processes; by default one a core")
    top: int = Field(3, ge=1, description="circuits kept in best/")
    confirm_restarts: int = Field(32, ge=1, description="fresh VQE starts before a circuit is called best")


class RunConfig(Section):
    """Everything a run depends on."""

    problem: str | dict[str, Any] | None = Field(None, description="what PROBLEM says, or a whole problem document")
    sizes: tuple[int, ...] | None = Field(None, description="numbers of qubits scored together")
    model: ModelSection = ModelSection()
    grpo: dict[str, Any] = Field(default_factory=dict, description="TRL's GRPOConfig, names verbatim")
    memory: MemorySection = MemorySection()
    reward: RewardSettings = RewardSettings()
    vqe: VqeSettings = VqeSettings()
    sandbox: SandboxSettings = SandboxSettings()
    run: RunSection = RunSection()


def load_config(path: Path | None, overrides: Iterable[str] = ()) -> RunConfig:
    """The config of `path` (the shipped default without one) with `key.path=value` overrides; raises RequestError."""
    source = path or default_config_path()
    document = read_yaml(source)
    for override in overrides:
        apply_override(document, override)
    return parse_config(document, str(source))


def default_config_path() -> Path:
    return Path(__file__).resolve().parent.parent / "configs" / "discover.yaml"


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; raises RequestError when it is missing, unreadable, or no mapping."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        near = did_you_mean(path.name, [p.name for p in path.parent.glob("*.y*ml")]) if path.parent.is_dir() else ""
        raise RequestError(f"no config file {path}{near}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"cannot read {path}: {error}") from None
    except yaml.YAMLError as error:
        raise RequestError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict):
        raise RequestError(f"{path} must hold a mapping of sections, e.g. `run: {{steps: 40}}`")
    return document


def apply_override(document: dict[str, Any], override: str) -> None:
    """Put `a.b=value` (value read as YAML) into the nested mapping."""
    key, equals, value = override.partition("=")
    if not equals or not key.strip("."):
        raise RequestError(f"--set {override!r} is not KEY=VALUE, e.g. --set run.steps=40")
    parts = key.strip().split(".")
    section = document
    for part in parts[:-1]:
        nested = section.setdefault(part, {})
        if not isinstance(nested, dict):
            raise RequestError(f"--set {key}: {part!r} holds a value, not keys")
        section = nested
    try:
        section[parts[-1]] = parse_scalar(value)
    except yaml.YAMLError:
        raise RequestError(f"--set {key}: cannot read the value {value!r}") from None


def parse_scalar(text: str) -> Any:
    """A YAML value; numbers such as 3e-4, which YAML 1.1 reads as text, become floats."""
    value = yaml.safe_load(text)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def parse_config(document: Mapping[str, Any], source: str) -> RunConfig:
    """Validate a mapping; a RequestError names the first key that is wrong, where, and the nearest right one."""
    try:
        return RunConfig.model_validate(document)
    except ValidationError as error:
        raise RequestError(_first_problem(error, source)) from None


def _first_problem(error: ValidationError, source: str) -> str:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    key = ".".join(path)
    if first["type"] == "extra_forbidden":
        return f"{source}: unknown key {key!r}{did_you_mean(path[-1], _keys_at(path[:-1]))}"
    return f"{source}: {key}: {first['msg'].lower()} (it is {first['input']!r})"


def _keys_at(path: list[str]) -> list[str]:
    section: type[BaseModel] = RunConfig
    for part in path:
        annotation = section.model_fields[part].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            section = annotation
    return list(section.model_fields)


def dump_config(config: RunConfig) -> str:
    """YAML of the resolved config."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
