"""The sampler against transformers' own `generate` and against the model's own distribution."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import chisquare

from models.sampler import FastSampler

PROMPTS = [[5, 6, 7, 8, 9], [5, 6, 7, 8, 9], [11, 12], [5, 6, 7, 8, 9], [11, 12]]
END, PAD = 3, 0


@pytest.fixture(scope="module")
def model():
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(1)
    shape = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2}
    config = Qwen2Config(vocab_size=24, intermediate_size=48, eos_token_id=END, pad_token_id=PAD, **shape)
    return Qwen2ForCausalLM(config).train()


def sampler(model, new_tokens):
    return FastSampler(model, [END], PAD, new_tokens)


def test_greedy_answers_are_those_of_generate(model):
    longest = max(map(len, PROMPTS))
    ids = torch.tensor([[PAD] * (longest - len(p)) + p for p in PROMPTS])
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in PROMPTS])
    model.eval()
    theirs = model.generate(input_ids=ids, attention_mask=mask, do_sample=False, max_new_tokens=20)[:, longest:]
    model.train()
    for row, ours in zip(theirs.tolist(), sampler(model, 20).sample(PROMPTS, 0.0), strict=True):
        assert ours == row[: len(ours)]
        assert len(ours) == 20 or ours[-1] == END
    assert model.training


def test_a_second_batch_knows_nothing_of_the_first(model):
    one = sampler(model, 12)
    first = one.sample(PROMPTS, 0.0)
    one.sample([[7] * 9] * len(PROMPTS), 0.0)
    assert one.sample(PROMPTS, 0.0) == first == sampler(model, 12).sample(PROMPTS, 0.0)


def test_tokens_are_drawn_from_the_models_distribution(model):
    temperature, draws = 0.7, 4000
    torch.manual_seed(0)
    answers = sampler(model, 2).sample([[5, 6, 7]] * draws, temperature)
    with torch.no_grad():
        first = (model.eval()(torch.tensor([[5, 6, 7]])).logits[0, -1] / temperature).softmax(-1)
        second = (model(torch.tensor([[5, 6, 7, t] for t in range(24)])).logits[:, -1] / temperature).softmax(-1)
    model.train()
    expected = {(a, b): float(first[a] * second[a, b]) for a in range(24) for b in range(24) if a != END}
    expected[(END,)] = float(first[END])
    counts = dict.fromkeys(expected, 0)
    for answer in answers:
        counts[tuple(answer)] += 1
    common = [pair for pair, p in expected.items() if p * draws >= 5]
    observed = [counts[pair] for pair in common] + [draws - sum(counts[pair] for pair in common)]
    chances = [expected[pair] for pair in common]
    assert chisquare(observed, [draws * p for p in [*chances, 1 - sum(chances)]]).pvalue > 1e-3


def test_new_weights_are_used_at_once(model):
    one = sampler(model, 8)
    before = one.sample(PROMPTS, 0.0)
    saved = model.lm_head.weight.detach().clone()
    with torch.no_grad():
        model.lm_head.weight.neg_()
    after = one.sample(PROMPTS, 0.0)
    with torch.no_grad():
        model.lm_head.weight.copy_(saved)
    assert after != before == one.sample(PROMPTS, 0.0)


def test_adapters_keep_their_32_bits(model):
    from copy import deepcopy

    from peft import LoraConfig, get_peft_model

    adapted = get_peft_model(deepcopy(model).to(torch.bfloat16), LoraConfig(r=4, target_modules=["q_proj", "o_proj"]))
    weights = {name: p for name, p in adapted.named_parameters() if ".lora_" in name}
    with torch.no_grad():
        for weight in weights.values():
            weight.normal_()
    before = {name: weight.detach().clone() for name, weight in weights.items()}
    one = sampler(adapted, 8)
    first = one.sample(PROMPTS, 0.0)
    assert all(torch.equal(before[name], weight) and weight.dtype == torch.float32 for name, weight in weights.items())
    with torch.no_grad():
        for weight in weights.values():
            weight.zero_()
    assert one.sample(PROMPTS, 0.0) != first, "the copies follow the weights"


def test_an_answer_does_not_depend_on_when_others_ended(model):
    """Rows that end are dropped on the way; the others go on as if they had been alone."""
    prompts = [[a, b] for a in range(4, 10) for b in range(4, 24)]
    ends = {end: sampler_with(model, end).sample(prompts, 0.0) for end in range(4, 24)}
    end = max(ends, key=lambda token: len({len(answer) for answer in ends[token]}))
    together = ends[end]
    assert len({len(answer) for answer in together}) > 2
    assert max(map(len, together)) == 60
    assert together == [sampler_with(model, end).sample([prompt], 0.0)[0] for prompt in prompts]


def test_a_repetition_penalty_is_that_of_generate(model):
    prompts = [[5, 6, 7], [11, 12, 13], [8, 9, 4]]
    model.eval()
    theirs = model.generate(torch.tensor(prompts), do_sample=False, max_new_tokens=20, repetition_penalty=1.5)[:, 3:]
    model.train()
    ours = FastSampler(model, [END], PAD, 20, 1.5).sample(prompts, 0.0)
    assert ours != sampler(model, 20).sample(prompts, 0.0)
    for row, answer in zip(theirs.tolist(), ours, strict=True):
        assert answer == row[: len(answer)]


@pytest.mark.parametrize(
    ("architecture", "more", "suits"),
    [
        ("Llama", {}, True),
        ("Gemma2", {"head_dim": 8, "sliding_window": 4}, False),
        ("Qwen2", {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1}, False),
    ],
)
def test_models_that_attend_otherwise_are_refused(architecture, more, suits):
    import transformers

    shape = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2}
    config = getattr(transformers, f"{architecture}Config")(vocab_size=24, intermediate_size=48, **shape, **more)
    other = getattr(transformers, f"{architecture}ForCausalLM")(config)
    assert FastSampler.suits(other) == suits


def sampler_with(model, end):
    return FastSampler(model, [end], PAD, 60)
