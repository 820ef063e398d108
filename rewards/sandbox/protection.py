"""What protects this machine: it comes from here, or from the command line of the command that runs, never from a file.

A config, a run, a certificate may have been written by anybody. What it says about how much work to do is taken up to
this machine's ceilings; what it says about switching a layer off is refused (`rewards.guarded`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from quantum.errors import RequestError, did_you_mean

CEILINGS: Final[Mapping[str, float]] = {
    "sandbox.cpu_seconds": 10,
    "sandbox.wall_seconds": 60,
    "sandbox.memory_mib": 2048,
    "sandbox.output_bytes": 8 << 20,
    "vqe.restarts": 1024,
    "vqe.max_evaluations": 20_000,
    "reward.gradient_samples": 4096,
    "run.workers": 512,
    "run.top": 100,
    "run.confirm_restarts": 1024,
}
"""The most that a file may ask for, far above what ships; `--ceiling KEY=VALUE` raises one for a command."""


@dataclass(frozen=True)
class Protection:
    """The layers to use, and the ceilings above which no setting of a file is followed.

    unsafe_no_sandbox runs candidates in a process of their own with limits and nothing else: anything they do, they do
    as you. What they make is marked: `sandbox_level` "none".
    """

    unsafe_no_sandbox: bool = False
    namespaces: bool = True
    landlock: bool = True
    ceilings: Mapping[str, float] = field(default_factory=lambda: dict(CEILINGS))

    @staticmethod
    def of_command_line(unsafe_no_sandbox: bool, ceilings: Iterable[str] = ()) -> Protection:
        """From the options of a command; `ceilings` are KEY=VALUE. Raises RequestError for what is none."""
        raised = dict(CEILINGS)
        for text in ceilings:
            key, _, value = text.partition("=")
            if key not in CEILINGS:
                raise RequestError(f"--ceiling {text}: no ceiling {key!r}{did_you_mean(key, CEILINGS)}")
            try:
                raised[key] = float(value)
            except ValueError:
                raise RequestError(f"--ceiling {text}: write it as {key}=NUMBER") from None
        return Protection(unsafe_no_sandbox=unsafe_no_sandbox, ceilings=raised)
