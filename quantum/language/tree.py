"""What a program is: statements in order, each a walk of a block along the qubits or a repetition of statements.

Angles of a block are slots: steps with one slot turn by one parameter, each by its own small multiple. How a slot's
parameter is shared beyond the block is the slot's `Sharing`:

    fresh      a new one at every position, each time the walk is run
    mirror     a new one for every two positions that are mirror images, each time
    layer      a new one each time the walk is run, for all positions
    site       one for every position, the same in all repetitions
    program    one for the whole program, the same in every walk that says so
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from quantum.circuit import GATES
from quantum.language.excitations import EXCITATIONS
from quantum.language.patterns import PATTERNS, TIMES

Sharing = Literal["fresh", "mirror", "layer", "site", "program"]
SHARINGS: Final[tuple[Sharing, ...]] = get_args(Sharing)

MOST_STEPS: Final = 8
"""Gates of one block."""
MOST_WALKS: Final = 12
"""Walks of one program."""
MOST_NESTED: Final = 2
"""Repetitions inside one another."""
MOST_FACTOR: Final = 4

Path = tuple[int, ...]
"""Where a statement stands: its number among the program's, then its number in the repetition there, ..."""


@dataclass(frozen=True, slots=True)
class Step:
    """One gate of a block on sites of it; where it turns, by `factor` times the angle in slot `angle`."""

    gate: str
    sites: tuple[int, ...]
    angle: int | None = None
    factor: int = 1


@dataclass(frozen=True, slots=True)
class Walk:
    """A block of gates on `width` neighbouring sites, put at every position of the pattern `where` in turn."""

    where: str
    width: int
    steps: tuple[Step, ...]
    sharing: tuple[Sharing, ...] = ()
    """Of every slot."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Statements run `times` (a key of `TIMES`) in a row."""

    times: str
    body: tuple[Statement, ...]


Statement = Walk | Repeat


@dataclass(frozen=True, slots=True)
class Program:
    """One ansatz for every number of qubits from two on."""

    statements: tuple[Statement, ...]


def num_sites(gate: str) -> int:
    """Of a gate of the table or of an excitation."""
    return EXCITATIONS[gate].num_sites if gate in EXCITATIONS else GATES[gate].num_qubits


def turns(gate: str) -> bool:
    """Whether a gate has an angle."""
    return gate in EXCITATIONS or GATES[gate].num_angles == 1


def table_gates(gate: str) -> frozenset[str]:
    """What a gate is made of: itself, or the gates of the excitation."""
    return EXCITATIONS[gate].gates if gate in EXCITATIONS else frozenset((gate,))


def gates_of(program: Program) -> frozenset[str]:
    """The gates of the table that occur in the program."""
    return frozenset().union(*(table_gates(step.gate) for _, walk in walks(program) for step in walk.steps))


def places(statements: tuple[Statement, ...], above: Path = ()) -> Iterator[tuple[Path, Statement]]:
    """Every statement with its path, those of a repetition after it."""
    for number, statement in enumerate(statements):
        yield (*above, number), statement
        if isinstance(statement, Repeat):
            yield from places(statement.body, (*above, number))


def walks(program: Program) -> list[tuple[Path, Walk]]:
    return [(path, one) for path, one in places(program.statements) if isinstance(one, Walk)]


def repeats(program: Program) -> list[tuple[Path, Repeat]]:
    return [(path, one) for path, one in places(program.statements) if isinstance(one, Repeat)]


def put(program: Program, path: Path, *new: Statement) -> Program:
    """With `new` in the place of the statement at `path`; a repetition that is left empty goes."""
    return Program(_put(program.statements, path, new))


def _put(statements: tuple[Statement, ...], path: Path, new: tuple[Statement, ...]) -> tuple[Statement, ...]:
    at, *below = path
    if below:
        repeat = statements[at]
        assert isinstance(repeat, Repeat)
        body = _put(repeat.body, tuple(below), new)
        new = (replace(repeat, body=body),) if body else ()
    return (*statements[:at], *new, *statements[at + 1 :])


def tidy(walk: Walk) -> Walk:
    """The same walk with its slots numbered by first use, and none that no step uses."""
    order: dict[int, int] = {}
    steps = []
    for step in walk.steps:
        steps.append(step if step.angle is None else replace(step, angle=order.setdefault(step.angle, len(order))))
    return replace(walk, steps=tuple(steps), sharing=tuple(walk.sharing[slot] for slot in order))


def fits(program: Program) -> bool:
    """Whether a program is one of the language, and of readable size."""
    found = walks(program)
    return (
        0 < len(found) <= MOST_WALKS
        and all(map(_walk_fits, (walk for _, walk in found)))
        and all(len(path) <= MOST_NESTED and one.body for path, one in repeats(program))
    )


def _walk_fits(walk: Walk) -> bool:
    sites_fit = all(
        len(step.sites) == num_sites(step.gate) == len(set(step.sites)) and max(step.sites) < walk.width
        for step in walk.steps
    )
    slots = {step.angle for step in walk.steps if step.angle is not None}
    angles_fit = all(turns(step.gate) == (step.angle is not None) for step in walk.steps)
    placed = walk.where in PATTERNS and walk.width in PATTERNS[walk.where].widths
    return placed and sites_fit and angles_fit and slots == set(range(len(walk.sharing))) and fits_block(walk)


def fits_block(walk: Walk) -> bool:
    return 0 < len(walk.steps) <= MOST_STEPS and all(0 < abs(step.factor) <= MOST_FACTOR for step in walk.steps)


def to_document(program: Program) -> list[Any]:
    """The JSON form: [where, width, [[gate, sites, angle, factor]...], sharing] or [times, statements]."""
    return [_document(statement) for statement in program.statements]


def _document(statement: Statement) -> list[Any]:
    if isinstance(statement, Repeat):
        return [statement.times, [_document(one) for one in statement.body]]
    steps = [[step.gate, list(step.sites), step.angle, step.factor] for step in statement.steps]
    return [statement.where, statement.width, steps, list(statement.sharing)]


def from_document(document: list[Any]) -> Program:
    """The program of `to_document`; raises ValueError for what is none of the language."""
    try:
        program = Program(tuple(map(_statement, document)))
        fine = fits(program) and all(repeat.times in TIMES for _, repeat in repeats(program))
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise ValueError(f"not a program: {error}") from error
    if not fine:
        raise ValueError("not a program of the language")
    return program


def _statement(document: Any) -> Statement:
    if len(document) == 2:
        return Repeat(document[0], tuple(map(_statement, document[1])))
    where, width, steps, sharing = document
    made = tuple(Step(gate, tuple(sites), angle, factor) for gate, sites, angle, factor in steps)
    return Walk(where, width, made, tuple(sharing))
