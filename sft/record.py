"""What a build says about itself: build.json, losses.jsonl and the curves."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.machine import installed_versions, processor
from sft.builds import RECORD_FILE
from sft.config import SftSettings

if TYPE_CHECKING:
    from trl import SFTTrainer

    from models.loader import Policy

LOSSES_FILE: Final = "losses.jsonl"
CURVES_FILE: Final = "losses.svg"
WEIGHT_FILES: Final = ("adapter_model.safetensors", "model.safetensors", "model.safetensors.index.json")

PACKAGES: Final = (
    *("quantummind", "torch", "transformers", "trl", "datasets", "peft", "tokenizers", "bitsandbytes"),
    *("unsloth", "qiskit", "numpy"),
)


def save_record(
    trainer: SFTTrainer, policy: Policy, settings: SftSettings, build: Path, counts: dict[str, Any]
) -> None:
    """Losses, curves and, last, build.json. `counts` are the figures that only the caller knows: rows, seconds."""
    losses = [entry for entry in trainer.state.log_history if "loss" in entry or "eval_loss" in entry]
    (build / LOSSES_FILE).write_text("".join(json.dumps(entry) + "\n" for entry in losses), encoding="utf-8")
    draw_losses(losses, build / CURVES_FILE)
    train = [entry["loss"] for entry in losses if "loss" in entry]
    evaluation = trainer.evaluate() if trainer.eval_dataset is not None else {}
    parameters = list(policy.model.parameters())
    document = {
        "profile": settings.profile,
        "base": policy.profile.model_name_or_path,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": settings.seed,
        "parameters": sum(p.numel() for p in parameters),
        "trainable_parameters": sum(p.numel() for p in parameters if p.requires_grad),
        "vocabulary": len(policy.tokenizer),
        "steps": trainer.state.global_step,
        "epochs": round(trainer.state.epoch or 0.0, 3),
        "first_loss": train[0] if train else None,
        "last_loss": train[-1] if train else None,
        "best_validation_loss": min((entry["eval_loss"] for entry in losses if "eval_loss" in entry), default=None),
        "validation_loss": evaluation.get("eval_loss"),
        **counts,
        "config_sha256": sha256(build / "config.yaml"),
        "corpus_sha256": sha256(build / "corpus.jsonl"),
        "weights": {path.name: sha256(path) for name in WEIGHT_FILES if (path := build / name).exists()},
        "machine": machine(str(policy.device)),
        "versions": installed_versions(PACKAGES),
    }
    (build / RECORD_FILE).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def draw_losses(losses: Sequence[dict[str, Any]], path: Path) -> None:
    """The two curves over the steps, as a small SVG; the same bytes for the same losses."""
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0, 3.0), layout="constrained")
    axes = figure.subplots()
    for key, name in (("loss", "training"), ("eval_loss", "validation")):
        points = [(entry["step"], float(entry[key])) for entry in losses if key in entry]
        if points:
            axes.plot(*zip(*points, strict=True), label=name, marker="." if len(points) < 20 else None)
    axes.set(xlabel="step", ylabel="loss a token", yscale="log")
    if axes.lines:
        axes.legend()
    with matplotlib.rc_context({"svg.hashsalt": "losses"}):
        figure.savefig(path, format="svg", metadata={"Date": None})


def machine(device: str) -> dict[str, Any]:
    """The hardware that trained: processor, cores, threads, and the GPU with its memory."""
    import torch

    found = {
        "device": device,
        "cpu": processor(),
        "cores": os.cpu_count(),
        "torch_threads": torch.get_num_threads(),
    }
    if device.startswith("cuda"):
        properties = torch.cuda.get_device_properties(0)
        found["gpu"] = properties.name
        found["gpu_memory_gib"] = round(properties.total_memory / 2**30, 1)
        found["peak_memory_gib"] = round(torch.cuda.max_memory_allocated() / 2**30, 2)
    return found


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
