"""What a forger works with: an honest export to change, and digests that are made right again afterwards.

A recipe is a function that changes one thing of an export, registered by `@forgery(named)`, where `named` must stand
among the figures that `verify` says do not hold (or, for another outcome, cannot be checked).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from loop import certificate
from loop.attempt import Attempt
from loop.confirm import Confirmed, score_again
from loop.export import FORMATS, export_circuit
from loop.routing import parse_device
from quantum.problem import Problem, family_problem
from quantum.vqe import VqeSettings
from rewards.record import Score
from rewards.score import Scorer
from rewards.settings import RewardSettings, ScoreSettings

DEVICE = "cx,rz,sx,x:line"
SETTINGS = ScoreSettings(
    reward=RewardSettings(gradient_samples=8, audit_share=0.0), vqe=VqeSettings(restarts=3), seed=7
)
PROVENANCE = {"run": "honest", "sandbox": None, "source": None}

FUNCTION = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    t = ParameterVector("t", 2 * num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        circuit.ry(t[q], q)
    for q in range(num_qubits - 1):
        circuit.cx(q, q + 1)
    for q in range(num_qubits):
        circuit.ry(t[num_qubits + q], q)
    return circuit
"""


class Export:
    """A copy of the honest export; `document` is its certificate."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.document: dict[str, Any] = json.loads((folder / certificate.NAME).read_text())

    @property
    def score(self) -> dict[str, Any]:
        return self.document["score"]

    @property
    def size(self) -> dict[str, Any]:
        """The largest size's figures."""
        return self.score["sizes"][-1]

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def write(self, name: str, content: str | bytes) -> None:
        """A file, and its entry in the certificate."""
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)
        self.document["files"][name] = ""

    def replace(self, name: str, old: str, new: str, count: int = 1) -> None:
        text = self.read(name)
        assert old in text, "the recipe changes something"
        self.write(name, text.replace(old, new, count))

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()
        self.document["files"].pop(name)

    def digest_files(self) -> None:
        files = self.document.get("files")
        for name in files if isinstance(files, dict) else ():
            path = self.folder / name
            if path.is_file():
                files[name] = hashlib.sha256(path.read_bytes()).hexdigest()

    def seal(self) -> None:
        """The seal right again, and the certificate on the disk."""
        self.document[certificate.SEAL] = certificate.seal(self.document)
        (self.folder / certificate.NAME).write_text(json.dumps(self.document, indent=1))


@dataclass(frozen=True)
class Forgery:
    """One recipe."""

    name: str
    edit: Callable[[Export], None]
    named: str
    outcome: str
    sealed: bool


FORGERIES: list[Forgery] = []


def forgery(
    named: str, outcome: str = "does not hold", sealed: bool = True
) -> Callable[[Callable[[Export], None]], Callable[[Export], None]]:
    """Register a recipe; without `sealed` it writes the certificate itself."""

    def register(edit: Callable[[Export], None]) -> Callable[[Export], None]:
        FORGERIES.append(Forgery(edit.__name__, edit, named, outcome, sealed))
        return edit

    return register


def confirmed(
    code: str = FUNCTION,
    problem: Problem | None = None,
    settings: ScoreSettings = SETTINGS,
    known: Mapping[int, Sequence[float]] = MappingProxyType({}),
) -> Confirmed:
    """A function that was really found: scored as a run confirms it, by default at 2 and 3 qubits with 4 held out."""
    chosen = problem or family_problem("tfim", {}, (2, 3), (4,))
    attempt = Attempt("s00001-000", 1, "s00001-g0", (), code, Score("ok", "done"), 0.1)
    with Scorer(chosen, settings) as scorer:
        found = score_again(attempt, scorer, known)
    assert isinstance(found, Confirmed)
    return found


def export(
    folder: Path, found: Confirmed, wanted: tuple[str, ...] = FORMATS, device: str | None = DEVICE
) -> dict[str, Any] | None:
    """The folder that `quantummind export` writes of it."""
    routed = parse_device(device) if device else None
    return export_circuit(
        folder, found.attempt, found.score, found.problem, found.circuits, found.settings, PROVENANCE, wanted, routed
    )
