"""The program that a source is, where it is written as `write` writes: so what a model wrote can be edited and reduced.

Names are free; the forms are those of `write`. Anything else (another way to make angles, a branch, arithmetic on
sites that no pattern has) is not read. Nothing is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, NamedTuple

from quantum.circuit import GATES
from quantum.language.excitations import EXCITATIONS
from quantum.language.patterns import PATTERNS, TIMES
from quantum.language.tree import (
    MOST_STEPS,
    Path,
    Program,
    Repeat,
    Sharing,
    Statement,
    Step,
    Walk,
    fits,
    put,
    turns,
    walks,
)
from quantum.language.write import loop_headers, mirrored, site_texts

FIXED: Final = tuple(name for name, pattern in PATTERNS.items() if not pattern.is_walk)


class _Foreign(Exception):
    """The source is not of the language."""


class _Angle(NamedTuple):
    """`factor` times the parameter `name`, of a vector that at the position of the text `at`."""

    name: str
    at: str | None
    factor: int


class _Call(NamedTuple):
    gate: str
    angle: _Angle | None
    sites: tuple[str, ...]


@dataclass(frozen=True)
class _Declared:
    """Where a parameter or a vector of them was made: inside the repetition at `above`."""

    is_vector: bool
    above: Path


def read(source: str) -> Program | None:
    """The program, or None where the source is none of the language; equal circuits at every size, not equal trees."""
    try:
        program = _Reader(ast.parse(source)).program()
    except (_Foreign, SyntaxError, ValueError, RecursionError):
        return None
    return program if fits(program) else None


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.declared: dict[str, _Declared] = {}
        self.slots: dict[Path, list[tuple[str, str | None]]] = {}
        """Of every walk, the parameter and the index of each slot."""

    def program(self) -> Program:
        main = self.functions.get("create_ansatz")
        if main is None or [argument.arg for argument in main.args.args] != ["num_qubits"]:
            raise _Foreign
        program = Program(self._body(main.body, (), ()))
        for path, walk in walks(program):
            sharing = tuple(self._sharing(name, index, path, walk) for name, index in self.slots[path])
            program = put(program, path, replace(walk, sharing=sharing))
        return program

    def _body(self, nodes: Sequence[ast.stmt], above: Path, loops: tuple[str, ...]) -> tuple[Statement, ...]:
        made: list[Statement] = []
        waiting: list[_Call] = []
        for node in nodes:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                waiting += self._calls(node.value, {})
                continue
            self._place(made, waiting, above)
            waiting = []
            if isinstance(node, ast.For):
                self._loop(made, node, above, loops)
            elif isinstance(node, ast.Assign):
                self._declare(node, above)
            elif not isinstance(node, ast.Return) and not _is_text(node):
                raise _Foreign
        self._place(made, waiting, above)
        return tuple(made)

    def _declare(self, node: ast.Assign, above: Path) -> None:
        target, value = node.targets[0], node.value
        if not isinstance(target, ast.Name) or not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name):
            raise _Foreign
        kind = value.func.id
        if kind in ("Parameter", "ParameterVector"):
            if target.id in self.declared:
                raise _Foreign
            self.declared[target.id] = _Declared(kind == "ParameterVector", above)
        elif kind != "QuantumCircuit":
            raise _Foreign

    def _place(self, made: list[Statement], calls: Sequence[_Call], above: Path) -> None:
        """Calls outside a loop, as walks with one place only: as many in one block as one pattern has sites for."""
        while calls:
            for length in range(min(len(calls), MOST_STEPS), 0, -1):
                if self._walk(made, calls[:length], above, FIXED, ""):
                    calls = calls[length:]
                    break
            else:
                raise _Foreign

    def _loop(self, made: list[Statement], node: ast.For, above: Path, loops: tuple[str, ...]) -> None:
        headers, inner = _headers(node)
        walk = all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) for one in inner.body)
        q = ast.unparse(inner.target)
        if walk and any(isinstance(one, ast.Name) and one.id == q for part in inner.body for one in ast.walk(part)):
            calls = [call for one in inner.body for call in self._calls(one.value, {})]  # type: ignore[attr-defined]
            layer = loops[-1] if loops else "0"
            if not self._walk(made, calls, above, tuple(PATTERNS), q, headers, layer):
                raise _Foreign
            return
        times = ast.unparse(node.iter).replace("num_qubits", "n").removeprefix("range(").removesuffix(")")
        if times not in TIMES:
            raise _Foreign
        path = (*above, len(made))
        made.append(Repeat(times, self._body(node.body, path, (*loops, ast.unparse(node.target)))))

    def _walk(
        self,
        made: list[Statement],
        calls: Sequence[_Call],
        above: Path,
        wheres: Sequence[str],
        q: str,
        headers: tuple[str, ...] = (),
        layer: str = "",
    ) -> bool:
        """Appends the walk of the first pattern whose loops and sites these are; False where none has them."""
        for where in wheres:
            for width in PATTERNS[where].widths:
                sites = site_texts(where, width, q)
                known = all(site in sites for call in calls for site in call.sites)
                if known and headers == _normal(loop_headers(where, width, q, layer)):
                    slots = list(dict.fromkeys((c.angle.name, c.angle.at) for c in calls if c.angle))
                    for _, index in slots:
                        if index not in (None, q, mirrored(where, width, q)):
                            raise _Foreign
                    steps = tuple(_step(call, sites, slots) for call in calls)
                    self.slots[*above, len(made)] = [(name, index if index != q else "q") for name, index in slots]
                    made.append(Walk(where, width, steps))
                    return True
        return False

    def _sharing(self, name: str, index: str | None, path: Path, walk: Walk) -> Sharing:
        """How a slot's parameter is shared, from where it was made and who uses it."""
        if name not in self.declared:
            raise _Foreign
        made, here = self.declared[name], path[:-1]
        users = sum(name in (other for other, _ in slots) for slots in self.slots.values())
        if made.is_vector == (index is None) or (made.is_vector and users > 1):
            raise _Foreign
        if made.above == here and users == 1:
            return "layer" if index is None else "fresh" if index == "q" else "mirror"
        if made.above:
            raise _Foreign
        if index == "q" or (index is None and users == 1 and walk.where in FIXED):
            return "site"
        if index is not None or self._shared_by_all() != {name}:
            raise _Foreign
        return "program"

    def _shared_by_all(self) -> set[str]:
        """The parameters of the whole program: there may be one."""
        users: dict[str, set[Path]] = {}
        for path, slots in self.slots.items():
            for name, _ in slots:
                users.setdefault(name, set()).add(path)
        return {
            name
            for name, paths in users.items()
            if not self.declared[name].is_vector and (len(paths) > 1 or self.declared[name].above != min(paths)[:-1])
        }

    def _calls(self, call: ast.Call, names: Mapping[str, ast.expr]) -> Iterator[_Call]:
        """The gates of a call, those of a helper function written out with what it was called with."""
        arguments = [_substituted(argument, names) for argument in call.args]
        if isinstance(call.func, ast.Attribute):
            yield _call(call.func.attr, arguments)
        elif isinstance(call.func, ast.Name) and call.func.id in EXCITATIONS:
            yield _call(call.func.id, arguments[1:])
        elif isinstance(call.func, ast.Name) and call.func.id in self.functions:
            helper = self.functions[call.func.id]
            bound = dict(zip((one.arg for one in helper.args.args), arguments, strict=True))
            for node in helper.body:
                if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
                    raise _Foreign
                if isinstance(node.value.func, ast.Name) and node.value.func.id not in EXCITATIONS:
                    raise _Foreign
                yield from self._calls(node.value, bound)
        else:
            raise _Foreign


