"""Small edits of one walk: its steps, its bonds, and who shares an angle. None where the walk cannot be changed so."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from quantum.language.draw import PLACES, WHERE, Palette, draw_gate, draw_sharing, pick
from quantum.language.patterns import PATTERNS
from quantum.language.tree import Step, Walk, num_sites, turns

FACTORS: Final = (-1, -1, 2, -2, 1)


def drop_step(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    if len(walk.steps) == 1:
        return None
    at = random.randrange(len(walk.steps))
    return replace(walk, steps=walk.steps[:at] + walk.steps[at + 1 :])


def insert_step(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """A gate anywhere in the block, with an angle of its own shared as the block's first is."""
    gate, sites = draw_gate(random, palette, walk.width)
    at = random.randint(0, len(walk.steps))
    steps, sharing = walk.steps, walk.sharing
    new = Step(gate, sites, len(sharing)) if turns(gate) else Step(gate, sites)
    more = ((sharing[0] if sharing else draw_sharing(random)),) if turns(gate) else ()
    return replace(walk, steps=(*steps[:at], new, *steps[at:]), sharing=sharing + more)


def regate(random: Random, walk: Walk, palette: Palette) -> Walk | None:
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


def resite(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """A gate on other sites of the block, or with its sites exchanged."""
    at = random.randrange(len(walk.steps))
    step = walk.steps[at]
    if walk.width == 1:
        return None
    sites = tuple(random.sample(range(walk.width), len(step.sites)))
    return replace(walk, steps=(*walk.steps[:at], replace(step, sites=sites), *walk.steps[at + 1 :]))


def swap_steps(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    if len(walk.steps) < 2:
        return None
    steps = [*walk.steps]
    one, other = random.sample(range(len(steps)), 2)
    steps[one], steps[other] = steps[other], steps[one]
    return replace(walk, steps=tuple(steps))


def rewalk(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """The same block along other bonds."""
    weights = PLACES if walk.width == 1 else WHERE
    fitting = {name: weight for name, weight in weights.items() if walk.width in PATTERNS[name].widths}
    return replace(walk, where=pick(random, fitting))


def reshare(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """One slot, or all of the block, shared otherwise."""
    if not walk.sharing:
        return None
    if random.random() < 0.5:
        return replace(walk, sharing=(draw_sharing(random),) * len(walk.sharing))
    at = random.randrange(len(walk.sharing))
    return replace(walk, sharing=(*walk.sharing[:at], draw_sharing(random), *walk.sharing[at + 1 :]))


def tie(random: Random, walk: Walk, palette: Palette) -> Walk | None:
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


def factor(random: Random, walk: Walk, palette: Palette) -> Walk | None:
    """Another multiple of an angle that several gates share."""
    slots = [step.angle for step in walk.steps if step.angle is not None]
    several = [at for at, step in enumerate(walk.steps) if step.angle is not None and slots.count(step.angle) > 1]
    if not several:
        return None
    at = random.choice(several)
    changed = replace(walk.steps[at], factor=random.choice(FACTORS))
    return replace(walk, steps=(*walk.steps[:at], changed, *walk.steps[at + 1 :]))
