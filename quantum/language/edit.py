"""Small edits of a program, and two programs crossed.

An edit touches one statement, one step of a block, one slot's sharing or one loop; the rest keeps its text. Several
edits follow each other now and then, so that what needs two changes at once can be reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final

from quantum.language.draw import (
    STARTS,
    TIMES,
    Palette,
    draw_statement,
    pick,
)
from quantum.language.edit_walk import (
    drop_step,
    factor,
    insert_step,
    regate,
    reshare,
    resite,
    rewalk,
    swap_steps,
    tie,
)
from quantum.language.tree import (
    MOST_STEPS,
    Path,
    Program,
    Repeat,
    Statement,
    Walk,
    fits,
    places,
    put,
    repeats,
    tidy,
    walks,
)

MORE: Final = 0.3
"""Chance of each further edit."""

Edit = Callable[[Random, Program, Palette], Program | None]
WalkEdit = Callable[[Random, Walk, Palette], Walk | None]


def edit(random: Random, program: Program, palette: Palette) -> Program:
    """Another program, one edit away or a few."""
    changed = program
    while changed == program or random.random() < MORE:
        changed = _once(random, changed, palette)
    return changed


def cross(random: Random, first: Program, second: Program) -> Program:
    """The beginning of one and the end of the other; or one with a statement of the other in it."""
    ours, theirs = first.statements, second.statements
    if random.random() < 0.5:
        made = Program((*ours[: random.randint(1, len(ours))], *theirs[random.randrange(len(theirs)) :]))
    else:
        _, statement = random.choice([*places(theirs)])
        path, own = random.choice([*places(ours)])
        made = put(first, path, *((statement,) if random.random() < 0.5 else (own, statement)))
    return made if fits(made) else first


def _once(random: Random, program: Program, palette: Palette) -> Program:
    while True:
        changed = pick(random, EDITS)(random, program, palette)
        if changed is not None and changed != program and fits(changed):
            return changed


def _insert(random: Random, program: Program, palette: Palette) -> Program:
    """A drawn statement before or after any other."""
    path, there = random.choice([*places(program.statements)])
    new = draw_statement(random, palette)
    return put(program, path, *((there, new) if random.random() < 0.5 else (new, there)))


def _drop(random: Random, program: Program, palette: Palette) -> Program:
    path, _ = random.choice([*places(program.statements)])
    return put(program, path)


def _replace(random: Random, program: Program, palette: Palette) -> Program:
    path, _ = random.choice([*places(program.statements)])
    return put(program, path, draw_statement(random, palette))


def _double(random: Random, program: Program, palette: Palette) -> Program:
    """A statement copied to some other place of the same level, often right behind itself."""
    path, there = random.choice([*places(program.statements)])
    if random.random() < 0.5:
        return put(program, path, there, there)
    other = random.randrange(len(program.statements))
    return put(program, (other,), program.statements[other], there)


def _swap(random: Random, program: Program, palette: Palette) -> Program | None:
    """Two neighbours of one level exchanged."""
    paths = [path for path, _ in places(program.statements)]
    pairs = [path for path in paths if (*path[:-1], path[-1] + 1) in paths]
    if not pairs:
        return None
    path = random.choice(pairs)
    after = (*path[:-1], path[-1] + 1)
    here, there = _get(program, path), _get(program, after)
    return put(put(program, after, here), path, there)


def _start(random: Random, program: Program, palette: Palette) -> Program:
    """Another start in the place of the present one."""
    present = next((walks for walks in STARTS.values() if walks and program.statements[: len(walks)] == walks), ())
    return Program((*STARTS[pick(random, palette.starts)], *program.statements[len(present) :]))


def _times(random: Random, program: Program, palette: Palette) -> Program | None:
    """Another number of repetitions."""
    found = repeats(program)
    if not found:
        return None
    path, repeat = random.choice(found)
    return put(program, path, replace(repeat, times=pick(random, TIMES)))


def _wrap(random: Random, program: Program, palette: Palette) -> Program:
    """A statement, or two in a row, repeated."""
    path, first = random.choice([*places(program.statements)])
    after = (*path[:-1], path[-1] + 1)
    body: tuple[Statement, ...] = (first,)
    if random.random() < 0.5 and any(after == other for other, _ in places(program.statements)):
        body = (first, _get(program, after))
        program = put(program, after)
    return put(program, path, Repeat(pick(random, TIMES), body))


def _unwrap(random: Random, program: Program, palette: Palette) -> Program | None:
    """A repetition run once; or part of a body taken out of it."""
    found = repeats(program)
    if not found:
        return None
    path, repeat = random.choice(found)
    if random.random() < 0.5 or len(repeat.body) == 1:
        return put(program, path, *repeat.body)
    return put(program, path, replace(repeat, body=repeat.body[:-1]), repeat.body[-1])


def _join(random: Random, program: Program, palette: Palette) -> Program | None:
    """Two walks in a row along the same bonds as one walk of both blocks."""
    found = dict(walks(program))
    pairs = []
    for path, walk in found.items():
        other = found.get((*path[:-1], path[-1] + 1))
        if other is not None and other.width == walk.width:
            pairs.append((path, walk, other))
    if not pairs:
        return None
    path, walk, other = random.choice(pairs)
    shift = len(walk.sharing)
    steps = [step if step.angle is None else replace(step, angle=step.angle + shift) for step in other.steps]
    joined = replace(walk, steps=(*walk.steps, *steps)[:MOST_STEPS], sharing=walk.sharing + other.sharing)
    return put(put(program, (*path[:-1], path[-1] + 1)), path, tidy(joined))


def _split(random: Random, program: Program, palette: Palette) -> Program | None:
    """A block cut in two that are walked one after the other."""
    found = [(path, walk) for path, walk in walks(program) if len(walk.steps) > 1]
    if not found:
        return None
    path, walk = random.choice(found)
    cut = random.randrange(1, len(walk.steps))
    parts = [tidy(replace(walk, steps=steps)) for steps in (walk.steps[:cut], walk.steps[cut:])]
    return put(program, path, *parts)


def _get(program: Program, path: Path) -> Statement:
    return next(statement for other, statement in places(program.statements) if other == path)


def _of_walk(change: WalkEdit) -> Edit:
    """The edit of one walk, any of those that can be changed so."""

    def edit_walk(random: Random, program: Program, palette: Palette) -> Program | None:
        found = walks(program)
        random.shuffle(found)
        for path, walk in found:
            changed = change(random, walk, palette)
            if changed is not None and changed.steps:
                return put(program, path, tidy(changed))
        return None

    return edit_walk


EDITS: Final[dict[Edit, float]] = {
    _insert: 1.5,
    _drop: 1.5,
    _replace: 1.0,
    _double: 0.7,
    _swap: 0.7,
    _start: 0.7,
    _times: 0.7,
    _wrap: 0.4,
    _unwrap: 0.5,
    _join: 0.3,
    _split: 0.3,
    _of_walk(drop_step): 2.0,
    _of_walk(insert_step): 2.0,
    _of_walk(regate): 1.5,
    _of_walk(resite): 1.0,
    _of_walk(swap_steps): 1.0,
    _of_walk(rewalk): 1.5,
    _of_walk(reshare): 0.6,
    _of_walk(tie): 0.3,
    _of_walk(factor): 0.2,
}
