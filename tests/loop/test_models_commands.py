"""The commands about models: doctor --model, merge, presets; what is wrong with a model ends in one line and code 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loop.cli import main
from loop.doctor_model import examine_model
from models.adapters import attach_adapter
from models.loader import load_policy
from models.presets import list_presets
from quantum.errors import RequestError
from tests.models.tiny import save_tiny, tiny_profile


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merge")
    policy = load_policy(tiny_profile(save_tiny(folder / "base")), "cpu")
    attach_adapter(policy, seed=0)
    policy.model.save_pretrained(folder / "adapter")
    policy.tokenizer.save_pretrained(folder / "adapter")
    return folder / "adapter"


def test_doctor_estimates_every_preset_and_says_where_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("models.machine.free_memory", lambda place: 16 * 2**30)
    found = examine_model("qwen2.5-coder-7b", None)
    assert (found["license"], found["trained_parameters"], found["free_gib"]) == ("Apache-2.0", 80_740_352, 15.5)
    rows = {row["preset"]: row for row in found["presets"]}
    assert list(rows) == list_presets()
    assert (rows["24gb"]["weights"], rows["24gb"]["load_gib"]) == ("NF4", 5.2)
    assert rows["16gb"]["fits"] == {"load": True, "sft": True, "grpo": True}
    assert rows["80gb"]["fits"] == {"load": True, "sft": False, "grpo": False}
    json.dumps(found)


def test_without_a_gpu_a_gpu_profile_fits_nowhere_and_the_embedded_model_does() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    assert not any(examine_model("qwen2.5-coder-7b", "12gb")["presets"][0]["fits"].values())
    assert all(examine_model("embedded", "12gb")["presets"][0]["fits"].values())


def test_a_model_of_unknown_sizes_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(RequestError, match="its sizes are not known; put a section `shape` into its profile"):
        examine_model(str(tmp_path), None)


def test_merge_writes_a_model_that_loads_plainly(
    adapter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from transformers import AutoModelForCausalLM

    assert run("merge", adapter, "--to", tmp_path / "merged") == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "merged")
    AutoModelForCausalLM.from_pretrained(tmp_path / "merged")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("doctor", "--preset", "24gb"), "--preset goes with --model"),
        (("doctor", "--model", "embeded"), "did you mean 'embedded'"),
        (("discover", "tfim", "--preset", "20gb"), "unknown preset '20gb'"),
        (("discover", "tfim", "--set", "model.profile=qwen2.5-coder-7b"), "needs a GPU"),
        (("discover", "tfim", "--set", "model.backend=unslot"), "model.backend"),
        (("merge", "embedded", "--to", "merged"), "has no adapter to merge"),
        (("sft", "sft.yaml", "--preset", "20gb"), "unknown preset '20gb'"),
        (("sft", "sft.yaml", "--set", "profile=phi-4"), "needs a GPU"),
        (("sft", "sft.yaml", "--set", "profile=cut"), "model.safetensors is damaged"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing_behind(
    arguments: tuple[str, ...],
    said: str,
    adapter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sft.yaml").write_text("device: cpu\n")
    (tmp_path / "cut").mkdir()
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "cut" / name).write_bytes((adapter.parent / "base" / name).read_bytes()[:900])
    before = set(tmp_path.rglob("*"))
    assert run(*arguments, *(("--qubits", "3") if arguments[0] == "discover" else ())) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert set(tmp_path.rglob("*")) == before
