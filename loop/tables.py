"""Tables for a terminal: circuits, checks. On a narrow one a table of circuits leaves out what matters least."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from loop.certificate import not_derived
from quantum.plain import one_line, plain
from rewards.record import Score, SizeScore

if TYPE_CHECKING:
    from loop.agree import Check

Column = Callable[[Score, SizeScore], str]

COLUMNS: dict[str, Column] = {
    "qubits": lambda score, size: str(size.num_qubits),
    "energy": lambda score, size: f"{size.energy:.8f}",
    "exact": lambda score, size: f"{size.exact_energy:.8f}",
    "rel. error": lambda score, size: _number(size.relative_error, ".1e"),
    "fidelity": lambda score, size: "" if size.fidelity is None else f"{floored(size.fidelity):.4f}",
    "2q gates": lambda score, size: str(size.two_qubit_gates),
    "depth": lambda score, size: str(size.depth),
    "params": lambda score, size: str(size.parameters),
    "reward": lambda score, size: _number(score.reward, ".3f"),
    "known as": lambda score, size: score.known_as or "",
}
"""What a line says of one size of a circuit."""

OF_THE_CIRCUIT = ("reward", "known as")
"""Said once, on the line of the first size."""

MOST_CHECKS = 500

LEAST_FIRST = ("known as", "exact", "depth", "energy", "reward", "params", "fidelity", "qubits")
"""What goes, in this order, until the rest fits the width."""


def circuit_table(rows: Iterable[tuple[str, Score]]) -> RenderableType:
    """One line a size of every (name, score), with as many columns as the terminal has room for."""
    return _CircuitTable(rows)


class _CircuitTable:
    def __init__(self, rows: Iterable[tuple[str, Score]]) -> None:
        self.rows = list(rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        kept, unlimited = list(COLUMNS), options.update(max_width=10_000)
        if not any(score.known_as for _, score in self.rows):
            kept.remove("known as")
        for name in LEAST_FIRST:
            if console.measure(self._table(kept), options=unlimited).maximum <= options.max_width:
                break
            if name in kept:
                kept.remove(name)
        if any(score.outcome == "ok" for _, score in self.rows):
            yield self._table(kept)
        yield from self._failures()

    def _table(self, columns: Sequence[str]) -> Table:
        table = Table(box=None, pad_edge=False)
        table.add_column("circuit", no_wrap=True)
        for name in columns:
            table.add_column(name, justify="left" if name == "known as" else "right", no_wrap=True)
        for circuit, score in self.rows:
            for k, size in enumerate(score.sizes if score.outcome == "ok" else ()):
                cells = ("" if k and name in OF_THE_CIRCUIT else COLUMNS[name](score, size) for name in columns)
                table.add_row("" if k else circuit, *cells)
        return table

    def _failures(self) -> Iterable[str]:
        """A line a circuit without figures: why."""
        for circuit, score in self.rows:
            if score.outcome != "ok":
                reward = _number(score.reward, ".3f") or "none"
                yield f"{circuit}: reward {reward}, {score.reason}: {one_line(score.message)}"


def device_table(transpiled: Mapping[str, Any]) -> Table:
    """What a circuit costs on a device: the section `transpiled` of its certificate."""
    coupling = transpiled["coupling"] if isinstance(transpiled["coupling"], str) else "your coupling map"
    title = f"on {', '.join(transpiled['basis'])} with {coupling}"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left", title_style="")
    for heading in ("qubits", "2q gates", "1q gates", "depth", "2q depth"):
        table.add_column(heading, justify="right", no_wrap=True)
    for size in transpiled["sizes"]:
        keys = ("num_qubits", "two_qubit_gates", "one_qubit_gates", "depth", "two_qubit_depth")
        table.add_row(*(str(size[key]) for key in keys))
    return table


def check_table(checks: Sequence[Check]) -> Table:
    """The checks of one exported circuit; those that fail first, then those that cannot be made here."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "figure", "certificate", "derived"):
        table.add_column(heading, overflow="fold")
    words = {False: "NO", None: "?", True: "yes"}
    shown = sorted(checks, key=lambda check: (list(words).index(check.ok), check.figure))
    for check in shown[:MOST_CHECKS]:
        table.add_row(words[check.ok], *(Text(_short(cell)) for cell in (check.figure, check.stated, check.derived)))
    return table


def stated_table(document: Mapping[str, Any]) -> Table:
    """The parts of a certificate that are not derived: what it says, and what that is."""
    table = Table(
        show_header=False,
        box=None,
        pad_edge=False,
        title="stated by the maker, not derived:",
        title_justify="left",
        title_style="",
    )
    for width in (None, 60, None):
        table.add_column(max_width=width, overflow="fold")
    for path, what in not_derived(document).items():
        value: Any = document
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        table.add_row(path, Text("" if value is None else _short(value, 60)), what)
    return table


def floored(fidelity: float) -> float:
    """To four digits, never up: 1 is printed for nothing less."""
    return math.floor(fidelity * 1e4 + 1e-8) / 1e4


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _short(value: object, most: int = 40) -> str:
    text = plain(f"{value:.12g}" if isinstance(value, float) else str(value)[: 2 * most], keep="")
    return text if len(text) <= most else text[: most - 1] + "…"
