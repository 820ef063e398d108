"""The estimate against measured peaks and published sizes; the presets against the cards they are named after."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from models.adapters import attach_adapter
from models.loader import load_policy
from models.memory_estimate import CONTEXT, GIB, Pass, estimate_training, load_bytes, lora_parameters
from models.needs import needs
from models.presets import fit_profile, list_presets, resolve_preset, under
from models.profiles import Profile, list_profiles, resolve_profile
from models.shape import ModelShape
from quantum.errors import RequestError
from tests.models.tiny import tiny_profile

PUBLISHED = {
    "qwen2.5-coder-7b": 7_615_616_512,
    "qwen2.5-coder-1.5b": 1_543_714_304,
    "qwen2.5-1.5b": 1_543_714_304,
    "deepseek-coder-6.7b": 6_740_512_768,
    "codellama-7b": 6_738_546_688,
    "llama-3.1-8b": 8_030_261_248,
    "phi-4": 14_659_507_200,
    "phi-2": 2_779_683_840,
}
"""Parameters, as the weights on the hub have them."""

TOLERANCE = 0.10

NF4 = resolve_profile("qwen2.5-coder-7b")
BF16 = NF4.model_copy(update={"load_in_4bit": False})


def shape_of(profile: Profile) -> ModelShape:
    shape = profile.known_shape()
    assert shape is not None
    return shape


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_the_sizes_in_a_profile_make_the_published_number_of_parameters(name: str) -> None:
    assert shape_of(resolve_profile(name)).parameters == pytest.approx(PUBLISHED[name], rel=1e-3)


def test_every_shipped_profile_has_sizes_and_adapts_modules_that_exist() -> None:
    assert set(PUBLISHED) | {"embedded"} == set(list_profiles())
    for profile in map(resolve_profile, list_profiles()):
        assert set(profile.lora_target_modules) <= set(shape_of(profile).layer_matrices)


def test_parameters_and_lora_are_counted_as_the_libraries_count_them(tiny: Path) -> None:
    """Of a real model, whose sizes come from its config.json; norms and biases are what is left out."""
    policy = load_policy(tiny_profile(tiny, lora_r=3), "cpu")
    shape = shape_of(policy.profile)
    small = sum(p.numel() for name, p in policy.model.named_parameters() if "norm" in name or "bias" in name)
    assert shape.parameters + small == policy.model.num_parameters()
    attach_adapter(policy, seed=0)
    trained = sum(p.numel() for p in policy.model.parameters() if p.requires_grad)
    assert lora_parameters(policy.profile, shape) == trained


@pytest.mark.parametrize(
    ("measured", "estimate"),
    [
        (5.2, load_bytes(NF4, shape_of(NF4))),
        (7.9, estimate_training(NF4, shape_of(NF4), Pass(2, 2048, 2048, eight_bit_optimizer=True)).total),
        (7.1, estimate_training(NF4, shape_of(NF4), Pass(8, 320, 256, logits="fused", eight_bit_optimizer=True)).total),
        (44, estimate_training(BF16, shape_of(BF16), Pass(8, 320, 320, False, "full")).total),
        (120, estimate_training(BF16, shape_of(BF16), Pass(32, 320, 320, False, "full")).total),
    ],
    ids=["load NF4", "SFT 2 x 2048", "GRPO 8 x 320", "bf16 8 x 320, no checkpointing", "bf16 32 x 320"],
)
def test_peaks_measured_on_an_h200_are_met(measured: float, estimate: float) -> None:
    """torch's peaks with a 7B model, LoRA of rank 32 on all linear layers; the GRPO loss was TRL 1.15's fused one."""
    assert estimate / GIB == pytest.approx(measured, rel=TOLERANCE)


@pytest.mark.parametrize("name", list_presets())
def test_a_preset_fits_its_card_with_the_default_code_model(name: str) -> None:
    card = resolve_preset(name).memory_gib * 1e9  # a card of 24 GB has somewhat less than 24 GiB
    for stage, peak in needs(NF4, shape_of(NF4), name).items():
        assert peak.total + CONTEXT < card, stage


@pytest.mark.parametrize("name", list_presets())
def test_a_preset_is_what_trl_takes_and_the_config_outranks_it(name: str) -> None:
    from trl import GRPOConfig, SFTConfig

    preset = resolve_preset(name)
    for settings, kind in ((preset.sft, SFTConfig), (preset.grpo, GRPOConfig)):
        assert set(settings) <= {field.name for field in dataclasses.fields(kind)}
    GRPOConfig(**preset.grpo, output_dir="unused", use_cpu=True, bf16=False)
    own = under(name, "sft", {"max_length": 7, "learning_rate": 1.0})
    assert (own["max_length"], own["learning_rate"]) == (7, 1.0)
    assert own["gradient_accumulation_steps"] == preset.sft["gradient_accumulation_steps"]


def test_a_preset_chooses_the_quantisation_of_what_has_an_adapter() -> None:
    assert not fit_profile(NF4, "80gb").load_in_4bit
    assert fit_profile(BF16, "12gb").load_in_4bit
    assert fit_profile(NF4, None) == NF4
    embedded = resolve_profile("embedded")
    assert fit_profile(embedded, "12gb") == embedded


def test_an_unknown_preset_gets_the_nearest_right_one() -> None:
    with pytest.raises(RequestError, match=r"unknown preset '24g'; did you mean '24gb'"):
        resolve_preset("24g")


def test_a_stage_that_may_not_fit_is_said_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    from models import needs as module

    preset = resolve_preset("24gb")
    monkeypatch.setattr(module, "free_memory", lambda place: 11 * GIB)
    module.warn_of_memory(NF4, torch.device("cpu"), "sft", preset.sft)
    assert capsys.readouterr().err == ""
    module.warn_of_memory(NF4, torch.device("cpu"), "grpo", preset.grpo)
    assert "grpo with 'qwen2.5-coder-7b' is estimated at 15.8 GiB and 11.0 GiB are free" in capsys.readouterr().err


@pytest.mark.parametrize("name", list_presets())
def test_the_config_for_code_models_runs_with_every_preset(name: str, tmp_path: Path) -> None:
    from grpo.train import build_grpo_config
    from loop.config import load_run_config

    path = Path(__file__).parents[2] / "configs" / "discover-code-model.yaml"
    config = load_run_config(path, [f"preset={name}"])
    grpo = build_grpo_config(under(config.preset, "grpo", config.grpo), tmp_path, 1, 0, cuda=False)
    assert grpo.max_completion_length == resolve_preset(name).grpo["max_completion_length"]
    assert grpo.generation_batch_size % grpo.num_generations == 0


ARCHITECTURES = {
    **dict.fromkeys(("qwen2.5-coder-7b", "qwen2.5-coder-1.5b", "qwen2.5-1.5b"), "qwen2"),
    **dict.fromkeys(("deepseek-coder-6.7b", "codellama-7b", "llama-3.1-8b"), "llama"),
    "phi-4": "phi3",
    "phi-2": "phi",
}


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_lora_targets_and_their_sizes_are_those_of_the_architecture(name: str) -> None:
    """One layer of it as transformers builds it, without memory."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    profile = resolve_profile(name)
    shape = shape_of(profile)
    sizes = shape.model_dump(exclude={"gated_mlp", "head_dim", "num_hidden_layers"})
    config = AutoConfig.for_model(ARCHITECTURES[name], **sizes, num_hidden_layers=1, pad_token_id=0)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    linear = {path.rpartition(".")[2]: module for path, module in model.named_modules() if ".layers." in path}
    for target in profile.lora_target_modules:
        module = linear[target]
        assert shape.layer_matrices[target] == (module.in_features, module.out_features), target
    adapted = set(profile.lora_target_modules)
    assert adapted == {leaf for leaf, module in linear.items() if hasattr(module, "in_features")}
