"""What the source of a candidate may say, read from its syntax tree before any process starts.

This is a style policy: it keeps candidates inside the game (a circuit as a function of its size, built from Qiskit's
circuit modules, with no classical solver beside it) and saves the sandbox the obvious losers. It is NOT a security
boundary: a determined program gets round any such list, and `rewards.sandbox` is what holds it.

Reasons: `no_code`, `syntax_error`, `code_too_big`, `forbidden_import` (a module outside the list),
`forbidden_name` (eval, open, dunder names...), `instance_specific` (a table of circuits by size).
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rewards.instance import ansatz_arguments, size_table

MAX_CODE_BYTES: Final = 60_000

MODULES: Final = frozenset(
    {"__future__", "cmath", "collections", "copy", "dataclasses", "fractions", "functools", "itertools", "math"}
    | {"numpy", "operator", "typing"}
)
"""Modules of which everything may be used, but for `WITHHELD`; of Qiskit only `QISKIT_NAMES`."""

QISKIT_NAMES: Final = frozenset(
    {"AncillaRegister", "ClassicalRegister", "QuantumCircuit", "QuantumRegister", "circuit"}
)
"""What may be taken from `qiskit` itself; of `qiskit.circuit` everything."""

OPERATORS: Final = frozenset({"qiskit.quantum_info.Pauli", "qiskit.quantum_info.SparsePauliOp"})
"""What the library's evolution gates take as an argument; nothing else of that module, which simulates."""

WITHHELD: Final = frozenset({"linalg", "random", "scipy", "quantum_info"})
"""Solvers and chance, wherever they hang: an ansatz is a function of its size alone, and the optimiser is ours."""

FORBIDDEN_NAMES: Final = frozenset(
    {"breakpoint", "compile", "delattr", "eval", "exec", "exit", "globals", "input", "locals", "open", "quit"}
    | {"setattr", "vars"}
)
_DUNDER: Final = re.compile(r"__\w+__")
_HARMLESS_DUNDERS: Final = frozenset({"__name__", "__main__"})


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """Whether the source may run; `reason` is a stable code and `message` one line for a person when it may not."""

    ok: bool
    reason: str | None = None
    message: str = ""


def check_code(code: str, *, allow_instance_specific: bool = False) -> CodeVerdict:
    """Judges the source of one candidate. Never raises, whatever the text."""
    if len(code.encode("utf-8", "surrogatepass")) > MAX_CODE_BYTES:
        return CodeVerdict(False, "code_too_big", f"the source is over {MAX_CODE_BYTES} bytes")
    tree = parse(code)
    if isinstance(tree, str):
        return CodeVerdict(False, "syntax_error", tree)
    if not any(ansatz_arguments(node) for node in tree.body):
        return CodeVerdict(False, "no_code", "no function create_ansatz at the top level")
    nodes = list(ast.walk(tree))
    for reason, message in _trespasses(nodes):
        return CodeVerdict(False, reason, message)
    if not allow_instance_specific and (table := size_table(nodes)):
        return CodeVerdict(False, "instance_specific", table)
    return CodeVerdict(True)


def parse(code: str) -> ast.Module | str:
    """The syntax tree, or one line that says why there is none (also for null bytes and for nesting without end)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"cannot be parsed ({type(error).__name__})"


def _trespasses(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """Every (reason, message) for which the policy refuses, in the order of the walk."""
    aliases = dict(_aliases(nodes))
    forbidden = FORBIDDEN_NAMES - set(_own_names(nodes))
    for node in nodes:
        line = getattr(node, "lineno", 0)
        for path in _module_paths(node, aliases):
            if not _importable(path):
                yield "forbidden_import", f"line {line}: {path} may not be used"
        for name in _names(node):
            if name in forbidden or (_DUNDER.fullmatch(name) and name not in _HARMLESS_DUNDERS):
                yield "forbidden_name", f"line {line}: {name} may not be used"


def _importable(path: str) -> bool:
    if path in OPERATORS:
        return True
    root, *rest = path.split(".")
    if WITHHELD.intersection((root, *rest)):
        return False
    if root == "qiskit":
        return not rest or rest[0] in QISKIT_NAMES
    return root in MODULES and path != "numpy.*"


def _own_names(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Names that the source binds itself: its `vars` or `input` is a variable, not the builtin."""
    for node in nodes:
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _aliases(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """(local name, dotted path) for everything that the source imports."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _module_paths(node: ast.AST, aliases: dict[str, str]) -> Iterator[str]:
    """The dotted paths into modules that one node spells out: by an import, or by attributes of an imported name."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        yield from (f"{module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield f"{aliases[node.value.id]}.{node.attr}"
        elif node.attr in WITHHELD:
            yield node.attr


def _names(node: ast.AST) -> Iterator[str]:
    """Names that one node uses: variables, attributes, and strings that getattr could turn into one."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute) and _DUNDER.fullmatch(node.attr):
        yield node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _DUNDER.fullmatch(node.value):
        yield node.value
