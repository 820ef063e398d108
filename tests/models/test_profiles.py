"""Profiles: all of them resolve, a directory with weights is one, and every mistake is one clear line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from models.config import parse_config
from models.loader import load_policy
from models.profiles import Profile, list_profiles, resolve_profile, save_profile
from quantum.errors import RequestError


@pytest.mark.parametrize("name", list_profiles())
def test_every_shipped_profile_resolves(name: str) -> None:
    profile = resolve_profile(name)
    assert profile.name == name
    assert profile.license != "unknown"
    assert parse_config(Profile, yaml.safe_load(yaml.safe_dump(profile.model_dump(mode="json"))), "again") == profile


def test_the_list_holds_the_two_defaults() -> None:
    assert {"embedded", "qwen2.5-coder-7b"} <= set(list_profiles())
    assert Path(resolve_profile("embedded").weights, "model.safetensors").exists()


def test_an_unknown_name_gets_the_nearest_right_one() -> None:
    with pytest.raises(RequestError, match=r"unknown model 'embeded'.*did you mean 'embedded'"):
        resolve_profile("embeded")


def test_an_unknown_key_is_named_with_its_file_and_the_nearest_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("model_name_or_path: x\nlora_rank: 8\n")
    with pytest.raises(RequestError, match=r"mine\.yaml: unknown key 'lora_rank'.*did you mean 'lora_r"):
        resolve_profile(path)


def test_a_wrong_value_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("model_name_or_path: x\nlora_dropout: 3\n")
    with pytest.raises(RequestError, match=r"mine\.yaml: lora_dropout"):
        resolve_profile(path)


def test_an_adapter_directory_brings_its_base(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "org/base"}))
    profile = resolve_profile(tmp_path)
    assert (profile.model_name_or_path, profile.adapter_name_or_path) == ("org/base", str(tmp_path))
    assert profile.use_peft


def test_a_directory_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="holds no model"):
        resolve_profile(tmp_path)


def test_missing_weights_without_a_network_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(RequestError, match="not on this machine") as caught:
        load_policy(Profile(name="x", model_name_or_path="no-such-org/no-such-model"), "cpu")
    assert "\n" not in str(caught.value)


def test_a_gpu_profile_on_a_cpu_is_refused_before_anything_is_looked_for() -> None:
    with pytest.raises(RequestError, match="needs a GPU; on a CPU use the profile 'embedded'"):
        load_policy(resolve_profile("qwen2.5-coder-7b"), "cpu")


def test_a_damaged_model_directory_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "qwen2"')
    with pytest.raises(RequestError, match="cannot load"):
        load_policy(resolve_profile(tmp_path), "cpu")


def test_profiles_and_prompts_need_no_training_package() -> None:
    code = (
        "import sys, models.prompts, models.profiles as p; p.resolve_profile('embedded'); print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_checkpoint_is_asked_as_its_run_was(tmp_path: Path) -> None:
    profile = Profile(name="x", model_name_or_path="org/base", prompt_style="compact", use_peft=True, load_in_4bit=True)
    save_profile(profile, tmp_path)
    folder = tmp_path / "checkpoint-3"
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "org/base"}))
    changes = {"name": "checkpoint-3", "adapter_name_or_path": str(folder)}
    assert resolve_profile(folder) == profile.model_copy(update=changes)
