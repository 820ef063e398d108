"""Trackers by TRL's key `grpo.report_to`: none (the default), tensorboard, trackio, wandb, or a list of them.

A run keeps one name in them, stored in environment.json, so that a resumed run goes on in its own curve and a fork gets
a new one. wandb and trackio take it as the run's identity; tensorboard writes into the run directory, and the steps
that a resumed run makes again replace those of the session before. TRL's figures go there, and ours as
`quantummind/...` (`loop.explorer.Explorer.figures`). Only what trains is tracked: a run with `run.train: false` is not.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.trl_settings import chosen_trackers

if TYPE_CHECKING:
    from loop.run import Run

PROJECT = "quantummind"


@contextlib.contextmanager
def tracking(run: Run, settings: Mapping[str, Any], done: int) -> Iterator[dict[str, Any]]:
    """The section `grpo` for a session of `run` that begins after step `done`, with its trackers told which run it is.

    They read that from environment variables, which are put back at the end.
    """
    names = chosen_trackers("grpo", settings)
    if not names:
        yield dict(settings)
        return
    identity = run_identity(run)
    folder = run.path / "tensorboard"
    ours = {
        "WANDB_RUN_ID": identity,
        "WANDB_RESUME": "allow",
        "WANDB_DIR": str(run.path),
        "WANDB_PROJECT": os.environ.get("WANDB_PROJECT", PROJECT),
        "TENSORBOARD_LOGGING_DIR": str(folder),
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        if "tensorboard" in names and done:
            _forget_after(folder, done)
        with contextlib.redirect_stdout(sys.stderr):  # trackio prints; stdout is for results alone
            yield {"run_name": identity, "project": PROJECT, **settings}
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        if "wandb" in names and (wandb := sys.modules.get("wandb")):
            wandb.finish()


def run_identity(run: Run) -> str:
    """The name of the run in its trackers; made once."""
    found = run.environment().get("tracker_id")
    if isinstance(found, str):
        return found
    made = f"{run.path.resolve().name}-{secrets.token_hex(4)}"
    run.record("tracker_id", made)
    return made


def _forget_after(folder: Path, step: int) -> None:
    """Tell readers of tensorboard's files that what stands in them after `step` is void."""
    from torch.utils.tensorboard import SummaryWriter

    SummaryWriter(str(folder), purge_step=step + 1).close()
