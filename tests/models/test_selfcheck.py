"""The start-up self-check holds on a sound adapter, leaves no trace, and says in one line what is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.adapters import attach_adapter
from models.loader import load_policy
from models.policy import Policy
from models.selfcheck import check_trainable
from quantum.errors import RequestError
from tests.models.tiny import tiny_profile


@pytest.fixture
def policy(tiny: Path) -> Policy:
    loaded = load_policy(tiny_profile(tiny), "cpu")
    attach_adapter(loaded, seed=0)
    return loaded


def adapter_layers(policy: Policy) -> list[torch.nn.Module]:
    return [module for module in policy.model.modules() if hasattr(module, "lora_A")]


@pytest.mark.parametrize("quantised", [False, True], ids=["fp32", "nf4"])
def test_a_sound_adapter_passes_and_everything_is_as_before(tiny: Path, quantised: bool) -> None:
    policy = load_policy(tiny_profile(tiny, load_in_4bit=quantised), "cpu")
    attach_adapter(policy, seed=0)
    policy.model.train()
    state = {name: value.clone() for name, value in policy.model.state_dict().items()}
    stream = torch.get_rng_state()

    found = check_trainable(policy)
    assert found.trainable == sum(p.numel() for p in policy.model.parameters() if p.requires_grad) > 0
    assert found.step > 0
    assert found.logits > 0
    assert f"{found.trainable:,} trainable parameters" in str(found)

    after = policy.model.state_dict()
    assert all(torch.equal(after[name], value) for name, value in state.items())
    assert torch.equal(torch.get_rng_state(), stream)
    assert all(parameter.grad is None for parameter in policy.model.parameters())
    assert all(module.training for module in policy.model.modules())


def test_all_weights_frozen(policy: Policy) -> None:
    policy.model.requires_grad_(False)
    with pytest.raises(RequestError, match="no parameter of 'tiny' would be trained"):
        check_trainable(policy)


def test_no_gradient_reaches_the_adapter(policy: Policy) -> None:
    for layer in adapter_layers(policy):
        torch.nn.init.zeros_(layer.lora_A["default"].weight)  # beside B, which starts at zero: a saddle
    with pytest.raises(RequestError, match="leaves the adapter of 'tiny' as it was"):
        check_trainable(policy)


def test_an_adapter_that_the_forward_pass_leaves_out(policy: Policy) -> None:
    def deaf(self: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
        layer = self.get_base_layer()
        return layer(x) + 0 * self.lora_B["default"](self.lora_A["default"](x)).detach()

    for layer in adapter_layers(policy)[:-1]:
        layer.forward = deaf.__get__(layer)
    last = adapter_layers(policy)[-1]
    last.scaling["default"] = 1e-30  # gradients still reach its weights, and nothing of it the logits
    with pytest.raises(RequestError, match="its logits do not"):
        check_trainable(policy)


def test_target_modules_that_the_model_does_not_have(tiny: Path) -> None:
    policy = load_policy(tiny_profile(tiny, lora_target_modules=("q_projection", "v_proj")), "cpu")
    with pytest.raises(RequestError, match=r"no module 'q_projection'; did you mean 'q_proj'"):
        attach_adapter(policy, seed=0)


def test_equal_seeds_make_equal_adapters_and_leave_the_global_stream_alone(tiny: Path) -> None:
    def adapter(seed: int) -> dict[str, torch.Tensor]:
        policy = load_policy(tiny_profile(tiny), "cpu")
        stream = torch.get_rng_state()
        attach_adapter(policy, seed)
        assert torch.equal(torch.get_rng_state(), stream)
        return {name: value for name, value in policy.model.named_parameters() if "lora_A" in name}

    first, same, other = adapter(1), adapter(1), adapter(2)
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)
