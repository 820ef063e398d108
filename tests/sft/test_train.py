"""Builds for real, some steps long: the loss falls, the directory says everything, mistakes stop before any work."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from io import StringIO
from pathlib import Path
from random import Random

import pytest
import yaml
from rich.console import Console

from loop.cli import main
from models.loader import load_policy
from models.profiles import resolve_profile
from quantum.errors import RequestError
from sft.corpus.rows import load_rows
from sft.progress import TrainingProgress
from sft.train import StoppedEarly, run_sft
from sft.validation.perplexity import load_held_out, perplexity

RECIPES = Path(__file__).parents[2] / "configs" / "sft"

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


def adapter_build(build: Path, folder: Path, quantised: bool, seed: int = 0, **training: object) -> Path:
    """A LoRA adapter on `build`, trained in `folder` on the same rows."""
    profile = {**yaml.safe_load((build / "profile.yaml").read_text()), "model_name_or_path": str(build)}
    profile |= {"load_in_4bit": quantised, "use_peft": True, "lora_r": 4, "lora_alpha": 8}
    folder.mkdir(exist_ok=True)
    (folder / "tiny.yaml").write_text(yaml.safe_dump(profile))
    config = {**CONFIG, "scratch": None, "profile": str(folder / "tiny.yaml"), "seed": seed, "training": training}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    (folder / "build").mkdir()
    shutil.copy(build / "corpus.jsonl", folder / "build")
    return run_sft(folder / "config.yaml", [], folder / "build")


def test_a_qlora_build_on_a_cpu_keeps_its_base_and_loads_with_its_adapter(build: Path, tmp_path: Path) -> None:
    """NF4 base, LoRA adapter, two steps, all by the profile: what a GPU user runs, on a tiny model."""
    pytest.importorskip("bitsandbytes")
    import torch

    qlora = adapter_build(build, tmp_path, quantised=True, max_steps=2, save_strategy="no")
    record = json.loads((qlora / "build.json").read_text())
    assert 0 < record["trainable_parameters"] < record["parameters"]
    assert list(record["weights"]) == ["adapter_model.safetensors"]
    assert not (qlora / "model.safetensors").exists()
    policy = load_policy(resolve_profile(qlora), "cpu")
    adapter = {name: value for name, value in policy.model.named_parameters() if "lora_B" in name}
    assert any(torch.count_nonzero(value) for value in adapter.values())
    assert {type(module).__name__ for module in policy.model.modules()} >= {"Linear4bit"}


def test_an_adapter_is_the_same_to_the_bit_when_its_seed_is(build: Path, tmp_path: Path) -> None:
    """By the settings of the 7B recipe, packing and dropout included, whatever the process has drawn before."""
    import torch

    recipe = yaml.safe_load((RECIPES / "qwen2.5-coder-7b.yaml").read_text())["training"]
    recipe |= {"max_steps": 3, "max_length": 256, "eval_strategy": "no", "save_strategy": "no", "optim": "adamw_torch"}
    digests = []
    for number, seed in enumerate((5, 5, 6)):
        torch.manual_seed(number)
        made = adapter_build(build, tmp_path / str(number), quantised=False, seed=seed, **recipe)
        digests.append(json.loads((made / "build.json").read_text())["weights"]["adapter_model.safetensors"])
    assert digests[0] == digests[1] != digests[2]


def test_a_stopped_build_goes_on_to_the_same_weights(build: Path, config: Path) -> None:
    folder = config.parent / "stopped"
    folder.mkdir()
    shutil.copy(build / "corpus.jsonl", folder)
    asked = itertools.count(1)
    with pytest.raises(StoppedEarly) as stopped:
        run_sft(config, [], folder, stop=lambda: next(asked) >= 5)
    assert (stopped.value.build, stopped.value.step) == (folder, 5)
    assert (folder / "checkpoint-5").is_dir()
    assert not (folder / "build.json").exists()
    run_sft(config, [], folder, resume=True)
    assert (folder / "model.safetensors").read_bytes() == (build / "model.safetensors").read_bytes()


def test_training_ends_when_the_validation_loss_stops_falling(build: Path, config: Path) -> None:
    folder = config.parent / "early"
    folder.mkdir()
    shutil.copy(build / "corpus.jsonl", folder)
    evaluations = ["training.eval_strategy=steps", "training.eval_steps=2", "training.save_steps=2"]
    still = ["training.learning_rate=0.0", "early_stopping_patience=2"]
    run_sft(config, [*evaluations, *still], folder)
    record = json.loads((folder / "build.json").read_text())
    assert record["steps"] == 6, "best at 2, no better at 4 and 6"
    assert record["best_validation_loss"] == pytest.approx(record["validation_loss"])
    with pytest.raises(RequestError, match="early_stopping_patience needs evaluations"):
        run_sft(config, ["early_stopping_patience=2"], config.parent / "none")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["training.report_to=mlflow"], "unknown tracker training.report_to=mlflow"),
        (["training.deepspeed=zero3.json"], "training.deepspeed cannot be set"),
        (["training.eval_strategy=steps", "corpus.validation_share=0"], "there is no validation row"),
    ],
)
def test_what_trl_would_refuse_late_is_one_line_and_leaves_nothing(
    config: Path, settings: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [part for setting in settings for part in ("--set", setting)]
    with pytest.raises(SystemExit) as leaving:
        main(["sft", str(config), "--to", str(config.parent / "build"), *options])
    assert leaving.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert [path.name for path in config.parent.iterdir()] == ["config.yaml"]


def test_no_is_a_word_where_a_word_is_wanted(config: Path) -> None:
    build = run_sft(config, ["training.save_strategy=no", "training.max_steps=1"], config.parent / "build")
    assert not list(build.glob("checkpoint-*"))
    assert yaml.safe_load((build / "config.yaml").read_text())["training"]["save_strategy"] == "no"


def test_the_newline_that_a_template_writes_after_the_end_token_is_no_part_of_an_answer(build: Path) -> None:
    import torch

    policy = load_policy(resolve_profile(build), "cpu")
    prompt, answer = load_held_out(build)[0]
    ids = policy.tokenizer(policy.prompt_text(prompt) + answer + "<|im_end|>", add_special_tokens=False)["input_ids"]
    length = len(policy.tokenizer(answer + "<|im_end|>", add_special_tokens=False)["input_ids"])
    with torch.no_grad():
        logps = policy.model.eval()(torch.tensor([ids])).logits[0, :-1].log_softmax(-1)
    loss = -logps.gather(1, torch.tensor(ids[1:])[:, None])[-length:].mean()
    assert perplexity(policy, [(prompt, answer)]) == pytest.approx(math.exp(loss), rel=1e-4)


def test_the_held_out_rows_stay_with_the_build_and_tell_its_perplexity(build: Path) -> None:
    record = json.loads((build / "build.json").read_text())
    held_out = load_held_out(build)
    assert len(held_out) == record["validation_rows"] > 0
    policy = load_policy(resolve_profile(build), "cpu")
    found = perplexity(policy, held_out)
    assert found is not None
    assert math.log(found) == pytest.approx(record["validation_loss"], rel=0.02), "TRL's is a mean over batches"
    assert "<svg" in (build / "losses.svg").read_text()


def test_progress_in_a_log_file_is_lines_with_losses_and_the_time_left() -> None:
    text = StringIO()
    with TrainingProgress(Console(file=text, width=40)) as progress:
        progress.step(1, 100)
        progress.log(50, 100, {"loss": 0.25, "grad_norm": 1.0})
        progress.log(50, 100, {"eval_loss": 0.5})
    first, second = text.getvalue().splitlines()
    assert first.startswith("step 50/100  loss 0.2500  left 0:0")
    assert second.startswith("step 50/100  validation 0.5000")


def test_without_a_place_the_command_makes_the_next_version_and_resumes_the_last(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop_at_once(source: Path, overrides: list[str], place: Path, resume: bool, **_: object) -> None:
        place.mkdir(parents=True, exist_ok=True)
        (place / "config.yaml").write_text("seed: 0\n")
        raise StoppedEarly(place, 7)

    monkeypatch.chdir(config.parent)
    monkeypatch.setattr("sft.train.run_sft", stop_at_once)
    for options, place in (([], "config-v1"), ([], "config-v2"), (["--resume"], "config-v2")):
        with pytest.raises(SystemExit) as leaving:
            main(["sft", "config.yaml", *options])
        assert leaving.value.code == 130
        where = f"builds/{place}"
        assert f"sft {where}/config.yaml --to {where} --resume" in capsys.readouterr().err


def test_the_shipped_recipes_are_valid_configs() -> None:
    from models.config import load_config
    from sft.config import SftSettings, sft_arguments

    settings = load_config(SftSettings, RECIPES / "embedded-cpu.yaml", ["training.learning_rate=5e-3"])
    arguments = sft_arguments(settings, Path("unused"), False, "chatml")
    assert (arguments.learning_rate, arguments.max_steps) == (5e-3, settings.training["max_steps"])

    settings = load_config(SftSettings, RECIPES / "qwen2.5-coder-7b.yaml")
    recipe = sft_arguments(settings, Path("unused"), False, "chatml")
    batch = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
    assert (batch, recipe.num_train_epochs, recipe.learning_rate, settings.seed) == (16, 3, 2e-4, 42)
    assert recipe.get_warmup_steps(1000) == 100
    assert recipe.packing
    assert recipe.completion_only_loss
    assert recipe.load_best_model_at_end
    profile = resolve_profile(settings.profile)
    assert (profile.lora_r, profile.lora_alpha, profile.lora_dropout) == (32, 64, 0.05)
    assert len(profile.lora_target_modules) == 7
