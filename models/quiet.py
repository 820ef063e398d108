"""The training libraries: are they here, and their own chatter kept off the screen."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
import warnings

from quantum.errors import RequestError

REQUIRED = ("torch", "transformers", "trl", "datasets", "peft")


def quiet_libraries() -> None:
    """Call before transformers, TRL or bitsandbytes are first imported. Errors still come through.

    It imports none of them itself, because unsloth has to come before them. Raises RequestError when the `train` extra
    is not installed.
    """
    missing = [name for name in REQUIRED if importlib.util.find_spec(name) is None]
    if missing:
        raise RequestError(
            f"this needs the training packages ({missing[0]} is missing); pip install 'quantummind[train]'"
        )
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # "no module named 'kernels'": an optional speed-up
    logging.getLogger("trl").setLevel(logging.ERROR)  # a line for every answer without a reward
    warnings.filterwarnings("ignore", category=FutureWarning)
    if "transformers" in sys.modules:
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()


def one_line(error: Exception) -> str:
    """What a library says of an error, short and in one line; its type when it says nothing."""
    return f"{' '.join(str(error).split()):.200}" or type(error).__name__
