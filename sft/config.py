"""The configuration of the SFT stage. `training:` is TRL's SFTConfig, names verbatim, checked against TRL itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from models.config import Strict
from models.profiles import Backend
from models.prompts import Format, render, render_answer
from models.quiet import one_line
from models.trl_settings import check_settings, try_arguments
from quantum.errors import RequestError
from sft.corpus.settings import CorpusSettings

if TYPE_CHECKING:
    from trl import SFTConfig

OURS = {
    "output_dir": "use --to",
    "seed": "use seed",
    "use_cpu": "use device",
    "resume_from_checkpoint": "use --resume",
    "completion_only_loss": "the loss is on the answers alone",
}
"""TRL's names that are set here, and what to do instead."""


class ScratchSection(Strict):
    """A Qwen2 model with random weights; names are those of transformers' Qwen2Config."""

    num_hidden_layers: int = Field(default=2, ge=1)
    hidden_size: int = Field(default=96, ge=8)
    num_attention_heads: int = Field(default=4, ge=1)
    num_key_value_heads: int = Field(default=2, ge=1)
    intermediate_size: int = Field(default=256, ge=8)
    max_position_embeddings: int = Field(default=1024, ge=64)
    vocab_size: int = Field(default=1024, ge=300)
    """The most tokens that the tokenizer may have; the model gets as many as it has."""


class SftSettings(Strict):
    """One build: which policy, from which data, how trained."""

    profile: str = "embedded"
    scratch: ScratchSection | None = None
    """Train a new model of this shape, with a tokenizer of its own, instead of the profile's weights."""
    domain: Literal["ansatz", "fastformula", "text"] = Field(
        default="ansatz", description="what its answers are, and by which rules they are valid (sft.domains)"
    )
    data: str | None = Field(
        default=None,
        description="train on this folder or file of `quantummind data`, not on a corpus; package: for one that ships",
    )
    corpus: CorpusSettings = CorpusSettings()
    workers: int = Field(default=2, ge=1)
    """Processes that make the corpus."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    torch_threads: int | None = Field(default=None, ge=1)
    seed: int = Field(default=0, ge=0)
    early_stopping_patience: int | None = Field(
        default=None, ge=1, description="stop after so many evaluations without a lower validation loss, keep the best"
    )
    preset: str | None = Field(default=None, description="memory preset, underneath `training` and the profile")
    backend: Backend | None = Field(default=None, description="what loads and trains it; else what its profile says")
    domain_tokens: tuple[str, ...] = Field(default=(), description="added to the tokenizer, trained with the adapter")
    training: dict[str, Any] = Field(default_factory=dict, description="TRL's SFTConfig, names verbatim")


def sft_arguments(settings: SftSettings, output_dir: Path, cuda: bool, form: Format) -> SFTConfig:
    """TRL's SFTConfig for rows in the prompt format `form`; raises `RequestError` for what TRL does not take."""
    from datasets import Dataset, disable_progress_bars
    from trl import SFTConfig, SFTTrainer

    checked = check_settings(SFTConfig, "training", settings.training, OURS)
    machine = {"use_cpu": not cuda, "bf16": cuda, "gradient_checkpointing": cuda}
    ours = {"output_dir": str(output_dir), "seed": settings.seed, "report_to": "none", "completion_only_loss": True}
    ours |= {"disable_tqdm": True, **_early_stopping(settings)}
    try:
        arguments = SFTConfig(**{**ours, **machine, **checked})
    except (TypeError, ValueError) as error:
        raise RequestError(f"training: {one_line(error)}") from error
    row = {"prompt": [render([{"role": "user", "content": "a"}], form)], "completion": [render_answer("b", form)]}
    disable_progress_bars()
    rows = Dataset.from_dict(row)
    try_arguments("training", arguments, SFTTrainer, train_dataset=rows, eval_dataset=rows)
    return arguments


def _early_stopping(settings: SftSettings) -> dict[str, Any]:
    """What transformers wants set for it: the best model kept by validation loss, the count of patience resumed."""
    if settings.early_stopping_patience is None:
        return {}
    if settings.training.get("eval_strategy", "no") == "no":
        raise RequestError("early_stopping_patience needs evaluations: set training.eval_strategy and eval_steps")
    best = {"load_best_model_at_end": True, "metric_for_best_model": "eval_loss", "greater_is_better": False}
    return {**best, "restore_callback_states_from_checkpoint": True}
