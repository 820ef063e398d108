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
    PLACES,
    STARTS,
    TIMES,
    WHERE,
    Palette,
    draw_gate,
    draw_sharing,
    draw_statement,
    pick,
)
from quantum.language.patterns import PATTERNS
from quantum.language.tree import (
    MOST_STEPS,
    Path,
    Program,
    Repeat,
    Statement,
    Step,
    Walk,
    fits,
    num_sites,
    places,
    put,
    repeats,
    tidy,
    turns,
    walks,
)

MORE: Final = 0.3
"""Chance of each further edit."""
FACTORS: Final = (-1, -1, 2, -2, 1)

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


def _drop_step(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    if len(walk.steps) == 1:
        return None
    at = random.randrange(len(walk.steps))
    return replace(walk, steps=walk.steps[:at] + walk.steps[at + 1 :])


def _insert_step(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """A gate anywhere in the block, with an angle of its own shared as the block's first is."""
    gate, sites = draw_gate(random, palette, walk.width)
    at = random.randint(0, len(walk.steps))
    steps, sharing = walk.steps, walk.sharing
    new = Step(gate, sites, len(sharing)) if turns(gate) else Step(gate, sites)
    more = ((sharing[0] if sharing else draw_sharing(random)),) if turns(gate) else ()
    return replace(walk, steps=(*steps[:at], new, *steps[at:]), sharing=sharing + more)


def _regate(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """Another gate on the same sites; it keeps the angle where both turn."""
    at = random.randrange(len(walk.steps))
    step = walk.steps[at]
    names = {**palette.rotations, **palette.fixed} if len(step.sites) == 1 else {**palette.couplings, **palette.moves}
    names = {name: weight for name, weight in names.items() if num_sites(name) == len(step.sites) and name != step.gate}
    if not names:
        return None
    gate = pick(random, names)
    sharing = walk.sharing
    if not turns(gate):
        new = Step(gate, step.sites)
    elif step.angle is not None:
        new = replace(step, gate=gate)
    else:
        new = Step(gate, step.sites, len(sharing))
        sharing = (*sharing, sharing[0] if sharing else draw_sharing(random))
    return replace(walk, steps=(*walk.steps[:at], new, *walk.steps[at + 1 :]), sharing=sharing)


def _resite(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """A gate on other sites of the block, or with its sites exchanged."""
    at = random.randrange(len(walk.steps))
    step = walk.steps[at]
    if walk.width == 1:
        return None
    sites = tuple(random.sample(range(walk.width), len(step.sites)))
    return replace(walk, steps=(*walk.steps[:at], replace(step, sites=sites), *walk.steps[at + 1 :]))


def _swap_steps(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    if len(walk.steps) < 2:
        return None
    steps = [*walk.steps]
    one, other = random.sample(range(len(steps)), 2)
    steps[one], steps[other] = steps[other], steps[one]
    return replace(walk, steps=tuple(steps))


def _rewalk(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """The same block along other bonds."""
    weights = PLACES if walk.width == 1 else WHERE
    fitting = {name: weight for name, weight in weights.items() if walk.width in PATTERNS[name].widths}
    return replace(walk, where=pick(random, fitting))


def _reshare(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """One slot, or all of the block, shared otherwise."""
    if not walk.sharing:
        return None
    if random.random() < 0.5:
        return replace(walk, sharing=(draw_sharing(random),) * len(walk.sharing))
    at = random.randrange(len(walk.sharing))
    return replace(walk, sharing=(*walk.sharing[:at], draw_sharing(random), *walk.sharing[at + 1 :]))


def _tie(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """Two gates of the block turn by one angle from now on, or one of several by its own."""
    turning = [at for at, step in enumerate(walk.steps) if step.angle is not None]
    if len(turning) < 2:
        return None
    one, other = random.sample(turning, 2)
    slot, sharing = walk.steps[one].angle, walk.sharing
    if slot == walk.steps[other].angle:
        slot, sharing = len(sharing), (*sharing, sharing[slot or 0])
    tied = replace(walk.steps[other], angle=slot)
    return replace(walk, steps=(*walk.steps[:other], tied, *walk.steps[other + 1 :]), sharing=sharing)


def _factor(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """Another multiple of an angle that several gates share."""
    slots = [step.angle for step in walk.steps if step.angle is not None]
    several = [at for at, step in enumerate(walk.steps) if step.angle is not None and slots.count(step.angle) > 1]
    if not several:
        return None
    at = random.choice(several)
    changed = replace(walk.steps[at], factor=random.choice(FACTORS))
    return replace(walk, steps=(*walk.steps[:at], changed, *walk.steps[at + 1 :]))


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
    _of_walk(_drop_step): 2.0,
    _of_walk(_insert_step): 2.0,
    _of_walk(_regate): 1.5,
    _of_walk(_resite): 1.0,
    _of_walk(_swap_steps): 1.0,
    _of_walk(_rewalk): 1.5,
    _of_walk(_reshare): 0.6,
    _of_walk(_tie): 0.3,
    _of_walk(_factor): 0.2,
}
