"""Tokens of a domain that the tokenizer does not have: added, initialised, trained with LoRA, saved and reloaded.

A new token starts at the mean of the embeddings of the pieces that spelled it so far. PEFT's `trainable_token_indices`
then trains the new rows alone: with tied embeddings one set of rows serves input and output, otherwise each has its
own. The saved adapter holds these rows whole, so a reload is exact whatever the rows of the enlarged base hold; one
who loads the adapter by PEFT alone enlarges the base first (`model.resize_token_embeddings(len(tokenizer))`).

With fewer than a few hundred examples of a token it learns less than its pieces know: leave such tokens out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from models.policy import Policy
from quantum.errors import RequestError

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def add_tokens(policy: Policy, tokens: Sequence[str]) -> list[int]:
    """Add `tokens` to the policy's tokenizer and model; returns the ids of those that are new.

    Raises RequestError for an empty or repeated token, and where the adapter that would train them exists already.
    """
    from tokenizers import AddedToken

    tokenizer, model = policy.tokenizer, policy.model
    _check(tokens)
    known = tokenizer.get_vocab()
    new = [token for token in tokens if token not in known]
    if not new:
        return []
    if policy.profile.use_peft and policy.peft_config is None:
        raise RequestError(
            f"domain_tokens: the adapter of {policy.profile.name!r} is made already (of an earlier build, or by "
            "unsloth); start from its base, with backend: transformers"
        )
    pieces = [tokenizer(token, add_special_tokens=False)["input_ids"] for token in new]
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in new])
    ids: list[int] = tokenizer.convert_tokens_to_ids(new)
    fit_embeddings(model, tokenizer)
    for weight in _embedding_weights(model):
        for row, parts in zip(ids, pieces, strict=True):
            weight[row] = weight[parts].mean(0)
    return ids


def fit_embeddings(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """Enlarge the embeddings to the tokenizer's size where they are smaller; a bias of a new row is 0."""
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) <= rows:
        return
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    bias = getattr(model.get_output_embeddings(), "bias", None)
    if bias is not None:
        bias.data[rows:] = 0


def token_indices(model: PreTrainedModel, ids: list[int]) -> dict[str, list[int]]:
    """PEFT's `trainable_token_indices`: the rows `ids` of the input embedding, and of an output that is not tied."""
    inputs, outputs = model.get_input_embeddings(), model.get_output_embeddings()
    names = {id(module): name.rpartition(".")[2] for name, module in model.named_modules()}
    indices = {names[id(inputs)]: ids}
    if outputs is not None and outputs.weight is not inputs.weight:
        indices[names[id(outputs)]] = ids
    return indices


def settle_trained_rows(model: PeftModel) -> None:
    """Make a model whose adapter trains token rows fit for TRL, and its saved adapter small."""
    if not any(getattr(config, "trainable_token_indices", None) for config in model.peft_config.values()):
        return
    head = model.get_output_embeddings()
    if not hasattr(head, "bias"):  # TRL's loss reads it, and PEFT's wrapper of trained rows does not pass it on
        head.bias = None
    # The saved rows are enough; PEFT would save the whole enlarged matrices beside them.
    model.save_pretrained = partial(model.save_pretrained, save_embedding_layers=False)


def _embedding_weights(model: PreTrainedModel) -> list[Any]:
    inputs, outputs = model.get_input_embeddings(), model.get_output_embeddings()
    weights = [inputs.weight.data]
    if outputs is not None and outputs.weight is not inputs.weight:
        weights.append(outputs.weight.data)
    return weights


def _check(tokens: Sequence[str]) -> None:
    for token in tokens:
        if not token.strip():
            raise RequestError(f"domain_tokens: {token!r} is empty")
        if list(tokens).count(token) > 1:
            raise RequestError(f"domain_tokens: {token!r} is listed twice")
