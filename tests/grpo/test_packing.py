"""Log-probabilities in parts against the whole batch at once."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.packing import in_parts  # noqa: E402

KEEP = 9


@pytest.fixture(scope="module")
def model():
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(1)
    shape = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2}
    return Qwen2ForCausalLM(Qwen2Config(vocab_size=24, intermediate_size=48, **shape))


def batch():
    """Prompts of 2 to 12 tokens, completions of 0 (cut off and masked) to 9, in no order."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(4, 24, (10, 12 + KEEP), generator=generator)
    mask = torch.zeros_like(ids)
    for row, (prompt, completion) in enumerate(
        zip([12, 2, 5, 2, 12, 7, 2, 5, 3, 3], [1, 9, 4, 0, 0, 3, 8, 2, 9, 5], strict=True)
    ):
        mask[row, 12 - prompt : 12 + completion] = 1
    return ids, mask


def at_once(model):
    def compute(ids, mask, keep):
        logits = model(input_ids=ids, attention_mask=mask).logits[:, -keep - 1 : -1]
        every = logits.log_softmax(-1)
        return every.gather(-1, ids[:, -keep:, None])[..., 0], -(every.exp() * every).sum(-1)

    return compute


@pytest.mark.parametrize("size", [1, 3, 10])
def test_parts_are_the_whole(model, size):
    ids, mask = batch()
    whole = at_once(model)(ids, mask, KEEP)
    parts = in_parts(at_once(model), ids, mask, KEEP, size)
    used = mask[:, -KEEP:].bool()
    for one, other in zip(whole, parts, strict=True):
        assert other.shape == one.shape
        torch.testing.assert_close(other[used], one[used], atol=1e-5, rtol=1e-5)


def test_gradients_are_the_same(model):
    ids, mask = batch()
    used = mask[:, -KEEP:]

    def gradient(logps):
        model.zero_grad()
        (logps * used).sum().backward()
        return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])

    whole = gradient(at_once(model)(ids, mask, KEEP)[0])
    torch.testing.assert_close(gradient(in_parts(at_once(model), ids, mask, KEEP, 3)[0]), whole, atol=1e-4, rtol=1e-4)


def test_the_model_sees_no_columns_that_a_part_does_not_use(model):
    ids, mask = batch()
    seen = []

    def compute(part, part_mask, keep):
        seen.append(part.numel())
        assert part_mask.any(0)[0], "the first column is used"
        return at_once(model)(part, part_mask, keep)

    in_parts(compute, ids, mask, KEEP, 2)
    assert sum(seen) < 0.7 * ids.numel()
