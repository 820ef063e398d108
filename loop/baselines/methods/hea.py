"""Hardware-efficient circuits: every rotation layer with every entangler and entanglement, at growing repetitions.

The textbook pair (RealAmplitudes, EfficientSU2, linear) comes first at each depth, the rest in an order drawn from the
seed, because no order is better by theory. Kandala et al., Nature 549, 242 (2017).
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from loop.baselines.registry import Proposal, Search, Sweep, built_sizes
from quantum.ansatze import two_local
from quantum.canonical import canonical_hash
from quantum.problem import Problem
from quantum.seeds import seed_for

TITLE = "hardware-efficient circuits at growing depth"
FIRST = ("real_amplitudes(reps={reps}, linear)", "efficient_su2(reps={reps}, linear)")


def search(problem: Problem, seed: int) -> Search:
    return Sweep(_sweep(problem, Random(seed_for(seed, "baseline", "hea"))))


def _sweep(problem: Problem, random: Random) -> Iterator[Proposal]:
    sizes = [list(two_local.families(n)) for n in built_sizes(problem)]
    families = [family for family in zip(*sizes, strict=True) if not family[0].fixed]
    seen: set[tuple[str, ...]] = set()
    for reps in range(1, 3 * max(problem.sizes)):
        random.shuffle(families)
        for family in sorted(families, key=lambda family: family[0].name not in FIRST):
            circuits = tuple(one.build(reps) for one in family)
            hashes = tuple(map(canonical_hash, circuits))
            if hashes not in seen:
                seen.add(hashes)
                yield Proposal(circuits, family[0].name.format(reps=reps))
