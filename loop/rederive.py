"""An export made once more from its function alone, as `export` makes it: run, scored, confirmed, written.

The function runs in the sandbox only. It is also run as `python ansatz.py` would run it (its module is `__main__`, the
sizes are built one after the other in one process), and must make the same circuits. What can tell an ordinary
interpreter from the sandbox by other means is not covered.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from loop.agree import Check
from loop.attempt import Attempt
from loop.certificate import Certificate
from loop.confirm import Confirmed, at_size, score_again
from quantum.circuit import Circuit
from quantum.pauli_matrix import PauliMatrix
from quantum.problem import Problem
from quantum.vqe import VqeSettings
from rewards.record import Score
from rewards.sandbox import Sandbox
from rewards.score import Prepared, Scorer

MAX_MATRIX_BYTES: Final = 512 << 20
GATES_A_SECOND: Final = 1.6e8
"""Gates times parameters times 2**qubits times starts that the engine does in a second, roughly."""
TERMS_A_SECOND: Final = 1e6
"""Pauli terms times 2**qubits that diagonalising does in a second, roughly."""
SLOWER_ON_AER: Final = 50

OUT_OF_LIMITS: Final = frozenset({"cpu_timeout", "wall_timeout", "memory", "code_too_big"})

AFTER = """

def create_ansatz(num_qubits, _first=create_ansatz):
    global create_ansatz
    create_ansatz = _first
    return {{size: create_ansatz(size) for size in {sizes}}}[num_qubits]
"""


def all_sizes(problem: Problem) -> tuple[int, ...]:
    return problem.sizes + problem.heldout_sizes


def too_large(problem: Problem, minutes: float) -> str | None:
    """Why the exact energies of the problem are beyond `minutes` or the memory that verifying takes, if they are."""
    hamiltonians = [problem.hamiltonian(n) for n in all_sizes(problem)]
    for hamiltonian in hamiltonians:
        if PauliMatrix.bytes_needed(hamiltonian) > MAX_MATRIX_BYTES:
            return f"{hamiltonian.name}: {len(hamiltonian.terms)} terms on {hamiltonian.num_qubits} qubits"
    work = sum(len(h.terms) * 2.0**h.num_qubits for h in hamiltonians) / TERMS_A_SECOND
    return _longer(work, minutes)


def prepare_all(scorer: Scorer, code: str) -> dict[int, Prepared]:
    """The circuit of every size at which the function makes a valid one, with its counts."""
    sizes = all_sizes(scorer.problem)
    ready = {n: Scorer(at_size(scorer.problem, n), scorer.settings, scorer.sandbox).prepare(code) for n in sizes}
    return {n: one for n, one in ready.items() if isinstance(one, Prepared)}


def too_long(ready: Iterable[Prepared], vqe: VqeSettings, minutes: float) -> str | None:
    """Why scoring these circuits is beyond `minutes`, if it is."""
    starts = vqe.restarts * (SLOWER_ON_AER if vqe.engine == "aer" else 1)
    return _longer(sum(one.work for one in ready) * starts / GATES_A_SECOND, minutes)


def score_from(
    claim: Certificate, code: str, scorer: Scorer, known: Mapping[int, Sequence[float]]
) -> Confirmed | Score:
    """What `scorer` finds of the function, held-out sizes included; a Score where it is not valid. `known` parameters,
    by number of qubits, are one more start: an optimum that is stated is a fact, whoever found it."""
    origin = claim.origin
    attempt = Attempt(origin.attempt, origin.step, "", tuple(origin.parents), code, Score("ok", "done"), 0.0)
    return score_again(attempt, scorer, known)


def as_a_program(sandbox: Sandbox, code: str, circuits: Mapping[int, Circuit]) -> Check:
    """Whether ansatz.py makes these circuits too when it runs as a program."""
    figure, same = "ansatz.py as a program", "the same circuits"
    try:
        source = _as_main(code) + AFTER.format(sizes=list(circuits))
    except RecursionError:
        return Check(figure, same, "not derived here: nested too deep", None)
    for n, circuit in circuits.items():
        result = sandbox.run(source, n)
        if result.reason in OUT_OF_LIMITS:
            return Check(figure, same, f"not derived here: {result.reason} when all sizes are built", None)
        if result.circuit != circuit:
            return Check(figure, same, result.message or f"another circuit at {n} qubits", False)
    return Check(figure, same, same, True)


def _as_main(code: str) -> str:
    """The source with `__name__` set as for a program, behind what has to come first."""
    tree = ast.parse(code)
    first = 0
    for place, node in enumerate(tree.body):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            first = place + 1
    tree.body.insert(first, ast.parse('__name__ = "__main__"').body[0])
    return ast.unparse(tree)


def _longer(seconds: float, minutes: float) -> str | None:
    return f"some {seconds / 60:.0f} minutes of work" if seconds > 60 * minutes else None
