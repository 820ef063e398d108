"""Derive every figure of an exported circuit again, and say which one does not hold.

Nothing of the certificate is believed. `ansatz.py` runs in the sandbox and is scored afresh with the settings of the
certificate; the exact energy is computed from the Pauli terms; Aer gives the energy at the stated parameters; QASM and
QPY are loaded and compared with the circuit; every file has its digest. On another engine (processor or library
versions, see `engine_fingerprint`) the optimiser may end in another minimum: then the figures of its path (hits,
evaluations) are only held by the seal, and the table says so.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from loop import certificate
from loop.confirm import at_size
from loop.export import model_source, stem_of
from loop.routing import Device, Routed, broken_rules, device_counts, equivalent
from quantum import formats
from quantum.aer import aer_energy
from quantum.circuit import Circuit
from quantum.errors import RequestError
from quantum.exact import exact_energy
from quantum.problem import Problem
from quantum.vqe import engine_fingerprint
from rewards.score import Scorer
from rewards.settings import ScoreSettings

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

ENERGY_TOLERANCE = 1e-9
RELATIVE_TOLERANCE = 1e-6
UNITARY_QUBITS = 10
"""Up to here the loaded files are compared as unitaries; above, as states at the stated parameters."""

OPTIMISER_PATH = {"restart_hits", "evaluations", "best_parameters"}
"""Figures that follow the optimiser's path, which may differ in the last bit between engines."""


NOT_OF_THE_SCORE = ("seconds", "sandbox_level", "held_out", "held_out_failures")
"""What belongs to the machine, and the sizes that were never scored (`_held_out`)."""


@dataclass(frozen=True)
class Check:
    """One figure: what the certificate says, what was derived, and whether they agree."""

    figure: str
    stated: object
    derived: object
    ok: bool


def find_exports(path: Path) -> list[Path]:
    """The exported folders at `path`: itself, or those in it (a run, its best/, an export target, several of these)."""
    if not path.exists():
        raise RequestError(f"no such path: {path}")
    if path.name == certificate.NAME:
        return [path.parent]
    for folder in (path, path / "best"):
        if (folder / certificate.NAME).is_file():
            return [folder]
        for depth in ("*", "*/*"):
            found = sorted(p.parent for p in folder.glob(f"{depth}/{certificate.NAME}"))
            if found:
                return found
    raise RequestError(f"no exported circuit in {path}; export one with: quantummind export RUN")


def verify_export(folder: Path) -> list[Check]:
    """Every figure of one exported circuit; raises RequestError when its certificate cannot be read at all."""
    document = certificate.read_certificate(folder)
    checks = [Check(path, "as sealed", "changed", False) for path in certificate.broken_seals(document)]
    try:
        checks += _file_digests(folder, document["files"])
        checks += _physics(document)
        checks += _files_as_circuits(folder, document)
        checks += _on_the_device(folder, document)
        checks += _smaller_than_its_origin(folder, document)
        checks += _score_again(folder, document)
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        checks.append(Check("the certificate's form", "complete", f"{type(error).__name__}: {error}", False))
    return checks


def _file_digests(folder: Path, files: Mapping[str, str]) -> Iterator[Check]:
    for name, digest in files.items():
        file = folder / name
        found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"
        yield Check(f"sha256 of {name}", digest[:12], found[:12], found == digest)


def _physics(document: Mapping[str, Any]) -> Iterator[Check]:
    """Hamiltonian, exact energy and Aer's energy at the stated parameters, for every size."""
    problem = Problem.from_document(document["problem"])
    rows = zip(document["hamiltonians"], document["circuits"], document["score"]["sizes"], strict=True)
    for stated, circuit, size in rows:
        n = stated["num_qubits"]
        hamiltonian = problem.hamiltonian(n)
        terms = [list(term) for term in hamiltonian.terms]
        yield Check(
            f"Pauli terms at {n} qubits", len(stated["pauli_terms"]), len(terms), stated["pauli_terms"] == terms
        )
        exact = exact_energy(hamiltonian).energy
        yield _close(f"exact energy at {n} qubits", stated["exact_energy"], exact)
        energy = aer_energy(Circuit.from_document(circuit), size["best_parameters"], hamiltonian)
        yield _close(f"energy at {n} qubits", size["energy"], energy)
        yield _close(f"error at {n} qubits", size["error"], energy - exact)


def _files_as_circuits(folder: Path, document: Mapping[str, Any]) -> Iterator[Check]:
    """QASM 3 and QPY load back to the certificate's circuit."""
    from qiskit.quantum_info import Operator, Statevector

    for stem, circuit, theta in _sizes(document):
        kind = Operator if circuit.num_qubits <= UNITARY_QUBITS else Statevector
        reference = kind(circuit.to_qiskit(theta))
        for name, loaded in _loaded(folder, stem, theta):
            yield _same(name, loaded is not None and reference.equiv(kind(loaded)))


def _sizes(document: Mapping[str, Any]) -> Iterator[tuple[str, Circuit, list[float]]]:
    """(how its files are called, circuit, parameters found) of every size."""
    circuits = [Circuit.from_document(stated) for stated in document["circuits"]]
    names = [stem_of(circuit.num_qubits, [c.num_qubits for c in circuits]) for circuit in circuits]
    yield from zip(names, circuits, (size["best_parameters"] for size in document["score"]["sizes"]), strict=True)


