"""The source of a program makes the circuit that `build` makes, at every size, and keeps the policy's rules."""

from __future__ import annotations

import pytest

from quantum.canonical import canonical_hash
from quantum.language.build import build
from quantum.language.draw import STARTS
from quantum.language.excitations import EXCITATIONS
from quantum.language.patterns import PATTERNS, TIMES
from quantum.language.tree import SHARINGS, Program, Repeat, Statement, Step, Walk
from quantum.language.write import HANDS, describe, write
from rewards.policy import check_code
from rewards.sandbox import Sandbox
from tests.quantum.language.programs import drawn, run, written_gates

SIZES = range(2, 8)
FIRST_SITES = (Step("ry", (0,), 0), Step("x", (0,)))
BLOCK = (Step("ry", (0,), 0), Step("cx", (1, 0)), Step("rz", (1,), 1, -2))


def assert_written_as_built(program: Program, hand: int = 0) -> None:
    code = write(program, HANDS[hand])
    verdict = check_code(code)
    assert verdict.ok, (verdict.message, code)
    for n in SIZES:
        built, ran = build(program, n), run(code, n)
        assert written_gates(ran) == written_gates(built), code
        assert canonical_hash(ran) == canonical_hash(built), code
        assert ran.num_parameters == built.num_parameters


@pytest.mark.parametrize("number", range(40))
def test_any_program_is_written_as_it_is_built(number: int) -> None:
    assert_written_as_built(drawn(number), number % len(HANDS))


@pytest.mark.parametrize(("where", "width"), [(name, width) for name in PATTERNS for width in PATTERNS[name].widths])
def test_every_pattern_is_written_as_it_is_built(where: str, width: int) -> None:
    steps = FIRST_SITES if width == 1 else (*BLOCK, Step("cx", (width - 2, width - 1)))
    sharing = ("mirror", "fresh")[: 1 if width == 1 else 2]
    walk = Walk(where, width, steps, sharing)
    assert_written_as_built(Program((walk, Repeat("n // 2", (walk,)))))


@pytest.mark.parametrize("sharing", SHARINGS)
def test_every_sharing_is_written_as_it_is_built_in_nested_loops(sharing: str) -> None:
    walk = Walk("bricks", 2, BLOCK, (sharing, "layer"))
    assert_written_as_built(Program((Repeat("2", (walk, Repeat("3", (walk,)))), walk)), hand=1)


@pytest.mark.parametrize("times", TIMES)
def test_every_count_is_written_as_it_is_built(times: str) -> None:
    assert_written_as_built(Program((Repeat(times, (Walk("bricks", 2, BLOCK, ("fresh", "site")),)),)))


@pytest.mark.parametrize("statements", STARTS.values(), ids=STARTS)
def test_every_start_is_written_as_it_is_built(statements: tuple[Statement, ...]) -> None:
    assert_written_as_built(Program((*statements, Walk("chain", 2, BLOCK, ("fresh", "fresh")))))


@pytest.mark.parametrize("gate", EXCITATIONS)
def test_an_excitation_is_a_helper_function(gate: str) -> None:
    width = EXCITATIONS[gate].num_sites
    program = Program((Walk("chain", width, (Step(gate, tuple(range(width)), 0, -1),), ("fresh",)),))
    assert f"def {gate}(" in write(program)
    assert_written_as_built(program)


def test_a_block_that_occurs_twice_is_written_once() -> None:
    program = Program((Walk("even", 2, BLOCK, ("fresh", "layer")), Walk("odd", 2, BLOCK, ("layer", "program"))))
    code = write(program)
    assert code.count(".cx(") == 1
    assert code.count("block(qc, ") == 3
    assert_written_as_built(program)


def test_the_sandbox_makes_the_same_circuit() -> None:
    with Sandbox() as sandbox:
        for number in range(4):
            result = sandbox.run(write(drawn(number)), 5)
            assert result.circuit is not None, result.message
            assert canonical_hash(result.circuit) == canonical_hash(build(drawn(number), 5))


def test_it_reads_as_a_physicist_writes() -> None:
    program = Program(
        (
            *STARTS["x on odd sites"],
            Repeat("n // 2", (Walk("bricks", 2, (Step("rxx", (0, 1), 0), Step("ryy", (0, 1), 0)), ("layer",)),)),
            Walk("chain", 1, (Step("rz", (0,), 0),), ("fresh",)),
        )
    )
    assert describe(program) == "x odd, n // 2 x (rxx-ryy bricks), rz"
    assert (
        write(program)
        == '''\
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    """x odd, n // 2 x (rxx-ryy bricks), rz."""
    qc = QuantumCircuit(num_qubits)
    for q in range(1, num_qubits, 2):
        qc.x(q)
    for layer in range(num_qubits // 2):
        a = Parameter(f"a{layer}")
        for q in range(layer % 2, num_qubits - 1, 2):
            qc.rxx(a, q, q + 1)
            qc.ryy(a, q, q + 1)
    b = ParameterVector("b", num_qubits)
    for q in range(num_qubits):
        qc.rz(b[q], q)
    return qc'''
    )
