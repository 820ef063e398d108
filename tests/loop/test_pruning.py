"""Pruning: what a circuit can spare goes, by the one order, and every trial is a candidate like any other."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from loop.attempt import PRUNED, Attempt
from loop.pruning import BATCH, MOST_TRIALS, Move, Pruner
from loop.statements import without_each
from quantum.aer import aer_energy
from quantum.circuit import Angle, Circuit, Gate
from quantum.formats import to_python
from quantum.language.read import read
from quantum.language.tree import Program, Step, Walk, walks
from quantum.language.write import write
from quantum.problem import resolve_problem
from quantum.vqe import VqeSettings
from rewards.order import rank
from rewards.sandbox import Sandbox, SandboxSettings
from rewards.score import Scorer
from rewards.settings import ScoreSettings

TFIM = resolve_problem("tfim", [3])
HAMILTONIAN = TFIM.hamiltonian(3)
LOOSE = replace(TFIM, target=TFIM.target.changed(value=1e-2))
SETTINGS = ScoreSettings(vqe=VqeSettings(restarts=8))


def t(index: int, coefficient: float = 1.0, constant: float = 0.0) -> tuple[Angle]:
    return (Angle(((index, coefficient),), constant),)


ROW = [Gate("ry", (q,), t(q)) for q in range(3)]
CHAIN = [Gate("cx", (0, 1)), Gate("cx", (1, 2))]
LEAN = [*ROW, *CHAIN, *(Gate("ry", (q,), t(3 + q)) for q in range(3))]
PADDED = [*LEAN[:3], Gate("rz", (0,), t(6)), *LEAN[3:5], Gate("rzz", (0, 2), t(7)), *LEAN[5:]]

FUNCTION = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    t = ParameterVector("t", 4 * num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        circuit.ry(t[q], q)
    for q in range(num_qubits - 1):
        circuit.cx(q, q + 1)
        circuit.rzz(t[3 * num_qubits + q], q, q + 1)
    for q in range(num_qubits):
        circuit.ry(t[num_qubits + q], q)
    for q in range(num_qubits):
        circuit.rz(t[2 * num_qubits + q], q)
    return circuit
"""


class Bench:
    """Scores what a pruner proposes, and keeps it."""

    def __init__(self, problem, sandbox: Sandbox, budget: int = 10_000) -> None:
        self.problem, self.budget = problem, budget
        self.scorer = Scorer(problem, SETTINGS, sandbox)
        self.attempts: list[Attempt] = []

    def first(self, code: str) -> Attempt:
        return Attempt("first", 1, "p", (), code, self.scorer.score(code), 0.0)

    def evaluate(self, sources) -> list[Attempt]:
        room = self.budget - len(self.attempts)
        made = [
            Attempt(f"a{len(self.attempts) + k}", 1, PRUNED, ("first",), source, self.scorer.score(source), 0.0)
            for k, source in enumerate(sources[:room])
        ]
        self.attempts += made
        return made

    def prune(self, code: str) -> Attempt:
        pruner = Pruner(self.problem, SandboxSettings())
        first = self.first(code)
        try:
            assert pruner.watch([first]) is first
            return pruner.prune(first, self.evaluate)
        finally:
            pruner.close()


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as opened:
        yield opened


def test_what_a_circuit_can_spare_goes_and_it_stays_inside_the_target(sandbox):
    bench = Bench(LOOSE, sandbox)
    left = bench.prune(to_python(Circuit(3, 8, tuple(PADDED))))
    size = left.score.sizes[0]
    assert left.pruned
    assert LOOSE.met(left.score.sizes)
    assert (size.two_qubit_gates, size.parameters) <= (2, 6)
    assert left in bench.attempts
    assert all(rank(left.score, LOOSE) <= rank(a.score, LOOSE) for a in bench.attempts if a.score.outcome == "ok")


def test_the_target_is_kept_and_used(sandbox):
    exact = Scorer(TFIM, SETTINGS, sandbox).score_circuits([Circuit(3, 6, tuple(LEAN))]).sizes[0].error
    tight = replace(TFIM, target=TFIM.target.changed(kind="absolute", value=exact * 1.001 + 1e-12))
    assert Bench(tight, sandbox).prune(to_python(Circuit(3, 8, tuple(PADDED)))).score.sizes[0].two_qubit_gates == 2
    wide = replace(TFIM, target=TFIM.target.changed(kind="absolute", value=10.0))
    assert Bench(wide, sandbox).prune(to_python(Circuit(3, 8, tuple(PADDED)))).score.sizes[0].two_qubit_gates == 0


