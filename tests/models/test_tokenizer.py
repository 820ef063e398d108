"""The tokenizer survives a reload by AutoTokenizer, which rebuilds the pre-tokenizer of every qwen2 directory."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from models.tokenizer import END, PAD, train_tokenizer
from quantum.circuit import GATES
from sft.corpus.code import BUNDLES, fence, write
from sft.corpus.families import draw


@pytest.fixture(scope="module")
def texts() -> list[str]:
    random = Random(0)
    return [fence(write(draw(random, frozenset(GATES))[1], random.choice(BUNDLES))) for _ in range(300)]


def test_reloaded_by_auto_tokenizer_it_gives_the_same_ids(texts: list[str], tmp_path: Path) -> None:
    from transformers import AutoTokenizer, Qwen2Config

    tokenizer = train_tokenizer(texts)
    tokenizer.save_pretrained(tmp_path)
    Qwen2Config().save_pretrained(tmp_path)  # the model type is what makes AutoTokenizer replace the pre-tokenizer
    reloaded = AutoTokenizer.from_pretrained(tmp_path)

    odd = ["Ünïcödé 123 4567\n\n\t x", "a\r\nb", "don't  stop", "qc.cx(i,i+1)"]
    assert [reloaded(text).input_ids for text in texts + odd] == [tokenizer(text).input_ids for text in texts + odd]
    assert [reloaded.decode(reloaded(text).input_ids) for text in texts] == texts
    assert (reloaded.eos_token, reloaded.pad_token, reloaded.padding_side) == (END, PAD, "left")


def test_the_vocabulary_is_capped_and_has_every_byte(texts: list[str]) -> None:
    tokenizer = train_tokenizer(texts, vocab_size=400)
    assert len(tokenizer) <= 400
    assert tokenizer.decode(tokenizer("日本 ψ").input_ids) == "日本 ψ"


def test_the_chat_template_closes_every_turn(texts: list[str]) -> None:
    tokenizer = train_tokenizer(texts[:50])
    messages = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "code"}]
    whole = tokenizer.apply_chat_template(messages, tokenize=False)
    prompt = tokenizer.apply_chat_template(messages[:1], tokenize=False, add_generation_prompt=True)
    assert whole == "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\ncode<|im_end|>\n"
    assert whole.startswith(prompt)
    masked = tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)
    marked = [i for i, on in zip(masked["input_ids"], masked["assistant_masks"], strict=True) if on]
    assert tokenizer.decode(marked) == "code<|im_end|>"
