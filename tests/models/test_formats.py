"""Every prompt format: what a policy is trained on begins with what it is asked later; the answer comes back whole."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from models.loader import load_tokenizer
from models.policy import Policy
from models.profiles import list_profiles, resolve_profile
from models.prompts import Format, render, render_answer
from tests.models.tiny import tiny_profile

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "ansatz\nqubits: 4"}]
ANSWER = "```python\ndef create_ansatz(num_qubits):\n    return circuit\n```"


@pytest.mark.parametrize("form", get_args(Format))
def test_training_and_asking_use_the_same_text(tiny: Path, form: Format) -> None:
    import torch
    from trl.data_utils import maybe_apply_chat_template

    profile = tiny_profile(tiny, prompt_format=form)
    policy = Policy(None, load_tokenizer(profile), profile, torch.device("cpu"))  # type: ignore[arg-type]
    row = {"prompt": render(MESSAGES, form), "completion": render_answer(ANSWER, form)}
    trained = maybe_apply_chat_template(row, policy.tokenizer)
    assert trained["prompt"] == policy.prompt_text(MESSAGES)
    assert trained["completion"].startswith(ANSWER)
    ids = policy.tokenizer(trained["prompt"] + trained["completion"])["input_ids"]
    assert ANSWER in policy.tokenizer.decode(ids, skip_special_tokens=True)


@pytest.mark.parametrize("name", list_profiles())
def test_the_instruction_format_ends_an_answer_before_a_next_instruction(name: str) -> None:
    profile = resolve_profile(name)
    if profile.prompt_format == "instruction":
        assert "### Instruction:" in profile.stop_strings
    assert profile.max_completion_length < profile.context_length
