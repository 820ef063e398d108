"""The terminal: what is printed is text. Nothing in it is markup, and no control character of a file reaches it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from quantum.plain import plain


class PlainConsole(Console):
    """A rich console that takes every string as it stands; styles come from our own `Text` and `style` alone."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(markup=False, emoji=False, **settings)

    def render_str(self, text: str, **settings: Any) -> Text:
        return super().render_str(plain(text), **settings)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Whatever way a text came into a renderable, only rich's own control codes leave it."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))


class Output(PlainConsole):
    def on_broken_pipe(self) -> None:
        """Nobody reads on: `loop.cli` ends with exit code 0, where rich would end with 1."""
        raise BrokenPipeError


def output_console() -> Console:
    """Standard output; not a terminal, it is wide enough for every table."""
    return Output() if sys.stdout.isatty() else Output(width=160, no_color=True)


def progress_console() -> Console:
    """Standard error."""
    return PlainConsole(stderr=True)