def _headers(node: ast.For) -> tuple[tuple[str, ...], ast.For]:
    """The loop's header, and the next one's where nothing else is in it; the innermost of the two."""
    inner = node
    if len(node.body) == 1 and isinstance(node.body[0], ast.For) and ast.unparse(node.iter) in ("(0, 1)", "(1, 0)"):
        inner = node.body[0]
    return tuple(_header(one) for one in ((node, inner) if inner is not node else (node,))), inner


def _header(node: ast.For) -> str:
    return f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"


@cache
def _normal(headers: tuple[str, ...]) -> tuple[str, ...]:
    """As `ast.unparse` would write them."""
    parsed = (ast.parse(f"{header.strip()} pass").body[0] for header in headers)
    return tuple(_header(one) for one in parsed if isinstance(one, ast.For))


def _call(gate: str, arguments: Sequence[ast.expr]) -> _Call:
    if gate not in EXCITATIONS and (gate not in GATES or GATES[gate].num_angles > 1):
        raise _Foreign
    angle = _angle(arguments[0]) if turns(gate) and arguments else None
    return _Call(gate, angle, tuple(map(ast.unparse, arguments[bool(angle) :])))


def _angle(node: ast.expr, factor: int = 1) -> _Angle:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _angle(node.operand, -factor)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        times = ast.literal_eval(node.left) if isinstance(node.left, ast.Constant | ast.UnaryOp) else None
        if type(times) is not int:
            raise _Foreign
        return _angle(node.right, factor * times)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return _Angle(node.value.id, ast.unparse(node.slice), factor)
    if isinstance(node, ast.Name):
        return _Angle(node.id, None, factor)
    raise _Foreign


def _step(call: _Call, sites: Sequence[str], slots: Sequence[tuple[str, str | None]]) -> Step:
    places = tuple(sites.index(site) for site in call.sites)
    if call.angle is None:
        return Step(call.gate, places)
    return Step(call.gate, places, slots.index((call.angle.name, call.angle.at)), call.angle.factor)


class _Substitution(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)


def _substituted(node: ast.expr, names: Mapping[str, ast.expr]) -> ast.expr:
    made = _Substitution(names).visit(deepcopy(node)) if names else node
    assert isinstance(made, ast.expr)
    return made


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
