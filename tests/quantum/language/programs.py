"""Programs for tests: drawn and edited ones by number, and the circuit that their source makes."""

from __future__ import annotations

from random import Random
from typing import Any

from quantum.circuit import GATES, Circuit
from quantum.formats import circuit_from_qiskit
from quantum.language.draw import Palette, draw
from quantum.language.edit import cross, edit
from quantum.language.tree import Program

EVERYTHING = Palette.of(frozenset(GATES))


def drawn(number: int) -> Program:
    """A random program, edited up to four times and sometimes crossed with another."""
    random = Random(number)
    program = draw(random, EVERYTHING)
    for _ in range(number % 5):
        program = edit(random, program, EVERYTHING)
    return cross(random, program, draw(random, EVERYTHING)) if number % 3 == 0 else program


def run(code: str, num_qubits: int) -> Circuit:
    """What the source makes, run in this process."""
    names: dict[str, Any] = {}
    exec(code, names)
    return circuit_from_qiskit(names["create_ansatz"](num_qubits))


def written_gates(circuit: Circuit) -> list[tuple[object, ...]]:
    """The gates with their qubits and coefficients, whatever the parameters are called."""
    return [(g.name, g.qubits, [[a for _, a in angle.terms] for angle in g.angles]) for g in circuit.gates]
