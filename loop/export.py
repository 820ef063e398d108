"""An exported circuit: a folder that stands alone.

    ansatz.py         the model's function with the found parameters; runs with qiskit alone
    circuit.qasm3     OpenQASM 3, bound at the found parameters
    circuit.qpy       Qiskit's QPY, parameters free
    circuit.svg       a drawing
    certificate.json  every figure, and what is needed to derive it again

With several sizes, circuit.* is the largest and circuit-Nq.* the others. For a device (`loop.routing`) there are
*.transpiled.qasm3 (bound) and *.transpiled.qpy (parameters free) too, and their counts stand in the certificate.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loop import certificate
from loop.attempt import Attempt
from loop.environment import package_versions
from loop.routing import Device, Routed, route
from loop.run import write_text
from quantum import formats
from quantum.circuit import Circuit
from quantum.errors import RequestError, did_you_mean
from quantum.exact import exact_energy
from quantum.problem import Problem
from quantum.vqe import engine_fingerprint
from rewards.record import Score
from rewards.settings import ScoreSettings

MOST_GATES_DRAWN = 2000
"""A drawing of more takes a quarter of a minute, and shows nobody anything."""

FORMATS = ("py", "qasm3", "qpy", "json", "svg")

SEPARATOR = "# ---- Below: what QuantumMind found for this function; certificate.json says how. ----"
"""Above this line of ansatz.py stands what the model wrote, below it what was added."""

MAIN = '''

{separator}
PROBLEM = {problem!r}
HAMILTONIANS = {hamiltonians}
"""Pauli terms by number of qubits, in Qiskit's order: the rightmost character acts on qubit 0."""

PARAMETERS = {parameters}
"""The best values found by number of qubits, in the order of `create_ansatz(n).parameters`; radians."""

if __name__ == "__main__":
    from qiskit.quantum_info import SparsePauliOp, Statevector

    for num_qubits, values in PARAMETERS.items():
        ansatz = create_ansatz(num_qubits)
        hamiltonian = SparsePauliOp.from_list(HAMILTONIANS[num_qubits])
        energy = Statevector(ansatz.assign_parameters(values)).expectation_value(hamiltonian).real
        print(ansatz.draw("text"))
        print(f"{{num_qubits}} qubits: energy {{energy:.12f}}")
