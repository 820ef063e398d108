"""The order that the reward puts attempts in, whatever their figures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rewards.components import COMPONENTS, Yardstick
from rewards.components.energy import energy
from rewards.components.size import size
from rewards.ladder import failure_parts, valid_parts
from rewards.settings import RewardSettings, ScoreSettings

DEFAULTS = RewardSettings()
TFIM = Yardstick(product_error=0.26, target_error=4.76e-3, two_qubit_gates=18, depth=17, parameters=6)


@dataclass(frozen=True)
class Made:
    error: float
    two_qubit_gates: int = 18
    depth: int = 17
    parameters: int = 6


def reward(made: Made, yardstick: Yardstick, settings: RewardSettings, plateau: bool = False) -> float:
    return sum(valid_parts([(made, yardstick)], plateau, settings).values())


errors = st.floats(-1e-9, 100.0)
counts = st.integers(0, 200)
figures = st.builds(Made, error=errors, two_qubit_gates=counts, depth=counts, parameters=counts)
yardsticks = st.builds(
    Yardstick,
    product_error=st.floats(0.0, 50.0),
    target_error=st.floats(0.0, 1.0),
    two_qubit_gates=counts,
    depth=counts,
    parameters=counts,
)
shapes = st.sampled_from([DEFAULTS, RewardSettings(energy_shape="linear"), RewardSettings(goal=1.0, plateau_cap=0.0)])
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


@given(st.lists(st.tuples(figures, yardsticks), min_size=1, max_size=4), st.booleans(), shapes)
def test_valid_is_bounded_and_above_every_failure(
    sizes: list[tuple[Made, Yardstick]], plateau: bool, settings: RewardSettings
) -> None:
    total = sum(valid_parts(sizes, plateau, settings).values())
    assert -1e-12 <= total <= 1.2 + 1e-12
    if plateau:
        assert total <= settings.plateau_cap + 1e-12


@given(failures, figures, yardsticks, st.booleans(), shapes)
def test_a_failure_never_outranks_a_valid_circuit(
    failure: tuple[str, str], made: Made, yardstick: Yardstick, plateau: bool, settings: RewardSettings
) -> None:
    failed = sum(failure_parts(*failure, settings).values())
    assert -1.0 <= failed < -1e-12 <= reward(made, yardstick, settings, plateau)


@given(figures, yardsticks, errors, st.booleans(), shapes)
def test_a_lower_error_never_earns_less(
    made: Made, yardstick: Yardstick, other: float, plateau: bool, settings: RewardSettings
) -> None:
    lower, higher = sorted((made.error, other))
    better = reward(replace(made, error=lower), yardstick, settings, plateau)
    assert better >= reward(replace(made, error=higher), yardstick, settings, plateau) - 1e-12


@given(figures, yardsticks, counts, st.sampled_from(["two_qubit_gates", "depth", "parameters"]), shapes)
def test_a_smaller_circuit_never_earns_less(
    made: Made, yardstick: Yardstick, other: int, count: str, settings: RewardSettings
) -> None:
    small, large = sorted((getattr(made, count), other))
    smaller, larger = replace(made, **{count: small}), replace(made, **{count: large})
    assert reward(smaller, yardstick, settings) >= reward(larger, yardstick, settings) - 1e-12


def test_the_logarithm_runs_from_the_product_state_to_the_goal() -> None:
    goal = 0.1 * TFIM.target_error
    assert energy(Made(TFIM.product_error), TFIM, DEFAULTS) == 0.0
    assert energy(Made(goal), TFIM, DEFAULTS) == pytest.approx(1.0)
    assert energy(Made(math.sqrt(goal * TFIM.product_error)), TFIM, DEFAULTS) == pytest.approx(0.5)
    assert energy(Made(-1e-14), TFIM, DEFAULTS) == 1.0


def test_the_linear_shape_is_the_recipes() -> None:
    linear = RewardSettings(energy_shape="linear")
    assert energy(Made(0.03), TFIM, linear) == pytest.approx(0.7)
    assert energy(Made(0.2), TFIM, linear) == 0.0


@pytest.mark.parametrize("product_error", [1e-3, 1e-7, 0.0])
def test_the_target_of_an_easy_instance_is_the_problems_too(product_error: float) -> None:
    easy = replace(TFIM, product_error=product_error)
    assert size(Made(TFIM.target_error, two_qubit_gates=0), easy, DEFAULTS) > 0.0
    assert energy(Made(TFIM.target_error), easy, DEFAULTS) == pytest.approx(0.5)
    assert energy(Made(10 * TFIM.target_error), easy, DEFAULTS) == 0.0


def test_the_bonus_waits_for_the_target() -> None:
    empty = Made(TFIM.target_error * 1.01, two_qubit_gates=0, depth=0, parameters=0)
    assert size(empty, TFIM, DEFAULTS) == 0.0
    assert size(replace(empty, error=TFIM.target_error), TFIM, DEFAULTS) == pytest.approx(0.2)
    assert size(Made(0.0), TFIM, DEFAULTS) == 0.0
    assert size(Made(0.0, two_qubit_gates=9), TFIM, DEFAULTS) == pytest.approx(0.06)


def test_several_sizes_are_averaged_and_every_part_is_named() -> None:
    good, bad = Made(1e-9, two_qubit_gates=9), Made(1.0)
    parts = valid_parts([(good, TFIM), (bad, TFIM)], False, DEFAULTS)
    assert parts == {"energy": pytest.approx(0.5), "size": pytest.approx(0.03)}
    assert set(parts) == set(COMPONENTS)
    capped = valid_parts([(good, TFIM)], True, DEFAULTS)
    assert sum(capped.values()) == pytest.approx(0.5)
    assert capped["plateau_cap"] < 0


def test_settings_that_are_no_ladder_are_refused() -> None:
    with pytest.raises(ValidationError, match="must not fall"):
        RewardSettings(failed=-0.9)
    with pytest.raises(ValidationError, match="must not exceed"):
        RewardSettings(bonus_depth=0.2)
    with pytest.raises(ValidationError):
        RewardSettings(rejected=0.1)
    with pytest.raises(ValidationError, match="no_coda"):
        RewardSettings.model_validate({"no_coda": -1.0})
    with pytest.raises(ValidationError, match="restart\n"):
        ScoreSettings.model_validate({"vqe": {"restart": 3}})


def test_settings_survive_json() -> None:
    settings = ScoreSettings.model_validate({"reward": {"goal": 0.2}, "vqe": {"restarts": 4}, "seed": 7})
    assert ScoreSettings.model_validate_json(settings.model_dump_json()) == settings
