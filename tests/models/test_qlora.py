"""QLoRA for real on a CPU: trained by TRL with domain tokens; resumed, merged and loaded plainly, it is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from models.loader import load_policy
from models.merge import check_mergeable, merge
from models.policy import Policy
from models.prepare import prepare_training
from models.profiles import Profile, resolve_profile
from quantum.errors import RequestError
from tests.models.tiny import TEXTS, tiny_profile

pytest.importorskip("bitsandbytes")

TOKENS = ("create_ansatz(", "theta[")
PROMPT = "def create_ansatz(num_qubits): return circuit.ry(theta[3], 3)"


def train(profile: Profile, folder: Path, steps: int, resume: bool = False) -> Policy:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    policy = load_policy(profile, "cpu")
    prepare_training(policy, seed=7, domain_tokens=TOKENS)
    arguments = SFTConfig(
        output_dir=str(folder),
        max_steps=steps,
        save_steps=2,
        per_device_train_batch_size=4,
        learning_rate=1e-2,
        lr_scheduler_type="constant",
        use_cpu=True,
        bf16=False,
        report_to="none",
        disable_tqdm=True,
        seed=7,
    )
    rows = Dataset.from_dict({"prompt": [text[:20] for text in TEXTS], "completion": [text[20:] for text in TEXTS]})
    trainer = SFTTrainer(policy.model, arguments, train_dataset=rows, processing_class=policy.tokenizer)
    trainer.train(resume_from_checkpoint=resume or None)
    policy.model.save_pretrained(folder)
    policy.tokenizer.save_pretrained(folder)
    return policy


def adapter(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(folder / "adapter_model.safetensors")


def logits(model: Any, tokenizer: Any) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        return model(**tokenizer(PROMPT, return_tensors="pt")).logits.float()


@pytest.fixture(scope="module")
def profile(tiny: Path) -> Profile:
    return tiny_profile(tiny, load_in_4bit=True)


@pytest.fixture(scope="module")
def trained(profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Policy]:
    folder = tmp_path_factory.mktemp("qlora") / "whole"
    return folder, train(profile, folder, 4)


def test_it_trains_and_resumed_it_is_the_same_as_uninterrupted(
    profile: Profile, trained: tuple[Path, Policy], tmp_path: Path
) -> None:
    whole = adapter(trained[0])
    assert any("trainable_tokens_delta" in name for name in whole)
    assert all(value.count_nonzero() for value in whole.values())
    train(profile, tmp_path, 2)
    half = adapter(tmp_path)
    assert not all(torch.equal(half[name], value) for name, value in whole.items())
    train(profile, tmp_path, 4, resume=True)
    resumed = adapter(tmp_path)
    assert resumed.keys() == whole.keys()
    assert all(torch.equal(resumed[name], value) for name, value in whole.items())


def test_merged_it_is_a_plain_model_with_the_same_logits(trained: tuple[Path, Policy], tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, policy = trained
    saved = policy.profile.model_copy(update={"adapter_name_or_path": str(folder)})
    loaded = load_policy(saved, "cpu")
    before = logits(loaded.model, loaded.tokenizer)
    torch.testing.assert_close(before, logits(policy.model, policy.tokenizer), rtol=0, atol=2e-2)  # trained in bf16
    (folder / "circuits.json").write_text("[]")
    merged = merge(loaded, tmp_path / "merged")

    tokenizer = AutoTokenizer.from_pretrained(merged)
    model = AutoModelForCausalLM.from_pretrained(merged)
    assert model.get_input_embeddings().weight.shape[0] == len(tokenizer)
    assert not hasattr(model.config, "quantization_config")
    torch.testing.assert_close(logits(model, tokenizer), before, rtol=0, atol=2e-4)

    again = load_policy(resolve_profile(merged), "cpu")
    assert again.peft_config is not None
    assert not again.profile.load_in_4bit
    torch.testing.assert_close(logits(again.model, again.tokenizer), before, rtol=0, atol=2e-4)
    assert (merged / "circuits.json").read_text() == "[]"


def test_merge_is_refused_before_anything_is_loaded(trained: tuple[Path, Policy], tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="model 'embedded' has no adapter to merge"):
        check_mergeable(resolve_profile("embedded"), tmp_path / "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="is not an empty directory"):
        check_mergeable(resolve_profile(trained[0]), tmp_path)
