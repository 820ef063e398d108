"""`quantummind doctor --model PROFILE`: what a model needs, stage by stage, beside what the machine has."""

from __future__ import annotations

import importlib.util
from typing import Any

from rich.console import Group
from rich.table import Table

from models.memory_estimate import CONTEXT, GIB, lora_parameters
from models.needs import needs
from models.presets import fit_profile, list_presets, resolve_preset
from models.profiles import Profile, resolve_profile
from models.shape import ModelShape
from quantum.errors import RequestError

STAGES = ("load", "sft", "grpo")


def examine_model(model: str, preset: str | None) -> dict[str, Any]:
    """The estimates for one preset, or for all of them, in GiB; `free_gib` is None where torch is not installed."""
    profile = resolve_profile(model)
    shape = profile.known_shape()
    if shape is None:
        raise RequestError(f"model {model!r}: its sizes are not known; put a section `shape` into its profile")
    place, free = _free(profile)
    rows = [_row(profile, shape, name, free) for name in ([preset] if preset else list_presets())]
    return {
        "profile": profile.name,
        "license": profile.license,
        "parameters": shape.parameters,
        "trained_parameters": lora_parameters(profile, shape) if profile.use_peft else shape.parameters,
        "adapter": profile.use_peft,
        "place": place,
        "free_gib": None if free is None else round(free / GIB, 1),
        "presets": rows,
    }


def _row(profile: Profile, shape: ModelShape, name: str, free: float | None) -> dict[str, Any]:
    chosen = resolve_preset(name)
    fitted = fit_profile(profile, name)
    peaks = {stage: peak.total for stage, peak in needs(profile, shape, name).items()}
    return {
        "preset": name,
        "memory_gib": chosen.memory_gib,
        "weights": "NF4" if fitted.load_in_4bit else fitted.dtype,
        **{f"{stage}_gib": round(peaks[stage] / GIB, 1) for stage in STAGES},
        "fits": None if free is None else {stage: peaks[stage] <= free for stage in STAGES},
    }


def _free(profile: Profile) -> tuple[str, float | None]:
    """What `profile` may take: of the GPU, all but its context; without a GPU of the machine, if it runs there."""
    if importlib.util.find_spec("torch") is None:
        return "machine", None
    import torch

    from models.machine import free_memory

    if torch.cuda.is_available():
        return "GPU", free_memory(torch.device("cuda")) - CONTEXT
    return "machine, which has no GPU", 0.0 if profile.needs_gpu else free_memory(torch.device("cpu"))


def report_model(findings: dict[str, Any]) -> Group:
    """The findings as a table with one row a preset."""
    table = Table(box=None, pad_edge=False)
    for heading in ("preset", "weights", *STAGES, "fits here"):
        table.add_column(heading, justify="right" if heading in STAGES else "left")
    for row in findings["presets"]:
        fits = row["fits"]
        here = ", ".join(stage for stage in STAGES if fits[stage]) or "no" if fits else "unknown"
        table.add_row(row["preset"], row["weights"], *(f"{row[f'{stage}_gib']:.1f}" for stage in STAGES), here)
    trained = f"{findings['trained_parameters']:,} trained" + (" (LoRA)" if findings["adapter"] else "")
    free = "unknown" if findings["free_gib"] is None else f"{findings['free_gib']} GiB"
    return Group(
        f"{findings['profile']}: {findings['parameters']:,} parameters, {trained}; licence {findings['license']}",
        f"free for it on this {findings['place']}: {free}",
        "estimated peaks in GiB, within 10 %, without the CUDA context (0.5 GiB)",
        "",
        table,
    )
