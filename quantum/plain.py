"""Text that a file or a model wrote, made fit to be shown: what it holds is seen, and none of it acts.

Every printer goes through here: the terminal (`loop.console`), the page (`loop.report.html`), error lines, logs.
"""

from __future__ import annotations

import unicodedata

MAX_LINE = 300


def plain(text: str, keep: str = "\n\t") -> str:
    """The same text with control characters made visible: an escape becomes ␛, a reversal of direction \\u202e.

    Those of `keep` stay, spaces of any width become a space. Nothing else is changed.
    """
    return text if text.isprintable() else "".join(c if c in keep else _shown(c) for c in text)


def one_line(text: str) -> str:
    """A message fit for a terminal and a log: one line, no control characters, capped."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…"


def _shown(character: str) -> str:
    code = ord(character)
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"\\u{code:04x}"
