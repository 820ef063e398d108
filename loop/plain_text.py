"""Text that a file or a model wrote, fit for a terminal: what is no printable character is shown as its escape."""

from __future__ import annotations


def visible(text: str) -> str:
    """`text` with control characters, line ends, direction marks, lone surrogates as \\x1b, \\n, \\u202e, \\ud800."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
