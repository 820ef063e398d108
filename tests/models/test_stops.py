"""Stop strings: where they cut a text, which token completes one, and a sampler that draws no more after it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.loader import load_policy, load_tokenizer
from models.sampler import CHECK_EVERY, FastSampler
from models.stops import Stops
from tests.models.tiny import tiny_profile

STOPS = ("### Instruction:", "END")
TEXT = "return circuit\n### Instruction: END of it"


def test_a_text_ends_before_the_first_of_them(tiny: Path) -> None:
    stops = Stops(load_tokenizer(tiny_profile(tiny)), STOPS)
    assert stops.before(TEXT) == "return circuit\n"
    assert stops.before("ENDING ### Instruction:") == ""
    assert stops.before("### Instruct") == "### Instruct"


def test_the_token_that_completes_one_is_the_last(tiny: Path) -> None:
    tokenizer = load_tokenizer(tiny_profile(tiny))
    stops, ids = Stops(tokenizer, STOPS), tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    length = stops.length(ids)
    assert tokenizer.decode(ids[:length]).endswith(":")
    assert not stops.found(ids[: length - 1])
    assert Stops(tokenizer, ()).length(ids) == len(ids)
    assert not Stops(tokenizer, ())


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_sampler_gives_what_it_would_have_given_cut_there(tiny: Path, temperature: float) -> None:
    """Greedy answers to the letter; drawn ones are cut, and rows without a stop string go on to the length limit."""
    policy = load_policy(tiny_profile(tiny, use_peft=False), "cpu")
    tokenizer = policy.tokenizer
    prompts = [tokenizer(f"theta[{k}] circuit.ry", add_special_tokens=False)["input_ids"] for k in range(12)]
    stops = Stops(tokenizer, ("a", "t"))

    def sample(with_stops: Stops | None) -> list[list[int]]:
        torch.manual_seed(0)
        sampler = FastSampler(policy.model, [10_000], tokenizer.pad_token_id, 3 * CHECK_EVERY, stops=with_stops)
        return sampler.sample(prompts, temperature)

    whole, cut = sample(None), sample(stops)
    if not temperature:
        assert cut == [answer[: stops.length(answer)] for answer in whole]
    assert any(len(answer) < 3 * CHECK_EVERY for answer in cut)
    for answer in cut:
        assert not stops.found(answer[:-1])
        assert stops.found(answer) or len(answer) == 3 * CHECK_EVERY
