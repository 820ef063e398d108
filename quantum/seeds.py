"""One seed fans out by name, so that no two uses share a stream and none depends on the order of calls."""

from __future__ import annotations

import hashlib


def seed_for(run_seed: int, *names: str | int) -> int:
    """A 63-bit seed for the use called `names` under `run_seed` (sha256 of both; equal inputs give equal seeds)."""
    text = "/".join(str(part) for part in (run_seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
