"""Every shipped profile, as a tiny model of its architecture: trained, stopped, resumed, with and without a KL term."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.train import train  # noqa: E402
from models.loader import Policy, load_policy  # noqa: E402
from models.profiles import Profile, list_profiles, resolve_profile  # noqa: E402
from tests.grpo.test_train import SETTINGS, CountingTask  # noqa: E402
from tests.models.tiny import save_like  # noqa: E402

Weights = dict[str, torch.Tensor]


def trained(policy: Policy) -> Weights:
    return {name: weight.detach().clone() for name, weight in policy.model.named_parameters() if weight.requires_grad}


def equal(one: Weights, other: Weights) -> bool:
    return one.keys() == other.keys() and all(torch.equal(weight, other[name]) for name, weight in one.items())


class WatchingTask(CountingTask):
    """Keeps the trained weights at every checkpoint, and as they are when a resumed run has loaded its checkpoint."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy
        self.at: dict[int, Weights] = {}
        self.loaded: Weights = {}

    def checkpoint(self, step):
        super().checkpoint(step)
        self.at[step] = trained(self.policy)

    def restore(self, state):
        super().restore(state)
        self.loaded = trained(self.policy)


def run(profile: Profile, path: Path, beta: float, resume_from: Path | None = None) -> WatchingTask:
    policy = load_policy(profile, "cpu")
    task = WatchingTask(policy)
    train(policy, {**SETTINGS, "beta": beta}, task, path, steps=2, seed=3, resume_from=resume_from)
    return task


@pytest.fixture(scope="module")
def tiny_profiles(tmp_path_factory):
    made: dict[str, Profile] = {}

    def of(name: str) -> Profile:
        if name not in made:
            made[name] = save_like(resolve_profile(name), tmp_path_factory.mktemp("models") / name)
        return made[name]

    return of


@pytest.mark.parametrize("beta", [0.0, 0.5])
@pytest.mark.parametrize("name", list_profiles())
def test_resumed_is_the_same_as_uninterrupted(name, beta, tiny_profiles, tmp_path):
    if (profile := tiny_profiles(name)).load_in_4bit:
        pytest.importorskip("bitsandbytes")
    whole = run(profile, tmp_path / "run", beta)
    resumed = run(profile, tmp_path / "run", beta, resume_from=tmp_path / "run" / "checkpoint-1")
    assert equal(resumed.loaded, whole.at[1])
    assert not equal(whole.at[1], whole.at[2]), "a step changes what is trained"
    assert not any("ref" in weights for weights in whole.at[2])
    assert resumed.answers == whole.answers[1:]
    assert equal(resumed.at[2], whole.at[2])
    distances = [logs.get("kl", 0.0) for _, logs, _ in whole.logs]
    assert distances[0] == pytest.approx(0.0, abs=1e-6)
    assert (distances[1] > 1e-5) == (beta > 0)
    assert resumed.logs[0][1].get("kl", 0.0) == distances[1], "the reference is the policy of the start"
