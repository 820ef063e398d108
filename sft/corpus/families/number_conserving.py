"""Number-conserving layers with interactions: hops as in excitation-preserving layers, ZZ couplings and Z phases."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, bonded, coupling, fixed, rotation

WEIGHT = 0.6


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "rxx", "ryy"}:
        return None
    start = fixed("x", random.choice(("even", "odd", "first half")))
    shared = random.random() < 0.4
    turns = ("{c}.rxx({a}, {p}, {q})", "{c}.ryy({a}, {p}, {q})")
    hops = [bonded(f"hops {bonds}", bonds, ("{a} = {new}", *turns)) for bonds in ("even bonds", "odd bonds")]
    phases = [rotation("rz", random.choice(("all", "even", "ends")))] if "rz" in gates else []
    if "rzz" in gates:
        phases.append(coupling("rzz", random.choice(("chain", "even bonds", "odd bonds")), shared))
    random.shuffle(hops)
    step = (*hops, *phases[-1:]) if random.random() < 0.6 else (hops[0], *phases, hops[1])
    reps = random.choice((1, 1, 2))
    return (start, *step) if reps == 1 else (start, Repeat(reps, step))
