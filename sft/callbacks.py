"""What happens between optimiser steps: progress is shown, and a wish to stop is granted with a checkpoint.

Imports transformers, so it is imported where training starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transformers import PrinterCallback, ProgressCallback, TrainerCallback, TrainerControl, TrainerState
from trl import SFTTrainer

from sft.progress import TrainingProgress


class Watch(TrainerCallback):
    """Shows every step and log; `stopped` tells that training ended early because `stop()` said so."""

    def __init__(self, progress: TrainingProgress, stop: Callable[[], bool]) -> None:
        self.progress = progress
        self.stop = stop
        self.stopped = False

    def on_step_end(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.progress.step(state.global_step, state.max_steps)
        if self.stop() and state.global_step < state.max_steps:
            self.stopped = control.should_save = control.should_training_stop = True

    def on_log(self, args: Any, state: TrainerState, control: TrainerControl, logs: Any = None, **_: Any) -> None:
        self.progress.log(state.global_step, state.max_steps, logs or {})


def watch(trainer: SFTTrainer, progress: TrainingProgress, stop: Callable[[], bool]) -> Watch:
    """Puts a `Watch` in the place of the trainer's own progress."""
    for own in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(own)
    found = Watch(progress, stop)
    trainer.add_callback(found)
    return found