def _loaded(folder: Path, stem: str, theta: Sequence[float]) -> Iterator[tuple[str, QuantumCircuit | None]]:
    """(file name, bound circuit) of the QASM and QPY files under this stem; None where the file cannot be read."""
    readers: dict[str, Callable[[bytes], QuantumCircuit]] = {
        f"{stem}.qasm3": lambda data: formats.from_qasm3(data.decode()),
        f"{stem}.qpy": lambda data: formats.from_qpy(data, theta),
    }
    for name, read in readers.items():
        if (folder / name).is_file():
            try:
                loaded = read((folder / name).read_bytes())
            except Exception:  # a damaged file can make Qiskit's readers raise anything
                loaded = None
            yield name, loaded


def _on_the_device(folder: Path, document: Mapping[str, Any]) -> Iterator[Check]:
    """The files of the routed circuit: they do what the circuit does, on that device, at the stated cost."""
    if "transpiled" not in document:
        return
    stated = document["transpiled"]
    device = Device.from_json(stated)
    for (stem, circuit, theta), size in zip(_sizes(document), stated["sizes"], strict=True):
        for name, loaded in _loaded(folder, f"{stem}.transpiled", theta):
            if loaded is None:
                yield _same(name, False)
                continue
            initial, final = tuple(size["initial_layout"]), tuple(size["final_layout"])
            yield _same(name, equivalent(circuit, loaded, Routed(loaded, initial, final), theta))
            broken = broken_rules(loaded, device, circuit.num_qubits)
            yield Check(f"{name} keeps to the device", "yes", broken[0] if broken else "yes", not broken)
            for figure, derived in device_counts(loaded).items():
                yield _close(f"{figure} of {name}", size[figure], derived)


def _score_again(folder: Path, document: Mapping[str, Any]) -> Iterator[Check]:
    """Run ansatz.py in the sandbox and compare every figure of a fresh score."""
    source = folder / "ansatz.py"
    if not source.is_file():
        yield Check("ansatz.py", "present", "not exported, so not scored again", "ansatz.py" not in document["files"])
        return
    problem = Problem.from_document(document["problem"])
    code = model_source(source.read_text(encoding="utf-8"))
    same_engine = document["engine_fingerprint"] == engine_fingerprint()
    with Scorer(problem, ScoreSettings.model_validate(document["settings"])) as scorer:
        fresh = scorer.score(code).to_json()
        yield from _compare("score", _figures(document["score"]), _figures(fresh), same_engine)
        for n, stated in _held_out(document["score"]):
            fresh = Scorer(at_size(problem, n), scorer.settings, scorer.sandbox).score(code).to_json()
            derived = fresh["sizes"][0] if fresh["sizes"] else {"reason": fresh["reason"]}
            yield from _compare(f"held out, {n} qubits", stated, derived, same_engine)


def _compare(
    name: str, stated: Mapping[str, object], derived: Mapping[str, object], same_engine: bool
) -> Iterator[Check]:
    for path in [*stated, *(derived.keys() - stated)]:
        if not same_engine and path.rsplit(".", 1)[-1] in OPTIMISER_PATH:
            yield Check(f"{name}.{path}", stated.get(path), "sealed only: another engine", True)
        else:
            yield _close(f"{name}.{path}", stated.get(path), derived.get(path))


def _held_out(score: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, object]]]:
    """(number of qubits, its figures, or why it has none) of every held-out size."""
    for size in score.get("held_out", ()):
        yield size["num_qubits"], size
    for n, why in score.get("held_out_failures", {}).items():
        yield int(n), {"reason": why.partition(":")[0]}


def _smaller_than_its_origin(folder: Path, document: Mapping[str, Any]) -> Iterator[Check]:
    """A pruned circuit costs less than the one beside it that it was made of."""
    name = document.get("pruned_from")
    if name is None or not (folder.parent / name / certificate.NAME).is_file():
        return
    before, now = (
        max(one["score"]["sizes"], key=lambda size: int(size["num_qubits"]))
        for one in (certificate.read_certificate(folder.parent / name), document)
    )
    costs = [tuple(size[key] for key in ("two_qubit_gates", "parameters", "depth")) for size in (before, now)]
    yield Check(f"gates, parameters, depth below those of {name}", costs[0], costs[1], costs[1] < costs[0])


def _figures(score: Mapping[str, Any]) -> dict[str, object]:
    """The leaves of a score that follow from the circuit at the sizes scored."""
    return dict(certificate.leaves({k: v for k, v in score.items() if k not in NOT_OF_THE_SCORE}))


def _close(figure: str, stated: object, derived: object) -> Check:
    """Numbers agree to 1e-9 absolute or 1e-6 relative, whichever is wider below 1e-3; all else exactly."""
    if isinstance(stated, list) and isinstance(derived, list) and len(stated) == len(derived):
        close = bool(np.allclose(np.asarray(stated, float), np.asarray(derived, float), rtol=1e-6, atol=1e-6))
        return Check(figure, f"{len(stated)} values", f"{len(derived)} values", close)
    if isinstance(stated, float) and isinstance(derived, int | float):
        tolerance = max(ENERGY_TOLERANCE, RELATIVE_TOLERANCE * min(abs(stated), 1e-3))
        return Check(figure, stated, derived, math.isfinite(stated) and abs(stated - derived) <= tolerance)
    return Check(figure, stated, derived, stated == derived)


def _same(figure: str, same: bool) -> Check:
    return Check(figure, "the circuit", "the circuit" if same else "not the circuit", bool(same))
