from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.advantage import divergence, entropic, solve_beta  # noqa: E402

GENERATOR = torch.Generator().manual_seed(0)
RANDOM = torch.randn(200, 8, generator=GENERATOR, dtype=torch.float64)
NAN = math.nan


def test_neither_scale_nor_offset_of_the_rewards_matters():
    reference = entropic(RANDOM)
    for scale, offset in ((1e-4, 0.0), (1e4, 0.0), (1.0, 1e3), (3.0, -7.0)):
        assert torch.allclose(entropic(scale * RANDOM + offset), reference, rtol=1e-6)


def test_every_group_differs_from_uniform_by_ln_2():
    highest, lowest = RANDOM.amax(1, keepdim=True), RANDOM.amin(1, keepdim=True)
    scaled = (RANDOM - highest) / (highest - lowest)
    weights = (solve_beta(scaled) * scaled).softmax(1)
    found = (weights * (weights * 8).log()).sum(1)
    assert torch.allclose(found, torch.full_like(found, math.log(2)), atol=1e-9)


def test_the_best_gains_the_worst_loses_and_order_is_kept():
    advantages = entropic(RANDOM)
    assert bool((advantages.gather(1, RANDOM.argmax(1, keepdim=True)) > 0).all())
    assert bool((advantages.gather(1, RANDOM.argmin(1, keepdim=True)) < 0).all())
    assert torch.equal(advantages.argsort(1), RANDOM.argsort(1))
    assert bool((advantages >= -1).all())


def test_the_weights_are_those_of_the_definition():
    rewards = torch.tensor([[0.0, 0.1, 0.4, 1.0]], dtype=torch.float64)
    beta = float(solve_beta(rewards - 1.0))
    weights = [math.exp(beta * float(r)) for r in rewards[0]]
    expected = [w / (sum(weights) - w) * 3 - 1 for w in weights]
    assert entropic(rewards)[0].tolist() == pytest.approx(expected)


def test_a_group_of_equals_teaches_nothing():
    rewards = torch.tensor([[0.3] * 4, [0.0, 0.0, 0.0, 1.0]])
    assert entropic(rewards)[0].tolist() == [0.0] * 4
    assert entropic(rewards)[1].tolist() != [0.0] * 4


def test_where_most_share_the_maximum_the_rest_is_nothing():
    advantages = entropic(torch.tensor([[1.0, 1.0, 1.0, 0.0]], dtype=torch.float64))[0]
    assert advantages.tolist() == pytest.approx([0.5, 0.5, 0.5, -1.0])


def test_a_reward_that_is_missing_counts_as_absent():
    full = entropic(torch.tensor([[0.1, 0.5, 0.9, 0.2]], dtype=torch.float64))[0]
    with_gap = entropic(torch.tensor([[0.1, NAN, 0.5, 0.9, 0.2]], dtype=torch.float64))[0]
    assert with_gap[1] == 0.0
    assert with_gap[[0, 2, 3, 4]].tolist() == pytest.approx(full.tolist())
    assert entropic(torch.tensor([[0.1, NAN, 0.9], [NAN, NAN, NAN]])).tolist() == [[0.0] * 3] * 2


def test_the_divergence_grows_with_beta():
    betas = torch.linspace(0, 50, 100, dtype=torch.float64)
    scaled = torch.tensor([[-1.0, -0.3, -0.1, 0.0]], dtype=torch.float64)
    found = [float(divergence(beta * scaled)) for beta in betas]
    assert found == sorted(found)
    assert found[0] == pytest.approx(0.0, abs=1e-12)
