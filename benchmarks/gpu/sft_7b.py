#!/usr/bin/env python3
"""Seconds a QLoRA step of a 7B policy and its peak memory; resume, merge and reload of what it saved.

    python -m benchmarks.gpu.sft_7b [--variants nf4,unsloth,bf16] [--steps 6]

The stage itself (`sft.train.run_sft` with configs/sft/qwen2.5-coder-7b.yaml: 2 x 2048 packed x 8, rank 32, adamw_8bit),
on a model of the true shape with random weights. One process a variant; the first step is not counted. `bf16` is
what a card of 141 GB allows: no quantisation, no checkpointing. Prints one JSON line a variant.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CONFIG = "configs/sft/qwen2.5-coder-7b.yaml"
TOKENS = 2 * 2048 * 8
CORPUS = (
    "corpus.style=compact",
    "corpus.functions=400",
    "corpus.lineages=0",
    "workers=16",
    "early_stopping_patience=null",
)
VARIANTS: dict[str, tuple[dict[str, Any], Sequence[str]]] = {
    "nf4": ({"load_in_4bit": True}, ("backend=transformers",)),
    "unsloth": ({"load_in_4bit": True, "lora_dropout": 0.0}, ("backend=unsloth",)),
    "bf16": ({"load_in_4bit": False}, ("backend=transformers", "training.gradient_checkpointing=false")),
}
"""Per variant: fields of the profile, and settings of the stage."""


class Clock:
    """Seconds of each optimiser step, as a callback of transformers' Trainer."""

    def __init__(self) -> None:
        from transformers import TrainerCallback

        clock = self
        self.seconds: list[float] = []

        class Watch(TrainerCallback):  # type: ignore[misc]
            def on_step_begin(self, *_: Any, **__: Any) -> None:
                clock.started = time.perf_counter()

            def on_step_end(self, *_: Any, **__: Any) -> None:
                import torch

                torch.cuda.synchronize()
                clock.seconds.append(round(time.perf_counter() - clock.started, 2))

        self.callback = Watch()


def run_stage(build: Path, sets: Sequence[str], resume: bool = False) -> Clock:
    """One session of the stage, timed step by step."""
    import sft.train as stage

    make, clock = stage._trainer, Clock()

    def timed(*arguments: Any) -> Any:
        trainer = make(*arguments)
        trainer.add_callback(clock.callback)
        return trainer

    stage._trainer = timed
    try:
        stage.run_sft(CONFIG, list(sets), build, resume=resume)
    finally:
        stage._trainer = make
    return clock


def losses(build: Path) -> dict[int, float]:
    lines = map(json.loads, (build / "losses.jsonl").read_text().splitlines())
    return {line["step"]: line["loss"] for line in lines if "loss" in line}


def with_profile(weights: Path, folder: Path, fields: dict[str, Any]) -> Path:
    """The same weights under a profile with other fields."""
    import yaml

    profile = folder / "seven-b.yaml"
    known = yaml.safe_load((weights / "profile.yaml").read_text())
    profile.write_text(yaml.safe_dump({**known, **fields, "model_name_or_path": str(weights)}))
    return profile


def measure(variant: str, steps: int, weights: Path) -> dict[str, Any]:
    fields, settings = VARIANTS[variant]
    if variant == "unsloth":
        import unsloth  # noqa: F401  before trl and transformers, as it patches both

    import torch

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = with_profile(weights, folder, fields)
        often = (f"training.max_steps={steps}", f"training.save_steps={steps // 2}", "training.logging_steps=1")
        sets = (f"profile={profile}", *CORPUS, *settings, *often, "training.eval_steps=1000")
        clock = run_stage(folder / "build", sets)
        step = statistics.median(clock.seconds[1:])
        result = {
            "variant": variant,
            "step_s": step,
            "steps_s": clock.seconds,
            "tokens_per_s": round(TOKENS / step),
            "peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 1),
            "last_loss": losses(folder / "build")[steps],
        }
        print(json.dumps(result), flush=True)
        resumed = folder / "resumed"
        resumed.mkdir()
        for kept in ("config.yaml", "corpus.jsonl"):
            shutil.copy(folder / "build" / kept, resumed / kept)
        shutil.copytree(folder / "build" / f"checkpoint-{steps // 2}", resumed / f"checkpoint-{steps // 2}")
        run_stage(resumed, sets, resume=True)
        result["resumed_last_loss"] = losses(resumed)[steps]
        if variant == "nf4":
            result |= merge_and_reload(folder / "build", folder / "merged")
    return result


def merge_and_reload(build: Path, merged: Path) -> dict[str, Any]:
    """Seconds to merge, and how far the merged model's logits are from those of the 4-bit base with the adapter."""
    import torch
    from peft import AutoPeftModelForCausalLM
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from models.backends.with_transformers import quantization
    from models.profiles import resolve_profile

    torch.cuda.empty_cache()
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "loop.cli", "merge", str(build), "--to", str(merged)], check=True)
    seconds = time.perf_counter() - started
    ids = AutoTokenizer.from_pretrained(merged)("def create_ansatz(num_qubits):", return_tensors="pt").input_ids
    trained_as = quantization(resolve_profile(build), torch.bfloat16)
    loaders = (AutoModelForCausalLM, merged, {}), (AutoPeftModelForCausalLM, build, {"quantization_config": trained_as})
    logits = []
    for loader, path, more in loaders:
        model = loader.from_pretrained(path, dtype=torch.bfloat16, device_map="cuda", **more)
        with torch.no_grad():
            logits.append(model(ids.to("cuda")).logits.float())
        del model
        torch.cuda.empty_cache()
    apart = float((logits[0] - logits[1]).norm() / logits[1].norm())
    return {"merge_s": round(seconds, 1), "merged_logits_apart": round(apart, 5)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", default="nf4,unsloth,bf16")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--weights", type=Path, default=Path(tempfile.gettempdir()) / "seven_b")
    parser.add_argument("--one", action="store_true", help="measure the one variant in this process")
    arguments = parser.parse_args()
    variants = arguments.variants.split(",")
    if arguments.one:
        print(json.dumps(measure(variants[0], arguments.steps, arguments.weights)))
        return
    from benchmarks.gpu.seven_b import save_seven_b

    save_seven_b(arguments.weights)
    here = [sys.executable, "-m", "benchmarks.gpu.sft_7b", "--one", "--weights", str(arguments.weights)]
    for variant in variants:
        subprocess.run([*here, "--variants", variant, "--steps", str(arguments.steps)])


if __name__ == "__main__":
    main()
