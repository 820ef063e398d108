"""The exceptions a person gets to read: a wrong request, and a failure of ours.

Anything a user can get wrong (a name, a key, a path, a value) raises `RequestError` with the whole message in one
line: what is wrong, where, the nearest right value. The command prints that line and exits with code 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

MOST_NAMED: Final = 24
"""Names in one line of an error message."""
LEAST_PART: Final = 3
"""Letters of a part that says which name is meant."""


class RequestError(ValueError):
    """What was asked for is wrong; `str(error)` is one line for a person."""


class InfrastructureError(RuntimeError):
    """Scoring itself is broken; `str(error)` says how."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """A suffix for an error message: the nearest of `choices`, or what they are when none is near.

    Near is what is spelled alike, what the letters of `name` begin the words of (lr, learning_rate), or what has it as
    a part. Of more than `MOST_NAMED` choices only the first are named.
    """
    known = sorted(choices)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    near += [one for one in known if "".join(word[:1] for word in one.split("_")) == name]
    near += [one for one in known if len(name) >= LEAST_PART and name in one]
    if near:
        return f"; did you mean {near[0]!r}?"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"; known: {', '.join(known[:MOST_NAMED])}{more}"
