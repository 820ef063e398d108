"""A function without one of its statements: how code for every size is made smaller.

A statement that builds nothing (an import, an assignment, a return) stays: without it the code would not run. Comments
are lost, because the code is written anew from its syntax tree.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy

Place = tuple[int, str, int]
"""A list of statements, as the number of its node in walking order and the name of its field, and an index in it."""


def without_each(source: str) -> Iterator[str]:
    """The source without each of its statements that can go, whole loops and branches first; nothing where it is no
    Python. Of a body with one statement the loop goes, not the statement."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    for place in sorted(_places(tree), key=lambda found: found[0]):
        shorter = deepcopy(tree)
        number, field, index = place
        del getattr(list(ast.walk(shorter))[number], field)[index]
        yield ast.unparse(shorter)


def _places(tree: ast.Module) -> Iterator[Place]:
    for number, node in enumerate(ast.walk(tree)):
        for field, body in ast.iter_fields(node):
            if isinstance(node, ast.Module) or not isinstance(body, list) or len(body) < 2:
                continue
            for index, statement in enumerate(body):
                if isinstance(statement, ast.For | ast.While | ast.If) or _is_call(statement):
                    yield number, field, index


def _is_call(statement: object) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
