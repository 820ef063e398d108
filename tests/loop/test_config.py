from __future__ import annotations

import pytest
import yaml

from loop.config import RunConfig, default_config_path, dump_config, load_run_config, problem_of
from models.config import parse_config
from quantum.errors import RequestError


def test_the_shipped_config_is_valid_and_names_its_command():
    assert load_run_config(None).model.profile == "embedded"
    assert default_config_path().read_text().startswith("# quantummind discover")


def test_overrides_reach_every_section():
    config = load_run_config(None, ["run.steps=7", "grpo.learning_rate=1e-4", "vqe.restarts=8", "memory.share=0"])
    assert (config.run.steps, config.grpo["learning_rate"], config.vqe.restarts, config.memory.share) == (7, 1e-4, 8, 0)


def test_the_resolved_config_is_enough_to_run_again():
    config = load_run_config(None, ["problem=xy", "vqe.restarts=8", "reward.copied=-0.5"])
    assert parse_config(RunConfig, yaml.safe_load(dump_config(config)), "test") == config


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("run.stepz=3", "did you mean 'steps'"),
        ("rum.steps=3", "did you mean 'run'"),
        ("vqe.restart=3", "did you mean 'restarts'"),
        ("sandbox.cpu_second=3", "did you mean 'cpu_seconds'"),
        ("reward.copied=2", "copied"),
        ("memory.share=2", "memory.share"),
        ("run.steps=0", "run.steps"),
        ("run.steps", "key.key=value"),
        ("model.device=gpu", "model.device"),
        ("search.advantage=entropy", "search.advantage"),
        ("search.decoding.temperatures=[0.0]", "search.decoding.temperatures"),
        ("run.stop.patiense=3", "did you mean 'patience'"),
        ("memory.sampler=best", "memory.sampler"),
    ],
)
def test_a_wrong_key_or_value_is_one_line_with_the_nearest_right_one(override, said):
    with pytest.raises(RequestError) as error:
        load_run_config(None, [override])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_problem_says_what_to_type():
    with pytest.raises(RequestError, match="quantummind discover tfim"):
        problem_of(RunConfig())


def test_held_out_sizes_replace_the_problems_own():
    assert problem_of(RunConfig(problem="tfim")).heldout_sizes == (6, 8)
    assert problem_of(RunConfig(problem="tfim", held_out=(5, 10))).heldout_sizes == (5, 10)
    assert problem_of(RunConfig(problem="tfim", held_out=())).heldout_sizes == ()


@pytest.mark.parametrize(("problem", "held_out", "said"), [("tfim", (4,), "given twice"), ("h2", (8,), "must be 4")])
def test_a_held_out_size_that_cannot_be_is_one_line(problem, held_out, said):
    with pytest.raises(RequestError) as error:
        problem_of(RunConfig(problem=problem, held_out=held_out))
    assert said in str(error.value)
