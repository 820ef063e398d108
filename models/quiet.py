"""Keep the libraries' own chatter off the screen: what a user sees is ours, warnings and errors excepted."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_libraries() -> None:
    """Call before transformers, TRL or bitsandbytes are first imported. Errors still come through."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # "no module named 'kernels'": an optional speed-up
    warnings.filterwarnings("ignore", category=FutureWarning)
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
