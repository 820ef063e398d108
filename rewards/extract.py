"""From a model's completion to the source of `create_ansatz`, by text alone: nothing is executed here.

A completion is cut at every Markdown fence line, and the last piece that defines `create_ansatz` is the answer. That
one rule covers a fenced block, a fence that a stop string or the token limit left open, a prompt that already opened
the fence, and bare code. Pieces are never joined, repaired or completed: what the model wrote is what is scored.
"""

from __future__ import annotations

import re
import textwrap

from rewards.policy import parse

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[^`\n]*$", re.MULTILINE)
_DEFINITION = re.compile(r"^[ \t]*(?:def[ \t]+create_ansatz\b|create_ansatz[ \t]*=)", re.MULTILINE)


def extract_code(completion: str) -> str | None:
    """The source that defines `create_ansatz`, or None. A text that is a Python module as it stands is taken whole."""
    text = completion.replace("\r\n", "\n")
    if not _DEFINITION.search(text):
        return None
    if not _FENCE.search(text) or not isinstance(parse(text), str):
        return text
    answers = [piece for piece in _FENCE.split(text) if _DEFINITION.search(piece)]
    return textwrap.dedent(answers[-1]).strip("\n") + "\n"