def test_of_a_function_for_several_sizes_statements_go_and_a_function_is_left(sandbox):
    problem = replace(resolve_problem("tfim", [3, 4]), target=TFIM.target.changed(value=2e-2))
    left = Bench(problem, sandbox).prune(FUNCTION)
    assert left.pruned
    assert "rz(" not in left.code
    assert [size.two_qubit_gates for size in left.score.sizes] < [6, 9]
    assert sandbox.run(left.code, 5).circuit is not None


def test_a_program_also_loses_steps_and_angles_of_their_own(sandbox):
    turns = Walk("chain", 1, (Step("ry", (0,), 0), Step("rz", (0,), 1)), ("fresh", "fresh"))
    block = Walk("chain", 2, (Step("cx", (0, 1)), Step("ry", (1,), 0), Step("rzz", (0, 1), 1)), ("fresh", "fresh"))
    problem = replace(resolve_problem("tfim", [3, 4]), target=TFIM.target.changed(value=2e-2))
    bench = Bench(problem, sandbox)
    left = bench.prune(write(Program((turns, block))))
    program = read(left.code)
    assert program is not None
    assert {step.gate for _, walk in walks(program) for step in walk.steps} == {"ry", "cx"}
    assert [size.two_qubit_gates for size in left.score.sizes] == [2, 3]
    fewest = [size.parameters for size in bench.first(write(Program((turns, block)))).score.sizes]
    assert [size.parameters for size in left.score.sizes] < fewest
    assert any("Parameter(" in one.code for one in bench.attempts), "shared by all positions, as one that was tried"


def test_it_ends_with_the_budget(sandbox):
    bench = Bench(LOOSE, sandbox, budget=3)
    bench.prune(to_python(Circuit(3, 8, tuple(PADDED))))
    assert len(bench.attempts) == 3
    assert MOST_TRIALS > BATCH


def test_only_a_new_best_circuit_inside_the_target_is_pruned_and_never_what_pruning_made(sandbox):
    bench = Bench(LOOSE, sandbox)
    lean = bench.first(to_python(Circuit(3, 6, tuple(LEAN))))
    outside = replace(bench.first(to_python(Circuit(3, 3, tuple(ROW)))), id="outside")
    pruner = Pruner(LOOSE, SandboxSettings())
    assert pruner.watch([outside]) is None
    assert pruner.watch([replace(lean, prompt_id=PRUNED, parents=("outside",))]) is None
    assert pruner.watch([outside, lean]) is lean
    assert pruner.watch([replace(lean, id="later")]) is None


def test_what_was_tried_before_a_run_was_taken_up_is_not_tried_again(sandbox):
    problem = replace(resolve_problem("tfim", [3, 4]), target=TFIM.target.changed(value=2e-2))
    bench = Bench(problem, sandbox)
    bench.prune(FUNCTION)
    tried, again = list(bench.attempts), Pruner(problem, SandboxSettings())
    assert again.watch([bench.first(FUNCTION), *tried]).id == "first"
    bench.attempts.clear()
    again.prune(bench.first(FUNCTION), bench.evaluate)
    assert not {a.code.strip() for a in bench.attempts} & {a.code.strip() for a in tried}


def test_a_shared_parameter_goes_from_all_its_gates_at_once():
    shared = Circuit(3, 4, (*ROW, *(Gate("rzz", pair, t(3)) for pair in ((0, 1), (1, 2)))))
    left = Move(parameter=3).of(dict(enumerate(shared.gates)))
    assert tuple(left.values()) == tuple(ROW)


def test_a_gate_whose_angle_keeps_a_constant_stays():
    gates = {0: Gate("rx", (0,), t(0, constant=0.5)), 1: Gate("ry", (1,), t(0))}
    left = Move(parameter=0).of(gates)
    assert left == {0: Gate("rx", (0,), (Angle((), 0.5),))}


@pytest.mark.parametrize("gates", [[*CHAIN, *CHAIN[::-1]], [Gate("h", (0,)), Gate("cx", (1, 2)), Gate("h", (0,))]])
def test_self_inverse_pairs_that_meet_are_dropped_with_what_stood_between(gates):
    circuit = Circuit(3, 0, tuple(gates))
    left = Move(gate=-1).of(dict(enumerate(gates)))
    assert len(left) < len(gates)
    before, after = (aer_energy(Circuit(3, 0, tuple(g)), (), HAMILTONIAN) for g in (circuit.gates, left.values()))
    assert after == pytest.approx(before)


def test_statements_that_build_nothing_stay_and_what_is_no_python_gives_nothing():
    shorter = list(without_each(FUNCTION))
    assert len(shorter) == 6, "four loops, and the two statements of the one with two"
    assert all("return circuit" in source and "ParameterVector" in source for source in shorter)
    assert all(compile(source, "x", "exec") for source in shorter)
    assert list(without_each("def f(:")) == []
    draw = random.Random(0)
    assert list(without_each("".join(draw.choice("()[]:\n x") for _ in range(200)))) == []
