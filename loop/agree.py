"""Whether a stated document is the derived one, figure by figure; what is on one side alone is a figure too.

On the engine that made the certificate a score comes out to the last bit. On another one (processor or library
versions, see `engine_fingerprint`) numbers agree to `TOLERANCE`, and the optimiser may end elsewhere: what follows its
path and differs is then neither right nor wrong, it is not derived here.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from loop.certificate import STATED, is_under

TOLERANCE: Final = 1e-9
"""In a figure's own unit (energies, angles in radians, rewards, variances); counts and texts are exact."""

WIDER: Final[Mapping[str, float]] = {"fidelity": 1e-6, "product_error": 1e-6}
"""Figures that are less sharp than that between engines."""

OF_THE_OPTIMISER: Final = frozenset(
    {"restart_hits", "evaluations", "best_parameters", "energy", "error", "relative_error", "fidelity"}
    | {"reward", "reward_parts"}
)
"""What may come out otherwise on another engine. Anything else that differs is wrong, wherever it was made."""

OF_THE_TRANSPILER: Final = "transpiled.sizes"
FAILURES: Final = "score.held_out_failures."

MISSING: Final = "missing"
OTHER_ENGINE: Final = "not derived here: another engine"
AT_THEM: Final = "others; see the energy at the stated ones"
NOT_TO_THE_BIT: Final = f"not derived here: it agrees to {TOLERANCE:g}, not to the last digit"


@dataclass(frozen=True)
class Check:
    """One figure: what the certificate says, what was derived, and whether they agree (None: not derived here)."""

    figure: str
    stated: object
    derived: object
    ok: bool | None


class Agreement(enum.IntEnum):
    SAME = 0
    CLOSE = 1
    OTHER = 2


def compare(
    stated: object,
    derived: object,
    same_engine: bool,
    chosen: Collection[str] = (),
    given: Collection[str] = (),
) -> Iterator[Check]:
    """A check for every figure of two certificates that is not the maker's word.

    Of what was `chosen` (sections of the certificate) there is one only where it is not in this version's form. What is
    `given` came of a start that the maker knew, which is not what the optimiser was given here: to the tolerance.
    """
    for figure, says, found in _pairs(stated, derived, ""):
        if is_under(figure, STATED) and not figure.startswith(FAILURES):
            continue
        check = _check(figure, says, found, same_engine, same_engine and not is_under(figure, given))
        if check.ok is not True or not is_under(figure, chosen):
            yield check


def agreement(stated: object, derived: object, tolerance: float = TOLERANCE) -> Agreement:
    """How well two values agree; lists element by element, numbers to `tolerance`, all else exactly."""
    if isinstance(stated, list) and isinstance(derived, list) and len(stated) == len(derived):
        pairs = zip(stated, derived, strict=True)
        return max((agreement(one, other, tolerance) for one, other in pairs), default=Agreement.SAME)
    if isinstance(stated, bool) or isinstance(derived, bool) or not isinstance(derived, int | float):
        return Agreement.SAME if type(stated) is type(derived) and stated == derived else Agreement.OTHER
    if not isinstance(stated, int | float):
        return Agreement.OTHER
    if stated == derived:
        return Agreement.SAME
    if isinstance(stated, int) or isinstance(derived, int) or not math.isfinite(stated):
        return Agreement.OTHER
    return Agreement.CLOSE if abs(stated - derived) <= tolerance else Agreement.OTHER


def _check(figure: str, stated: object, derived: object, same_engine: bool, to_the_bit: bool) -> Check:
    if figure.startswith(FAILURES):
        stated, derived = (str(words).partition(":")[0] for words in (stated, derived))
    names = set(re.split(r"[.\[\]]+", figure))
    found = agreement(stated, derived, max((WIDER.get(name, TOLERANCE) for name in names), default=TOLERANCE))
    if found is Agreement.SAME or (found is Agreement.CLOSE and not to_the_bit):
        return Check(figure, stated, derived, True)
    if "best_parameters" in names and not to_the_bit and _as_long(stated, derived):
        return Check(figure, stated, AT_THEM, True)
    if found is Agreement.CLOSE:
        return Check(figure, stated, NOT_TO_THE_BIT, None)
    if not same_engine and (names & OF_THE_OPTIMISER or figure.startswith(OF_THE_TRANSPILER)):
        return Check(figure, stated, OTHER_ENGINE, None)
    return Check(figure, stated, derived, False)


def _pairs(stated: Any, derived: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """(path, stated, derived) of every leaf of either."""
    if isinstance(stated, Mapping) and isinstance(derived, Mapping) and (stated or derived):
        for key in {**stated, **derived}:
            below = f"{path}.{key}" if path else str(key)
            yield from _pairs(stated.get(key, MISSING), derived.get(key, MISSING), below)
    elif _holds_mappings(stated) and _holds_mappings(derived) and len(stated) == len(derived):
        for index, (one, other) in enumerate(zip(stated, derived, strict=True)):
            yield from _pairs(one, other, f"{path}[{index}]")
    else:
        yield path, stated, derived


def _as_long(stated: object, derived: object) -> bool:
    return isinstance(stated, list) and isinstance(derived, list) and len(stated) == len(derived)


def _holds_mappings(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value)
