"""One SFT build from one config: corpus, tokenizer, model, TRL's SFTTrainer, and a directory that says all of it.

A build directory holds
    config.yaml          the resolved config: run it again and get the same build
    corpus.jsonl         the rows that were trained on, and held out
    checkpoint-N/        TRL's checkpoints, as `save_steps` says
    model.safetensors    (or adapter_model.safetensors) with the tokenizer: `from_pretrained` takes the directory
    circuits.json        hashes of the functions trained on, by which validation tells what is novel
    profile.yaml         how prompts are written for it: `resolve_profile` takes the directory
    held_out.jsonl       the held-out rows alone, by which validation tells the perplexity
    losses.jsonl         one line a logged step, and losses.svg
    build.json           digests, counts, losses, seconds, versions, machine; written last, so it marks a finished build
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.checks import check_checkpoint
from models.config import load_config
from models.loader import Policy, load_policy, plan_policy
from models.needs import warn_of_memory
from models.prepare import prepare_training
from models.presets import fit_profile, under
from models.profiles import Profile, resolve_profile, save_profile
from models.tokenizer import train_tokenizer
from quantum import yaml12
from quantum.errors import RequestError
from sft.builds import RECORD_FILE
from sft.config import ScratchSection, SftSettings, sft_arguments
from sft.corpus.build import build_corpus
from sft.corpus.rows import CIRCUITS_FILE, Row, load_rows, save_functions, save_rows
from sft.data.examples import load_data
from sft.dataset import split_corpus, to_dataset
from sft.progress import TrainingProgress
from sft.record import save_record
from sft.validation.perplexity import HELD_OUT_FILE, save_held_out

if TYPE_CHECKING:
    from rich.console import Console
    from transformers import PreTrainedModel, PreTrainedTokenizerBase
    from trl import SFTConfig, SFTTrainer


class StoppedEarly(Exception):
    """Training was asked to stop, and has saved a checkpoint to go on from."""

    def __init__(self, build: Path, step: int) -> None:
        super().__init__(f"stopped after step {step}")
        self.build, self.step = build, step


def run_sft(
    config_path: str | Path,
    overrides: Sequence[str],
    output_dir: str | Path,
    resume: bool = False,
    *,
    console: Console | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Train what `config_path` says into `output_dir`; returns the directory.

    `resume` continues from the last checkpoint there. `stop` is asked after every step: when it says so, a checkpoint
    is saved and `StoppedEarly` raised. Raises `RequestError` for a wrong config, and for a directory that already holds
    a build or, without `resume`, the beginning of one.
    """
    build = Path(output_dir)
    settings, profile, arguments = _checked(config_path, overrides, build, resume)
    prepared = load_data(settings.data, settings.corpus.validation_share) if settings.data else None
    if prepared:
        _check_evaluation(arguments, bool(prepared[1]))
    started = time.time()
    build.mkdir(parents=True, exist_ok=True)
    (build / "config.yaml").write_text(_resolved(settings), encoding="utf-8")
    save_profile(profile, build)
    with TrainingProgress(console) as progress:
        train, validation = prepared or split_corpus(_rows(settings, build, progress, stop), settings.corpus)
        if prepared:
            save_rows([*train, *validation], build / "corpus.jsonl")
        corpus_seconds = time.time() - started
        policy = _policy(settings, profile, [*train, *validation])
        prepare_training(policy, settings.seed, settings.domain_tokens)
        trainer = _trainer(policy, settings, arguments, train, validation)
        from sft.callbacks import watch

        watched = watch(trainer, progress, stop)
        trainer.train(resume_from_checkpoint=resume or None)
    if watched.stopped:
        raise StoppedEarly(build, trainer.state.global_step)
    trainer.save_model(str(build))
    policy.tokenizer.save_pretrained(str(build))
    save_functions(train, build / CIRCUITS_FILE)
    save_held_out([(row.prompt, row.answer) for row in validation], build / HELD_OUT_FILE)
    seconds = {"corpus_seconds": round(corpus_seconds, 1), "seconds": round(time.time() - started, 1)}
    save_record(trainer, policy, settings, build, {**seconds, **_counts(train, validation)})
    return build


def _checked(
    config_path: str | Path, overrides: Sequence[str], build: Path, resume: bool
) -> tuple[SftSettings, Profile, SFTConfig]:
    """What to train, found right in everything that can be known before any work."""
    settings = load_config(SftSettings, config_path, overrides)
    settings = settings.model_copy(update={"training": under(settings.preset, "sft", settings.training)})
    profile = fit_profile(resolve_profile(settings.profile), settings.preset)
    _check_place(build, settings, resume)
    plan = plan_policy(profile, settings.device, settings.backend) if settings.scratch is None else None
    arguments = sft_arguments(settings, build, _on_gpu(settings), profile.prompt_format)
    kept = settings.corpus
    promised = settings.data or kept.validation_share or kept.held_out_families or kept.held_out_sizes
    _check_evaluation(arguments, bool(promised))
    if plan:
        warn_of_memory(profile, plan.place, "sft", settings.training)
    return settings, profile, arguments


