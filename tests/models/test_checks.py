"""Bad input, each found before anything long starts and said in one line."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest
import torch

from models import checks
from models.adapters import attach_adapter
from models.loader import load_policy, plan_policy
from models.profiles import Profile, resolve_profile
from quantum.errors import RequestError
from tests.models.tiny import save_tiny, tiny_profile


@pytest.fixture(scope="module")
def adapter(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    policy = load_policy(tiny_profile(tiny), "cpu")
    attach_adapter(policy, seed=0)
    policy.model.save_pretrained(folder)
    policy.tokenizer.save_pretrained(folder)
    return folder


def refused(profile: Profile, said: str) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        plan_policy(profile, "cpu")
    assert "\n" not in str(caught.value)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def test_sound_input_is_planned_and_loads(tiny: Path, adapter: Path) -> None:
    profile = resolve_profile(adapter)
    assert profile.weights == str(tiny)
    assert plan_policy(profile, "cpu").offline
    assert any("lora_A" in name for name, _ in load_policy(profile, "cpu").model.named_parameters())


def test_weights_that_are_cut_off(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "cut")
    cut(folder / "model.safetensors")
    refused(tiny_profile(folder), r"cannot load .*cut: model\.safetensors is damaged: it has \d+ bytes and should have")
    (folder / "model.safetensors").write_bytes(b"")
    refused(tiny_profile(folder), "damaged: it has only 0 bytes")


def test_a_shard_that_is_missing(tiny: Path, tmp_path: Path) -> None:
    index = {"weight_map": {"lm_head.weight": "model-00002-of-00002.safetensors"}}
    shutil.copy(tiny / "config.json", tmp_path)
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    refused(tiny_profile(tmp_path), "model-00002-of-00002.safetensors is missing")


def test_an_adapter_that_is_cut_off(tiny: Path, adapter: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(adapter, tmp_path / "cut")
    cut(folder / "adapter_model.safetensors")
    refused(resolve_profile(folder), r"adapter .*cut: adapter_model\.safetensors is damaged")


def test_an_adapter_of_another_base_by_name(adapter: Path, tmp_path: Path) -> None:
    other = save_tiny(tmp_path / "other")
    profile = tiny_profile(other, adapter_name_or_path=str(adapter))
    refused(profile, r"was trained on .*base, and the profile's base is .*other; set model_name_or_path to")


def test_an_adapter_of_another_base_by_shape(adapter: Path, tmp_path: Path) -> None:
    wider = save_tiny(tmp_path / "base", hidden_size=32)
    refused(
        tiny_profile(wider, adapter_name_or_path=str(adapter)), r"does not fit .*: \w+_proj of layer 0 has another size"
    )


def test_too_little_memory_names_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    code_model = resolve_profile("qwen2.5-coder-7b").model_copy(update={"needs_gpu": False, "load_in_4bit": False})
    monkeypatch.setattr(checks, "free_memory", lambda place: 8 * 2**30)
    refused(
        code_model, r"'qwen2\.5-coder-7b' needs 14\.2 GiB to load and the machine has 8\.0 GiB free; use load_in_4bit"
    )
    monkeypatch.setattr(checks, "free_memory", lambda place: 4 * 2**30)
    refused(code_model, r"4\.0 GiB free; use the profile 'embedded'")


def test_the_limit_of_a_container_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from models import machine

    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    assert machine.free_memory(torch.device("cpu")) == 2_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.free_memory(torch.device("cpu")) > 2_000_000


def test_a_hub_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(checks, "HUB_SECONDS", 0.5)
        refused(Profile(name="x", model_name_or_path="org/model"), "not on this machine and the hub gave none")


def test_weights_in_the_cache_of_the_hub_need_no_network(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    revision = "0" * 40
    cached = tmp_path / "models--org--model"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(revision)
    shutil.copytree(tiny, cached / "snapshots" / revision)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    profile = tiny_profile(tiny).model_copy(update={"model_name_or_path": "org/model"})
    assert plan_policy(profile, "cpu").offline
    cut(cached / "snapshots" / revision / "model.safetensors")
    refused(profile, "not on this machine")


def test_chat_messages_need_a_chat_template(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "bare")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(RequestError, match="has no chat template; set prompt_format: instruction"):
        load_policy(tiny_profile(folder, prompt_format="chatml"), "cpu")
    assert load_policy(tiny_profile(folder, prompt_format="instruction"), "cpu").tokenizer.pad_token


def test_a_checkpoint_that_is_cut_off_is_no_place_to_resume_from(adapter: Path, tmp_path: Path) -> None:
    for step in (2, 10):
        shutil.copytree(adapter, tmp_path / f"checkpoint-{step}")
    checks.check_checkpoint(tmp_path)
    cut(tmp_path / "checkpoint-10" / "adapter_model.safetensors")
    with pytest.raises(
        RequestError, match=r"checkpoint-10: adapter_model\.safetensors is damaged.*; delete it to resume"
    ):
        checks.check_checkpoint(tmp_path)
