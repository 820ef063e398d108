"""Tables for a terminal: circuits, checks, problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from rewards.record import Score

if TYPE_CHECKING:
    from loop.verify import Check


def circuit_table(rows: Iterable[tuple[str, Score]]) -> Table:
    """One line a size of every (name, score)."""
    table = Table(box=None, pad_edge=False)
    for heading in (
        "circuit",
        "qubits",
        "energy",
        "exact",
        "rel. error",
        "2q gates",
        "depth",
        "params",
        "reward",
        "known as",
    ):
        table.add_column(heading, justify="left" if heading in ("circuit", "known as") else "right", no_wrap=True)
    for name, score in rows:
        if score.outcome != "ok":
            table.add_row(
                name, "", "", "", "", "", "", "", _number(score.reward, ".3f"), f"{score.reason}: {score.message}"
            )
        for k, size in enumerate(score.sizes):
            table.add_row(
                name if k == 0 else "",
                str(size.num_qubits),
                f"{size.energy:.8f}",
                f"{size.exact_energy:.8f}",
                _number(size.relative_error, ".1e"),
                str(size.two_qubit_gates),
                str(size.depth),
                str(size.parameters),
                _number(score.reward, ".3f") if k == 0 else "",
                (score.known_as or "") if k == 0 else "",
            )
    return table


def check_table(checks: Sequence[Check]) -> Table:
    """The checks of one exported circuit; failing ones first."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "figure", "certificate", "derived"):
        table.add_column(heading, overflow="fold")
    for check in sorted(checks, key=lambda c: (c.ok, c.figure)):
        table.add_row("yes" if check.ok else "NO", check.figure, _short(check.stated), _short(check.derived))
    return table


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _short(value: object) -> str:
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