def _check_evaluation(arguments: SFTConfig, rows: bool) -> None:
    """Raises RequestError where evaluations are asked for and there are no validation rows for them."""
    if not rows and arguments.eval_strategy != "no":
        raise RequestError("training.eval_strategy: there is no validation row; raise corpus.validation_share")


def _counts(train: Sequence[Row], validation: Sequence[Row]) -> dict[str, Any]:
    return {
        "cpu_seconds_this_process": round(time.process_time(), 1),
        "train_rows": len(train),
        "validation_rows": len(validation),
        "distinct_functions": len({row.hash for row in (*train, *validation)}),
    }


def _check_place(build: Path, settings: SftSettings, resume: bool) -> None:
    if (build / RECORD_FILE).exists():
        raise RequestError(f"{build} already holds a finished build; choose another directory")
    config = build / "config.yaml"
    if config.exists() and config.read_text(encoding="utf-8") != _resolved(settings):
        raise RequestError(f"{build} was begun with another config, which is {config}; choose another directory")
    begun = any(build.glob("checkpoint-*"))
    if begun and not resume:
        raise RequestError(f"{build} holds the beginning of this build; resume it, or choose another directory")
    if resume and not begun:
        raise RequestError(f"{build} holds no checkpoint to resume from")
    if resume:
        check_checkpoint(build)


def _resolved(settings: SftSettings) -> str:
    return yaml12.dump(settings.model_dump(mode="json"))


def _on_gpu(settings: SftSettings) -> bool:
    import torch

    if settings.torch_threads is not None:
        torch.set_num_threads(settings.torch_threads)
    return settings.device != "cpu" and torch.cuda.is_available()


def _rows(settings: SftSettings, build: Path, progress: TrainingProgress, stop: Callable[[], bool]) -> list[Row]:
    """The corpus, made once a build; one that is already in the directory is taken as it is."""
    path = build / "corpus.jsonl"
    if path.exists():
        return load_rows(path)
    total = settings.corpus.functions + settings.corpus.lineages

    def done(tasks: int) -> None:
        progress.corpus(tasks, total)
        if stop():
            raise KeyboardInterrupt

    rows = build_corpus(settings.corpus, settings.workers, done)
    save_rows(rows, path)
    return rows


def _policy(settings: SftSettings, profile: Profile, rows: Sequence[Row]) -> Policy:
    if settings.scratch is None:
        return load_policy(profile, settings.device, backend=settings.backend, seed=settings.seed)
    import torch

    texts = [text for row in rows for text in (row.prompt[-1]["content"], row.answer)]
    tokenizer = train_tokenizer(texts, settings.scratch.vocab_size)
    model = new_model(settings.scratch, tokenizer, settings.seed)
    device = torch.device("cuda" if _on_gpu(settings) else "cpu")
    return Policy(model.to(device), tokenizer, profile, device)  # type: ignore[arg-type]


def new_model(scratch: ScratchSection, tokenizer: PreTrainedTokenizerBase, seed: int) -> PreTrainedModel:
    """A Qwen2 model with tied embeddings and random fp32 weights that knows the tokenizer's special tokens."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    shape = scratch.model_dump(exclude={"vocab_size"})
    config = Qwen2Config(
        **shape,
        vocab_size=len(tokenizer),
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        dtype="float32",
    )
    return Qwen2ForCausalLM(config)


def _trainer(
    policy: Policy, settings: SftSettings, arguments: Any, train: Sequence[Row], validation: Sequence[Row]
) -> SFTTrainer:
    from transformers import EarlyStoppingCallback, set_seed

    from sft.sampler import BucketedTrainer

    patience = settings.early_stopping_patience
    _check_evaluation(arguments, bool(validation))
    form = policy.profile.prompt_format
    set_seed(settings.seed)  # the adapter is initialised before the trainer seeds anything
    return BucketedTrainer(
        model=policy.model,
        args=arguments,
        train_dataset=to_dataset(train, form),
        eval_dataset=to_dataset(validation, form) if validation else None,
        processing_class=policy.tokenizer,
        peft_config=policy.peft_config,
        callbacks=None if patience is None else [EarlyStoppingCallback(patience)],
    )
