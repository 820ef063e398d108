"""What a machine has for a policy: free memory of its GPU, or of the machine itself within its container's limit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

CGROUP = Path("/sys/fs/cgroup")


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
