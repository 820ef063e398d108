"""The exceptions a person gets to read: a wrong request, and a failure of ours.

Anything a user can get wrong (a name, a key, a path, a value) raises `RequestError` with the whole message in one
line: what is wrong, where, the nearest right value. The command prints that line and exits with code 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RequestError(ValueError):
    """What was asked for is wrong; `str(error)` is one line for a person."""


class InfrastructureError(RuntimeError):
    """Scoring itself is broken; `str(error)` says how."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """A suffix for an error message: the nearest of `choices`, or all of them when none is near."""
    known = sorted(choices)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