'''


def parse_formats(text: str) -> tuple[str, ...]:
    """`py,qasm3` as a tuple; raises RequestError for a format that is none."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in FORMATS:
            raise RequestError(f"unknown format {name!r}{did_you_mean(name, FORMATS)}")
    return names or FORMATS


def folder_name(place: int, attempt: Attempt) -> str:
    return f"{place:02d}-{(attempt.score.circuit_hash or 'none')[:8]}"


def export_circuit(
    folder: Path,
    attempt: Attempt,
    score: Score,
    problem: Problem,
    circuits: Mapping[int, Circuit],
    settings: ScoreSettings,
    provenance: Mapping[str, Any],
    wanted: Sequence[str] = FORMATS,
    device: Device | None = None,
) -> dict[str, Any] | None:
    """Write one folder, whole or not at all (an older one of the same name is replaced).

    `score` is the confirmed score of `attempt` under `settings`; `circuits` holds the circuit of every size of it.
    Returns what the circuit costs on `device`, the section `transpiled` of the certificate.
    """
    made = contents(attempt.code, score, problem, circuits, wanted, device)
    with _whole_or_not_at_all(folder) as draft:
        for name, data in made.files.items():
            (draft / name).write_bytes(data)
        if "json" in wanted:
            document = certify(attempt, score, problem, circuits, settings, provenance, made)
            document[certificate.SEAL] = certificate.seal(document)
            write_text(draft / certificate.NAME, json.dumps(document, indent=1, allow_nan=False) + "\n")
    return made.transpiled


@dataclass(frozen=True)
class Contents:
    """The files of an exported folder but for its certificate, and that one's section `transpiled`."""

    files: dict[str, bytes]
    transpiled: dict[str, Any] | None


def contents(
    code: str,
    score: Score,
    problem: Problem,
    circuits: Mapping[int, Circuit],
    wanted: Iterable[str],
    device: Device | None = None,
) -> Contents:
    """What is written for a circuit: the same bytes each time, so that `verify` checks a file by making it again.

    A certificate is about the function in ansatz.py, so with one wanted comes the other. Raises RequestError where
    the device cannot have the circuit.
    """
    files: dict[str, bytes] = {}
    if {"py", "json"} & set(wanted):
        files["ansatz.py"] = ansatz_source(code, score, problem).encode()
    routed: list[dict[str, Any]] = []
    for size in score.sizes:
        circuit, stem = circuits[size.num_qubits], stem_of(size.num_qubits, circuits)
        files.update(_circuit_files(stem, circuit, size.best_parameters, wanted))
        if device:
            on_device = route(circuit, device)
            files.update(_routed_files(f"{stem}.transpiled", on_device, size.best_parameters, wanted))
            routed.append(on_device.to_json())
    return Contents(files, {**device.to_json(), "sizes": routed} if device else None)


def stem_of(num_qubits: int, sizes: Iterable[int]) -> str:
    """How the files of one of the sizes are called."""
    return "circuit" if num_qubits == max(sizes) else f"circuit-{num_qubits}q"


@contextlib.contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    """A draft that takes the place of `folder` at the end, and is removed when that is not reached."""
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _circuit_files(
    stem: str, circuit: Circuit, parameters: Sequence[float], wanted: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    if "qasm3" in wanted:
        yield f"{stem}.qasm3", formats.to_qasm3(circuit, parameters).encode()
    if "qpy" in wanted:
        yield f"{stem}.qpy", formats.to_qpy(circuit)
    if "svg" in wanted and len(circuit.gates) <= MOST_GATES_DRAWN:
        yield f"{stem}.svg", formats.to_svg(circuit).encode()


def _routed_files(
    stem: str, routed: Routed, parameters: Sequence[float], wanted: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    from qiskit import qasm3

    if "qasm3" in wanted:
        yield f"{stem}.qasm3", qasm3.dumps(routed.bound(parameters)).encode()
    if "qpy" in wanted:
        yield f"{stem}.qpy", formats.qpy_bytes(routed.circuit)


def ansatz_source(code: str, score: Score, problem: Problem) -> str:
    """The model's source with the found parameters and a main block that prints the energy, in the place of its own."""
    hamiltonians = {s.num_qubits: list(problem.hamiltonian(s.num_qubits).terms) for s in score.sizes}
    parameters = {s.num_qubits: list(s.best_parameters) for s in score.sizes}
    main = MAIN.format(
        separator=SEPARATOR,
        problem=problem.name,
        hamiltonians=_literal(hamiltonians),
        parameters=_literal(parameters),
    )
    return _without_main(model_source(code)).rstrip() + "\n" + main


def model_source(source: str) -> str:
    """The model's part of an exported ansatz.py."""
    return source.partition(SEPARATOR)[0]


_IS_MAIN = ast.dump(ast.parse('__name__ == "__main__"', mode="eval").body)


def _without_main(code: str) -> str:
    """The source without its `if __name__ == "__main__":` blocks: what a file does as a program is ours to say."""
    lines = code.split("\n")
    for node in reversed(ast.parse(code).body):
        if isinstance(node, ast.If) and not node.orelse and ast.dump(node.test) == _IS_MAIN:
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)


def _literal(mapping: Mapping[int, Sequence[object]]) -> str:
    rows = []
    for key, values in mapping.items():
        lines = "".join(f"        {value!r},\n" for value in values)
        rows.append(f"    {key}: [\n{lines}    ],\n")
    return "{\n" + "".join(rows) + "}"


def certify(
    attempt: Attempt,
    score: Score,
    problem: Problem,
    circuits: Mapping[int, Circuit],
    settings: ScoreSettings,
    provenance: Mapping[str, Any],
    made: Contents,
) -> dict[str, Any]:
    """The certificate of these contents, but for its seal; `loop.certificate.Certificate` is its schema."""
    instances = [problem.hamiltonian(s.num_qubits) for s in score.sizes]
    exact = [exact_energy(h) for h in instances]
    return {
        "format": certificate.FORMAT,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "problem": problem.to_document(),
        "hamiltonians": [
            {
                "num_qubits": h.num_qubits,
                "unit": h.unit,
                "exact_energy": e.energy,
                "exact_method": e.method,
                "pauli_terms": [list(term) for term in h.terms],
            }
            for h, e in zip(instances, exact, strict=True)
        ],
        "circuits": [circuits[s.num_qubits].to_document() for s in score.sizes],
        "settings": settings.model_dump(mode="json"),
        "score": score.to_json(),
        "origin": {
            "attempt": attempt.id,
            "step": attempt.step,
            "parents": list(attempt.parents),
            "pruned": attempt.pruned,
            **provenance,
        },
        "engine_fingerprint": engine_fingerprint(),
        "versions": package_versions(),
        **({"transpiled": made.transpiled} if made.transpiled else {}),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.files.items())},
    }
