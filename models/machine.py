"""What a machine has: installed versions, its processor, free memory of its GPU or within its container's limit."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

CGROUP = Path("/sys/fs/cgroup")


def installed_versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of those that are installed."""
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """The processor's model, or its architecture where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def free_memory(place: torch.device) -> float:
    """Bytes that can still be taken on `place`."""
    import torch

    if place.type == "cuda":
        return float(torch.cuda.mem_get_info(place)[0])
    import psutil

    return float(min([psutil.virtual_memory().available, *_container_memory()]))


def _container_memory() -> list[int]:
    """What the control group (version 2) leaves; nothing where it sets no limit."""
    try:
        limit = (CGROUP / "memory.max").read_text().strip()
        used = int((CGROUP / "memory.current").read_text())
        return [] if limit == "max" else [max(int(limit) - used, 0)]
    except (OSError, ValueError):
        return []
