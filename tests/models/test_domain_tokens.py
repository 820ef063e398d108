"""Domain tokens: one id each, initialised from their pieces, the only rows trained, and the same after every reload."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.loader import load_policy
from models.policy import Policy
from models.prepare import prepare_training
from quantum.errors import RequestError
from tests.models.tiny import save_tiny, tiny_profile

TOKENS = ("SUM(", "<ORACLE>", "Δx")
TEXT = "SUM(theta[1]) <ORACLE>Δx return"


@pytest.fixture(scope="module", params=[True, False], ids=["tied", "untied"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tokens") / "base", tied=request.param)


def prepared(base: Path, **changes: object) -> Policy:
    policy = load_policy(tiny_profile(base, **changes), "cpu")
    prepare_training(policy, seed=0, domain_tokens=TOKENS)
    return policy


def steps(policy: Policy, count: int = 2) -> None:
    policy.model.train()
    trained = [parameter for parameter in policy.model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2)
    ids = policy.tokenizer(TEXT, return_tensors="pt")["input_ids"]
    for _ in range(count):
        policy.model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def logits(policy: Policy) -> torch.Tensor:
    policy.model.eval()
    ids = policy.tokenizer(TEXT, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        return policy.model(input_ids=ids).logits


def rows(policy: Policy) -> list[torch.Tensor]:
    """The effective rows of the input and output embedding, as a forward pass sees them."""
    inputs, outputs = policy.model.get_input_embeddings(), policy.model.get_output_embeddings()
    hidden = torch.eye(policy.model.config.hidden_size)
    with torch.no_grad():
        return [inputs(torch.arange(len(policy.tokenizer))), outputs(hidden).T]


def test_each_token_is_one_id_and_starts_at_the_mean_of_its_pieces(base: Path) -> None:
    plain = load_policy(tiny_profile(base), "cpu")
    policy = prepared(base)
    for token in TOKENS:
        (row,) = policy.tokenizer(token)["input_ids"]
        pieces = plain.tokenizer(token)["input_ids"]
        assert len(pieces) > 1
        for before, after in zip(rows(plain), rows(policy), strict=True):
            torch.testing.assert_close(after[row], before[pieces].mean(0))
    assert policy.tokenizer.decode(policy.tokenizer(TEXT)["input_ids"]) == TEXT


def test_only_the_new_rows_are_trained(base: Path) -> None:
    policy = prepared(base)
    before = rows(policy)
    steps(policy)
    old = len(policy.tokenizer) - len(TOKENS)
    for first, then in zip(before, rows(policy), strict=True):
        torch.testing.assert_close(then[:old], first[:old], rtol=0, atol=1e-6)
        assert (then[old:] - first[old:]).abs().amax(1).min() > 1e-3
    tied = policy.model.config.tie_word_embeddings
    if tied:
        torch.testing.assert_close(*rows(policy))


@pytest.mark.parametrize("quantised", [False, True], ids=["fp32", "nf4"])
def test_saved_and_reloaded_they_are_the_same_by_us_and_by_plain_peft(
    base: Path, tmp_path: Path, quantised: bool
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    policy = prepared(base, load_in_4bit=quantised)
    steps(policy)
    policy.model.save_pretrained(tmp_path)
    policy.tokenizer.save_pretrained(tmp_path)
    reloaded = load_policy(tiny_profile(base, load_in_4bit=quantised, adapter_name_or_path=str(tmp_path)), "cpu")
    assert torch.equal(logits(reloaded), logits(policy))
    assert reloaded.tokenizer(TEXT)["input_ids"] == policy.tokenizer(TEXT)["input_ids"]
    embedding = policy.model.get_input_embeddings()
    assert (tmp_path / "adapter_model.safetensors").stat().st_size < 4 * embedding.weight.numel()
    if quantised:
        return
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    model.resize_token_embeddings(len(tokenizer))
    plain = Policy(PeftModel.from_pretrained(model, str(tmp_path)), tokenizer, policy.profile, policy.device)
    assert torch.equal(logits(plain), logits(policy))


def test_a_model_that_trains_all_its_weights_gets_them_too(base: Path) -> None:
    policy = prepared(base, use_peft=False)
    assert policy.model.get_input_embeddings().weight.shape[0] == len(policy.tokenizer)
    assert policy.tokenizer.decode(policy.tokenizer(TEXT)["input_ids"]) == TEXT


@pytest.mark.parametrize(("tokens", "said"), [(("A(", "A("), "listed twice"), ((" ",), "is empty")])
def test_wrong_tokens_are_one_line(base: Path, tokens: tuple[str, ...], said: str) -> None:
    with pytest.raises(RequestError, match=f"domain_tokens: .* {said}"):
        prepare_training(load_policy(tiny_profile(base), "cpu"), seed=0, domain_tokens=tokens)


def test_an_adapter_that_is_made_already_cannot_learn_new_ones(base: Path) -> None:
    policy = prepared(base)
    with pytest.raises(RequestError, match="is made already"):
        prepare_training(policy, seed=0, domain_tokens=("LATE(",))
    prepare_training(policy, seed=0, domain_tokens=TOKENS)  # what it has learned, it may be asked for again
