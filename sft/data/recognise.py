"""Which problem a text is about, told by its words: a family, a number of qubits, values of parameters."""

from __future__ import annotations

import re
from typing import Final

from quantum.errors import RequestError
from quantum.hamiltonians import FAMILIES

NAMES: Final = {
    "tfim": r"tfim|transverse[- ]field|ising",
    "xxz": r"xxz",
    "xy": r"xy(?![- ]?plane)",
    "heisenberg": r"heisenberg|xxx",
    "hubbard": r"hubbard",
    "maxcut": r"max[- ]?cut",
    "h2o": r"h_?2o|water",
    "beh2": r"beh_?2|beryllium",
    "lih": r"lih|lithium hydride",
    "h4": r"h_?4",
    "h2": r"h_?2|hydrogen molecule",
}
_PATTERNS: Final = {name: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I) for name, words in NAMES.items()}
_SIZE: Final = re.compile(
    r"(?<![\w.])(\d{1,2})[- ]*(?:qubits?|sites?|spins?)\b"
    r"|\b(?:n(?:um)?_?(?:of_)?qubits?|qubits?|n|sites?)\s*(?:=|:|is)\s*(\d{1,2})(?![\w.])",
    re.I,
)
_RING: Final = re.compile(r"\b(?:periodic|ring)\b", re.I)


def named_problem(text: str) -> tuple[str, int] | None:
    """The family and size that a text is about, with the family's default parameters.

    None unless it names exactly one family and one size, and where it gives a parameter another value.
    """
    families, sizes = named_families(text), named_sizes(text)
    if len(families) != 1 or len(sizes) != 1:
        return None
    family = families.pop()
    return (family, sizes.pop()) if _has_defaults(family, text) else None


def named_families(text: str) -> set[str]:
    return {name for name, pattern in _PATTERNS.items() if pattern.search(text)}


def named_sizes(text: str) -> set[int]:
    return {int(first or second) for first, second in _SIZE.findall(text)}


def _has_defaults(family: str, text: str) -> bool:
    """False where the text gives a parameter ("field=0.5", "h = 2") another value than the default, or has a ring."""
    if _RING.search(text):
        return False
    for parameter in FAMILIES[family].parameters:
        for name in (parameter.name, *parameter.aliases):
            for value in re.findall(rf"(?<!\w){re.escape(name)}\s*=\s*([-+\w.]+)", text):
                try:
                    if parameter.parse(value.rstrip("."), family) != parameter.default:
                        return False
                except RequestError:
                    return False
    return True
