"""The rungs of the reward ladder; what valid circuits earn is held to the order in test_order.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rewards.components import COMPONENTS, Yardstick
from rewards.ladder import failure_parts, valid_parts
from rewards.order import Rank
from rewards.settings import RewardSettings, ScoreSettings

DEFAULTS = RewardSettings()

counts = st.integers(0, 200)
ranks = st.builds(
    Rank,
    plateau_like=st.booleans(),
    decades_missed=st.one_of(st.just(0.0), st.floats(1e-5, 20.0)),
    two_qubit_gates=counts,
    parameters=counts,
    depth=counts,
    decades_inside=st.floats(-12.0, 0.0),
)
yardsticks = st.builds(
    Yardstick,
    decades=st.floats(1.0, 12.0),
    two_qubit_gates=st.integers(1, 500),
    max_parameters=st.integers(1, 500),
    max_depth=st.integers(1, 2000),
)
failures = st.sampled_from(
    [
        ("failed", "no_code"),
        ("failed", "syntax_error"),
        ("failed", "forbidden_import"),
        ("failed", "forbidden_name"),
        ("failed", "exception"),
        ("failed", "cpu_timeout"),
        ("failed", "memory"),
        ("rejected", "copied_from_prompt"),
        ("rejected", "wrong_qubits"),
        ("rejected", "dead_parameters"),
        ("rejected", "below_exact"),
        ("rejected", "instance_specific"),
    ]
)


def test_the_rungs_have_the_published_defaults() -> None:
    rungs = {
        "no_code": -1.0,
        "syntax_error": -0.8,
        "forbidden_import": -0.8,
        "exception": -0.6,
        "wall_timeout": -0.6,
        "memory": -0.6,
    }
    for reason, value in rungs.items():
        assert sum(failure_parts("failed", reason, DEFAULTS).values()) == value
    assert failure_parts("rejected", "copied_from_prompt", DEFAULTS) == {"copied": -0.4}
    assert failure_parts("rejected", "no_parameters", DEFAULTS) == {"rejected": -0.3}


@given(failures, ranks, yardsticks)
def test_a_failure_never_outranks_a_valid_circuit(failure: tuple[str, str], place: Rank, yardstick: Yardstick) -> None:
    failed = sum(failure_parts(*failure, DEFAULTS).values())
    parts = valid_parts(place, yardstick, DEFAULTS)
    assert -1.0 <= failed < sum(parts.values()) <= 1.2
    assert (sum(parts.values()) > 0.0) != place.plateau_like
    assert set(parts) - {"plateau"} == set(COMPONENTS)


def test_settings_that_are_no_ladder_are_refused() -> None:
    with pytest.raises(ValidationError, match="must not fall"):
        RewardSettings(failed=-0.9)
    with pytest.raises(ValidationError):
        RewardSettings(rejected=0.1)
    with pytest.raises(ValidationError, match="no_coda"):
        RewardSettings.model_validate({"no_coda": -1.0})
    with pytest.raises(ValidationError, match="restart\n"):
        ScoreSettings.model_validate({"vqe": {"restart": 3}})


def test_settings_survive_json() -> None:
    settings = ScoreSettings.model_validate({"reward": {"copied": -0.5}, "vqe": {"restarts": 4}, "seed": 7})
    assert ScoreSettings.model_validate_json(settings.model_dump_json()) == settings
