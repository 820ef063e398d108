"""Reads the corpora of `tests/attacks/corpus` and `tests/benign`: one file a program, its verdict in the header.

    # expect: exception | memory          any of these reasons; "ok" is a circuit
    # wall: 0.5                           optional: seconds of wall time for this one
    # machine: x86_64                     optional: raw system call numbers of one architecture
    # never-without: seccomp              optional: would do harm if the filter were off; never run without it
    # What it tries, in one line.
    code, to which a well-behaved create_ansatz is added when it defines none: an attack that succeeds gives a circuit

@CANARY@, @FOLDER@ and @PROJECT@ stand for paths, @REPEAT n c@ for n characters c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WELL_BEHAVED = """

def create_ansatz(num_qubits):
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    theta = ParameterVector("theta", num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for qubit in range(num_qubits):
        circuit.ry(theta[qubit], qubit)
    for qubit in range(num_qubits - 1):
        circuit.cx(qubit, qubit + 1)
    return circuit
"""
_OPTION = re.compile(r"# (expect|wall|machine|never-without): (.+)")
_REPEAT = re.compile(r"@REPEAT (\d+) (.)@")


@dataclass(frozen=True)
class Program:
    name: str
    expected: frozenset[str]
    options: dict[str, str]
    about: str
    source: str

    def code(self, **places: str) -> str:
        """The source to run, with the paths filled in."""
        text = _REPEAT.sub(lambda match: match[2] * int(match[1]), self.source)
        for name, value in ({"NULL": "\0", "SURROGATE": "\ud800"} | places).items():
            text = text.replace(f"@{name}@", value)
        return text if "create_ansatz" in text or self.expected == {"code_too_big"} else text + WELL_BEHAVED


def read(folder: Path) -> list[Program]:
    """The programs of a folder, by name."""
    return [_parse(path) for path in sorted(folder.glob("*.py"))]


def _parse(path: Path) -> Program:
    lines = path.read_text().splitlines()
    options = {}
    while match := _OPTION.fullmatch(lines[0]):
        options[match[1]] = match[2]
        del lines[0]
    about = lines.pop(0)
    assert about.startswith("# "), f"{path} has no line that says what it is"
    expected = frozenset(options.pop("expect", "ok").split(" | "))
    return Program(path.stem, expected, options, about[2:], "\n".join(lines) + "\n")


ATTACKS = read(HERE / "corpus")
BENIGN = read(HERE.parent / "benign")
