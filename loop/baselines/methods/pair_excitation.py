"""One pair excitation over a Hartree-Fock state: the three-cx circuit by hand that several molecules need no more than.

Every excitation comes once before the first comes again as another tree of cx.
"""

from __future__ import annotations

from collections.abc import Iterator

from loop.baselines.registry import Proposal, Search, Sweep, one_size
from quantum.ansatze import pair_excitation
from quantum.canonical import canonical_hash
from quantum.errors import RequestError
from quantum.problem import Problem

TITLE = "one pair excitation over a Hartree-Fock state"


def search(problem: Problem, seed: int) -> Search:
    num_qubits = one_size(problem, "pair-excitation")
    if num_qubits % 2 or num_qubits < 4:
        raise RequestError(f"a pair excitation needs an even number of at least 4 qubits, not {num_qubits}")
    return Sweep(_excitations(num_qubits))


def _excitations(num_qubits: int) -> Iterator[Proposal]:
    trees = len(pair_excitation.TREES)
    families = list(pair_excitation.families(num_qubits))
    seen: set[str] = set()
    for tree in range(trees):
        for family in families[tree::trees]:
            circuit = family.build(1)
            if (found := canonical_hash(circuit)) not in seen:
                seen.add(found)
                yield Proposal((circuit,), family.name)
