"""Is a `create_ansatz` one circuit family, or a table of circuits looked up by size?

A table memorises the sizes that are scored and says nothing about the others, so it is refused as `instance_specific`.
Seen here: a comparison of the size with a constant, a `match` on it, a literal table indexed by it. Sizes below four
are the edge cases of honest loops (a ring of two has one bond, not two) and may be told apart, as may parities
(`num_qubits % 2`); a branch that only raises is a guard, not a table.

It reads names, not data flow: a table hidden in arithmetic passes, and held-out sizes are what finds it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

FIRST_FREE_SIZE: Final = 4
"""From this size on, no two sizes may be told apart by a constant."""


def size_table(nodes: Sequence[ast.AST]) -> str | None:
    """One line that names the first construct that looks circuits up by size, or None. `nodes` is a walked module."""
    assignments = list(_assignments(nodes))
    sizes = _size_names(nodes, assignments)
    tables = {name for name, value in assignments if _is_table(value, set())}
    guards = _guard_nodes(nodes)
    for node in nodes:
        if isinstance(node, ast.Compare) and node not in guards and _tells_sizes_apart(node, sizes):
            return f"line {node.lineno}: a branch on the number of qubits"
        if isinstance(node, ast.Match) and _is_size(node.subject, sizes) and _has_large_case(node):
            return f"line {node.lineno}: a match on the number of qubits"
        if any(_is_size(key, sizes) and _is_table(table, tables) for table, key in _look_ups(node)):
            return f"line {getattr(node, 'lineno', 0)}: a table indexed by the number of qubits"
    return None


def _size_names(nodes: Sequence[ast.AST], assignments: Sequence[tuple[str, ast.expr]]) -> set[str]:
    """The argument of `create_ansatz` and the names that are assigned from it, also by way of other names."""
    new = ["num_qubits"]
    for node in nodes:
        if arguments := ansatz_arguments(node):
            new += [argument.arg for argument in [*arguments.posonlyargs, *arguments.args][:1]]
    aliases: dict[str, list[str]] = {}
    for name, value in assignments:
        if isinstance(value, ast.Name):
            aliases.setdefault(value.id, []).append(name)
        elif _is_size(value, set()):
            new.append(name)
    names: set[str] = set()
    while new:
        name = new.pop()
        if name not in names:
            names.add(name)
            new += aliases.get(name, ())
    return names


def ansatz_arguments(node: ast.AST) -> ast.arguments | None:
    """The arguments of create_ansatz where this statement defines it: by `def`, or as a lambda with that name."""
    if isinstance(node, ast.FunctionDef) and node.name == "create_ansatz":
        return node.args
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        named = any(isinstance(target, ast.Name) and target.id == "create_ansatz" for target in node.targets)
        return node.value.args if named else None
    return None


def _assignments(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _guard_nodes(nodes: Sequence[ast.AST]) -> set[ast.AST]:
    """The nodes of every condition whose only effect is to raise: `assert ...`, `if ...: raise ...`."""
    tests = [node.test for node in nodes if isinstance(node, ast.Assert)]
    for node in nodes:
        if isinstance(node, ast.If) and not node.orelse and all(isinstance(line, ast.Raise) for line in node.body):
            tests.append(node.test)
    return {part for test in tests for part in ast.walk(test)}


def _is_size(node: ast.expr, sizes: set[str]) -> bool:
    return (isinstance(node, ast.Name) and node.id in sizes) or (
        isinstance(node, ast.Attribute) and node.attr == "num_qubits"
    )


def _is_table(node: ast.expr, tables: set[str]) -> bool:
    """A literal with an entry of its own for some free size, or a name that was assigned one."""
    if isinstance(node, ast.Dict):
        return any(key is not None and max(_integers(key), default=0) >= FIRST_FREE_SIZE for key in node.keys)
    if isinstance(node, ast.List | ast.Tuple):
        return len(node.elts) > FIRST_FREE_SIZE
    return isinstance(node, ast.Name) and node.id in tables


def _look_ups(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(table, key) for `table[key]` and `table.get(key, ...)`."""
    if isinstance(node, ast.Subscript):
        yield node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        yield node.func.value, node.args[0]


def _tells_sizes_apart(node: ast.Compare, sizes: set[str]) -> bool:
    operands = [node.left, *node.comparators]
    for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
        if _is_size(left, sizes):
            constants, mirrored = _integers(right), False
        elif _is_size(right, sizes):
            constants, mirrored = _integers(left), True
        else:
            continue
        # `size > c` splits between c and c + 1, and so does `c >= size`: the first size of the upper part decides.
        above = ast.GtE | ast.Lt if mirrored else ast.Gt | ast.LtE
        first_above = 1 if isinstance(operator, above) else 0
        ordered = isinstance(operator, ast.Gt | ast.GtE | ast.Lt | ast.LtE)
        limit = FIRST_FREE_SIZE if ordered else FIRST_FREE_SIZE - 1
        if any(constant + first_above > limit for constant in constants):
            return True
    return False


def _integers(node: ast.expr) -> list[int]:
    """The integer constants of a literal: itself, or the elements of a tuple, list or set."""
    elements = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, int)]


def _has_large_case(node: ast.Match) -> bool:
    values = [part.value for case in node.cases for part in ast.walk(case.pattern) if isinstance(part, ast.MatchValue)]
    return any(constant >= FIRST_FREE_SIZE for value in values for constant in _integers(value))
