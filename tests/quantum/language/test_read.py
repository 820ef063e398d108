"""A source is read back as a program of the same circuits, whatever its names; what is not of the language is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from quantum.language.build import build
from quantum.language.draw import STARTS
from quantum.language.patterns import PATTERNS
from quantum.language.read import read
from quantum.language.tree import SHARINGS, Program, Repeat, Step, Walk
from quantum.language.write import HANDS, write
from tests.quantum.language.programs import drawn, run, written_gates

BLOCK = (Step("ry", (0,), 0), Step("cx", (1, 0)), Step("rz", (1,), 1, -2))
HAND_WRITTEN = '''
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def hop(circuit, angle, left, right):
    circuit.rxx(angle, left, right)
    circuit.ryy(-2 * angle, left, right)


def create_ansatz(num_qubits: int) -> QuantumCircuit:
    """Hops on a brick wall."""
    circuit = QuantumCircuit(num_qubits)
    circuit.x(0)
    for depth in range(num_qubits // 2):
        theta = ParameterVector(f"theta_{depth}", num_qubits - 1)
        for site in range(depth % 2, num_qubits - 1, 2):
            hop(circuit, theta[site], site, site + 1)
    phi = Parameter("phi")
    for site in reversed(range(num_qubits)):
        circuit.rz(phi, site)
    return circuit
'''


def assert_read_back(program: Program, hand: int = 0) -> None:
    found = read(write(program, HANDS[hand]))
    assert found is not None, write(program)
    for n in (2, 3, 5, 6):
        assert written_gates(build(found, n)) == written_gates(build(program, n))
        assert build(found, n) == build(program, n)


@pytest.mark.parametrize("number", range(60))
def test_any_program_is_read_back(number: int) -> None:
    assert_read_back(drawn(number), number % len(HANDS))


def test_every_pattern_and_every_sharing_is_read_back() -> None:
    for where, pattern in PATTERNS.items():
        for width in pattern.widths:
            steps = (Step("ry", (0,), 0), Step("rx", (0,), 0, -3)) if width == 1 else BLOCK
            for sharing in SHARINGS:
                walk = Walk(where, width, steps, (sharing, "fresh")[: 1 if width == 1 else 2])
                assert_read_back(Program((*STARTS["singlets"], walk, Repeat("3", (walk, Repeat("n // 2", (walk,)))))))


def test_names_helpers_and_hints_are_free() -> None:
    program = read(HAND_WRITTEN)
    assert program is not None
    for n in (2, 4, 5):
        assert written_gates(build(program, n)) == written_gates(run(HAND_WRITTEN, n))
        assert build(program, n).num_parameters == run(HAND_WRITTEN, n).num_parameters


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("site + 1)", "site + 2)"),
        ("circuit.x(0)", "circuit.x(num_qubits // 3)"),
        ("circuit.x(0)", "circuit.u(phi, phi, phi, 0)"),
        ("circuit.x(0)", "circuit.rx(0.5, 0)"),
        ("circuit.x(0)", "if num_qubits % 2: circuit.x(0)"),
        ("circuit.x(0)", "circuit.compose(circuit)"),
        ("circuit.x(0)", "hop(circuit, phi, 0)"),
        ("phi, site)", "phi + phi, site)"),
        ("theta[site]", "theta[0]"),
        ("theta[site]", "undeclared"),
        ("range(num_qubits // 2)", "range(17)"),
        ("circuit.rxx(angle, left, right)", "hop(circuit, angle, left, right)"),
        ("def create_ansatz(num_qubits", "def create_ansatz(n"),
        ("return circuit", "return circuit +"),
    ],
)
def test_what_is_not_of_the_language_is_not_read(old: str, new: str) -> None:
    assert old in HAND_WRITTEN
    assert read(HAND_WRITTEN.replace(old, new)) is None


def test_no_file_of_the_corpus_of_attacks_is_an_error() -> None:
    files = sorted((Path(__file__).parents[2] / "attacks" / "corpus").glob("**/*.py"))
    assert files
    assert [path.name for path in files if read(path.read_text(encoding="utf-8", errors="replace"))] == []
