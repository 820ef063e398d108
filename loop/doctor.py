"""`quantummind doctor`: versions, known conflicts, the GPU, and the sandbox's layers proved by live tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from loop.environment import describe_environment, package_versions
from rewards.sandbox import Sandbox, SandboxSettings, prove_layers

ROOMS = ("configs", "grpo", "loop", "models", "quantum", "rewards", "sft")

CONFLICTS = {
    ("trl", "1.15.0"): "trl 1.15.0 cannot train on a CPU; install trl 1.14.2",
}


def examine(settings: SandboxSettings) -> dict[str, Any]:
    """Everything `doctor` knows; "ok" is whether nothing found stands in the way of a run with these settings."""
    versions = package_versions()
    conflicts = [advice for (name, version), advice in CONFLICTS.items() if versions.get(name) == version]
    conflicts += _shadowed_rooms()
    proofs = [vars(proof) for proof in prove_layers(settings)]
    with Sandbox(settings) as sandbox:
        level = sandbox.level
    return {
        "ok": not conflicts and all(proof["ok"] or not proof["required"] for proof in proofs),
        "environment": describe_environment(0),
        "conflicts": conflicts,
        "gpu": _gpu(),
        "sandbox": {"level": level, "minimum_level": settings.minimum_level, "layers": proofs},
    }


def _shadowed_rooms() -> list[str]:
    """Our packages have plain names; says which one a foreign package of the same name hides."""
    home = Path(__file__).resolve().parent.parent
    found = []
    for room in ROOMS:
        spec = importlib.util.find_spec(room)
        places = [Path(p).resolve().parent for p in (spec.submodule_search_locations or [])] if spec else []
        if home not in places:
            found.append(f"the package {room!r} that Python imports is not QuantumMind's but {places or 'absent'}")
    return found


def _gpu() -> dict[str, Any] | None:
    """The first CUDA device as torch sees it; None without torch or without one."""
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    if not torch.cuda.is_available():
        return None
    properties = torch.cuda.get_device_properties(0)
    return {
        "name": properties.name,
        "memory_gib": round(properties.total_memory / 2**30, 1),
        "cuda": torch.version.cuda,
    }


def report(findings: dict[str, Any]) -> Group:
    """The findings as tables a person reads at a glance."""
    versions = Table(box=None, pad_edge=False, show_header=False)
    for name, version in findings["environment"]["packages"].items():
        versions.add_row(name, version)
    gpu = findings["gpu"]
    versions.add_row(
        "GPU", f"{gpu['name']}, {gpu['memory_gib']} GiB" if gpu else "none (the embedded model runs on the CPU)"
    )
    layers = Table(box=None, pad_edge=False)
    for heading in ("", "sandbox layer", "what was tried"):
        layers.add_column(heading, overflow="fold")
    for proof in findings["sandbox"]["layers"]:
        layers.add_row("yes" if proof["ok"] else "NO" if proof["required"] else "no", proof["name"], proof["detail"])
    sandbox = findings["sandbox"]
    lines = [
        f"sandbox level: {sandbox['level']} (at least {sandbox['minimum_level']} is required)",
        *findings["conflicts"],
    ]
    return Group(versions, "", layers, "", *lines)
