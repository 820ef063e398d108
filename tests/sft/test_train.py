"""A build for real, five steps long: the loss falls, the directory says everything, mistakes stop before any work."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from random import Random

import pytest
import yaml

from models.loader import load_policy
from models.profiles import resolve_profile
from quantum.errors import RequestError
from sft.corpus.rows import load_rows
from sft.train import run_sft

CONFIG = {
    "profile": "embedded",
    "scratch": {"num_hidden_layers": 1, "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2},
    "corpus": {"functions": 20, "lineages": 1, "sizes": [2, 3, 4], "measured_sizes": [3], "validation_share": 0.1},
    "workers": 1,
    "device": "cpu",
    "torch_threads": 1,
    "training": {
        "max_steps": 16,
        "train_sampling_strategy": "group_by_length",
        "per_device_train_batch_size": 4,
        "learning_rate": 2e-2,
        "logging_steps": 1,
        "save_steps": 13,
        "disable_tqdm": True,
    },
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(CONFIG))
    return path


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sft")
    (folder / "config.yaml").write_text(yaml.safe_dump(CONFIG))
    return run_sft(folder / "config.yaml", [], folder / "build")


def test_the_loss_falls_in_a_few_steps(build: Path) -> None:
    losses = [json.loads(line) for line in (build / "losses.jsonl").read_text().splitlines()]
    steps = [entry["loss"] for entry in losses if "loss" in entry]
    assert len(steps) == 16
    assert float(steps[-1]) < float(steps[0]) - 0.5


def test_a_build_says_what_it_is_and_loads_as_a_policy(build: Path) -> None:
    record = json.loads((build / "build.json").read_text())
    rows = load_rows(build / "corpus.jsonl")
    assert record["steps"] == 16
    assert record["train_rows"] + record["validation_rows"] == len(rows)
    assert {"config_sha256", "corpus_sha256", "seconds", "versions", "validation_loss"} <= set(record)
    profile = resolve_profile(build)
    assert profile.prompt_style == "compact"
    policy = load_policy(profile, "cpu")
    assert sum(p.numel() for p in policy.model.parameters()) == record["parameters"]
    assert len(policy.generate([rows[0].prompt], seed=0, max_new_tokens=5)) == 1


def test_the_same_config_gives_the_same_weights_and_a_resumed_build_too(build: Path, config: Path) -> None:
    def weights(folder: Path) -> bytes:
        return (folder / "model.safetensors").read_bytes()

    again = run_sft(config, [], config.parent / "again")
    assert weights(again) == weights(build)
    (again / "build.json").unlink()
    (again / "model.safetensors").unlink()
    shutil.rmtree(again / "checkpoint-16")
    assert len(load_rows(again / "corpus.jsonl")) < 4 * 13, "checkpoint-13 must lie past the first epoch"
    resumed = run_sft(config, [], again, resume=True)
    assert weights(resumed) == weights(build)


def test_batches_are_of_like_length_in_random_order_and_miss_no_row() -> None:
    from sft.sampler import LengthBucketSampler

    lengths = [Random(k).randint(1, 300) for k in range(1003)]
    sampler = LengthBucketSampler(lengths, 8, seed=0)
    order = list(sampler)
    assert sorted(order) == list(range(1003))
    batches = [[lengths[index] for index in order[start : start + 8]] for start in range(0, 1000, 8)]
    assert sum(max(batch) - min(batch) for batch in batches) / len(batches) < 20
    means = [sum(batch) / 8 for batch in batches]
    rises = sum(a < b for a, b in itertools.pairwise(means))
    assert 0.35 < rises / (len(means) - 1) < 0.65
    assert list(sampler) == order
    sampler.set_epoch(1)
    assert list(sampler) != order


def test_an_occupied_directory_is_refused(build: Path, config: Path) -> None:
    with pytest.raises(RequestError, match="already holds a finished build"):
        run_sft(config, [], build)


def test_a_directory_begun_with_another_config_or_nothing_to_resume_is_refused(config: Path, tmp_path: Path) -> None:
    (tmp_path / "begun").mkdir()
    with pytest.raises(RequestError, match="holds no checkpoint to resume from"):
        run_sft(config, [], tmp_path / "begun", resume=True)
    (tmp_path / "begun" / "config.yaml").write_text("seed: 5\n")
    with pytest.raises(RequestError, match="was begun with another config"):
        run_sft(config, [], tmp_path / "begun")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("training.learnin_rate=1", r"unknown key 'training\.learnin_rate'.*did you mean 'learning_rate'"),
        ("training.output_dir=x", r"training\.output_dir is set by QuantumMind; use --to"),
        ("corpus.function=3", r"config\.yaml: unknown key 'corpus\.function'.*did you mean 'functions'"),
        ("scratch.hidden=3", r"unknown key 'scratch\.hidden'.*did you mean 'hidden_size'"),
        ("profile=embeded", r"unknown model 'embeded'.*did you mean 'embedded'"),
        ("corpus.functions=0", r"config\.yaml: corpus\.functions"),
        ("seed", r"write it as key\.key=value"),
    ],
)
def test_a_wrong_setting_is_one_line_and_leaves_nothing_behind(config: Path, override: str, message: str) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        run_sft(config, [override], config.parent / "build")
    assert "\n" not in str(caught.value)
    assert not (config.parent / "build").exists()


def test_a_qlora_build_on_a_cpu_keeps_its_base_and_loads_with_its_adapter(build: Path, tmp_path: Path) -> None:
    """NF4 base, LoRA adapter, two steps, all by the profile: what a GPU user runs, on a tiny model."""
    pytest.importorskip("bitsandbytes")
    import torch

    profile = {**yaml.safe_load((build / "profile.yaml").read_text()), "model_name_or_path": str(build)}
    profile |= {"load_in_4bit": True, "use_peft": True, "lora_r": 4, "lora_alpha": 8}
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(profile))
    training = {**CONFIG["training"], "max_steps": 2, "save_steps": 2}  # type: ignore[dict-item]
    config = {**CONFIG, "scratch": None, "profile": str(tmp_path / "tiny.yaml"), "training": training}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "build").mkdir()
    shutil.copy(build / "corpus.jsonl", tmp_path / "build")

    qlora = run_sft(tmp_path / "config.yaml", [], tmp_path / "build")
    record = json.loads((qlora / "build.json").read_text())
    assert 0 < record["trainable_parameters"] < record["parameters"]
    assert not (qlora / "model.safetensors").exists()
    policy = load_policy(resolve_profile(qlora), "cpu")
    adapter = {name: value for name, value in policy.model.named_parameters() if "lora_B" in name}
    assert any(torch.count_nonzero(value) for value in adapter.values())
    assert {type(module).__name__ for module in policy.model.modules()} >= {"Linear4bit"}


def test_the_shipped_recipe_is_a_valid_config() -> None:
    from models.config import load_config
    from sft.config import SftSettings, sft_arguments

    recipe = Path(__file__).parents[2] / "configs" / "sft" / "embedded-cpu.yaml"
    settings = load_config(SftSettings, recipe, ["training.learning_rate=5e-3"])
    arguments = sft_arguments(settings, Path("unused"), cuda=False)
    assert (arguments.learning_rate, arguments.max_steps) == (5e-3, settings.training["max_steps"])
