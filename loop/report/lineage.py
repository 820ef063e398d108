"""The family tree of the best circuits: which earlier attempts their prompts showed, back to prompts without memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from loop.report.attempts import Row

MOST = 300
"""Attempts in a tree; of a larger one the nearest generations are kept."""


@dataclass(frozen=True)
class Tree:
    """`rows` are the attempts of a tree, oldest first; `edges` are (parent, child) ids; `unknown` are parents that
    are no attempts of this run; `cut` says that generations are missing."""

    root: str
    rows: list[Row]
    edges: list[tuple[str, str]]
    unknown: list[str]
    cut: bool


def family_tree(rows: Sequence[Row], root: str) -> Tree:
    """The tree above the attempt `root`. A parent is older than its child, so there are no cycles to guard against,
    but a circuit shown in two prompts is reached twice and is kept once."""
    by_id = {row.id: row for row in rows}
    seen = {root}
    queue = deque([root] if root in by_id else [])
    edges: list[tuple[str, str]] = []
    unknown: list[str] = []
    cut = False
    while queue:
        child = queue.popleft()
        for parent in by_id[child].parents:
            if parent not in by_id:
                unknown.append(parent)
            elif parent in seen or len(seen) < MOST:
                edges.append((parent, child))
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)
            else:
                cut = True
    return Tree(root, [row for row in rows if row.id in seen], edges, sorted(set(unknown)), cut)
