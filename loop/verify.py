"""Derive an exported circuit again from its function, and say which figure does not hold or cannot be checked.

Nothing of the certificate is believed. `ansatz.py` runs in the sandbox and is confirmed and exported once more, as
`export` does it, with the settings of the certificate under this machine's own protection; then every figure of the
certificate and every file is compared with what came out. So a new figure is derived without a word here, and no QASM,
no QPY and no drawing is read: a file is right when it is the one that is written again.

What is not derived is named: the maker's word (`certificate.STATED`), what it was derived with (`CHOSEN`), and what
only the maker's versions or engine would give to the last digit.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from loop import certificate
from loop.agree import Agreement, Check, agreement, compare
from loop.certificate import Certificate
from loop.claim import function_in, parsed, problem_of
from loop.confirm import Confirmed
from loop.export import FORMATS, Contents, certify, contents
from loop.export_files import check_files
from loop.plain_files import read_folder
from loop.rederive import OUT_OF_LIMITS, as_a_program, prepare_all, score_from, too_large, too_long
from loop.routing import Device
from quantum.aer import aer_energy
from quantum.circuit import Circuit
from quantum.errors import RequestError
from quantum.exact import exact_energy
from quantum.ground_space import fidelity
from quantum.problem import Problem
from quantum.state import statevector
from quantum.vqe import engine_fingerprint
from rewards.cache import ScoreCache
from rewards.record import Score
from rewards.sandbox import Protection, Sandbox, SandboxSettings
from rewards.score import Scorer

MAX_FOLDER_BYTES = 64 << 20
MINUTES = 10.0
Outcome = Literal["holds", "does not hold", "cannot be checked"]


@dataclass(frozen=True)
class Verification:
    """What came of one exported folder."""

    checks: list[Check]
    document: Mapping[str, Any]

    @property
    def failed(self) -> list[str]:
        """The figures that do not hold."""
        return list(dict.fromkeys(check.figure for check in self.checks if check.ok is False))

    @property
    def not_derived(self) -> list[str]:
        """The figures that cannot be checked here."""
        return list(dict.fromkeys(check.figure for check in self.checks if check.ok is None))

    @property
    def outcome(self) -> Outcome:
        return "does not hold" if self.failed else "cannot be checked" if self.not_derived else "holds"

    @property
    def sentence(self) -> str:
        """The outcome in words, with the figures that it is due to."""
        if self.outcome == "holds":
            return f"yes, all {len(self.checks)} figures hold"
        if self.outcome == "does not hold":
            return f"no: {', '.join(self.failed)}"
        return f"cannot be checked here: {', '.join(self.not_derived)}"

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.outcome == "holds",
            "outcome": self.outcome,
            "failed": self.failed,
            "not_derived": self.not_derived,
            "stated": list(certificate.not_derived(self.document)),
            "checks": [vars(check) for check in self.checks],
        }


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


class Verifier:
    """Verifies folders one after the other, with one sandbox and one memory of what was measured for all of them.

    `minutes` is the most work, as predicted, that one folder may ask for.
    """

    def __init__(self, protection: Protection | None = None, minutes: float = MINUTES) -> None:
        self.protection = protection or Protection()
        self.minutes = minutes
        self._cache = ScoreCache()
        self._sandboxes: dict[SandboxSettings, Sandbox] = {}

    def close(self) -> None:
        for sandbox in self._sandboxes.values():
            sandbox.close()

    def __enter__(self) -> Verifier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def verify(self, folder: Path) -> Verification:
        """Every figure of one folder; raises RequestError when it has no certificate that can be read."""
        document = certificate.read_certificate(folder)
        checks = [Check(path, "as sealed", "changed", False) for path in certificate.broken_seals(document)]
        files, refused = read_folder(folder, MAX_FOLDER_BYTES)
        checks += [Check(name, "a plain file", why, False) for name, why in refused.items()]
        checks += self._derived(document, files)
        return Verification(checks, document)

    def _derived(self, document: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Check]:
        """The checks in their order; each stage ends it where the next has nothing to stand on."""
        claim = yield from parsed(document)
        if claim is None:
            return
        problem = yield from problem_of(claim)
        if problem is None:
            return
        for key, value, ceiling in claim.settings.excess(self.protection):
            yield Check(f"settings.{key}", value, f"not derived: this machine's ceiling is {ceiling:g}", None)
        if claim.settings.excess(self.protection):
            return
        if why := too_large(problem, self.minutes):
            yield _too_much(why)
            return
        code = yield from function_in(files)
        if code is None:
            return
        yield from self._against(claim, document, files, problem, code)

    def _against(
        self,
        claim: Certificate,
        document: Mapping[str, Any],
        files: Mapping[str, bytes],
        problem: Problem,
        code: str,
    ) -> Iterator[Check]:
        """The certificate and its files against what this function gives for this problem."""
        settings = claim.settings.under(self.protection)
        scorer = Scorer(problem, settings, self._sandbox(settings.sandbox), self._cache)
        same_engine = claim.engine_fingerprint == engine_fingerprint()
        ready = prepare_all(scorer, code)
        if why := too_long(ready.values(), settings.vqe, self.minutes):
            yield _too_much(why)
            return
        found = score_from(claim, code, scorer, _optimum(claim, {n: one.circuits[0] for n, one in ready.items()}))
        if isinstance(found, Score) and (found.outcome == "infrastructure" or found.reason in OUT_OF_LIMITS):
            yield Check("score", claim.score.get("outcome"), f"not derived here: {found.reason}", None)
            return
        if isinstance(found, Score):
            yield from compare({"score": claim.score}, {"score": found.to_json()}, same_engine)
            return
        yield as_a_program(scorer.sandbox, code, found.circuits)
        yield from _at_stated_parameters(claim, problem, {n: one.circuits[0] for n, one in ready.items()})
        made = yield from _made_again(claim, found, files)
        if made is None:
            return
        again = certify(found.attempt, found.score, problem, found.circuits, claim.settings, {}, made)
        again["files"] = {name: hashlib.sha256(files.get(name, b"")).hexdigest() for name in made.files}
        body = {key: value for key, value in document.items() if key != certificate.SEAL}
        yield from compare(body, again, same_engine, certificate.not_derived(document), _given(found))
        yield from check_files(claim, files, made, scorer.sandbox, same_engine)

    def _sandbox(self, settings: SandboxSettings) -> Sandbox:
        """One for each set of limits; the level is this machine's."""
        usual = replace(settings, minimum_level=SandboxSettings().minimum_level)
        if usual not in self._sandboxes:
            self._sandboxes[usual] = Sandbox(usual, self.protection)
        return self._sandboxes[usual]


def _too_much(why: str) -> Check:
    return Check("all figures: more than is allowed, see --minutes", why, "not derived", None)


def _at_stated_parameters(claim: Certificate, problem: Problem, circuits: Mapping[int, Circuit]) -> Iterator[Check]:
    """What the function's own circuits reach at the parameters that the certificate states, on any engine."""
    for where in ("sizes", "held_out"):
        for size in _mappings(claim.score.get(where)):
            circuit = circuits.get(size["num_qubits"]) if type(size.get("num_qubits")) is int else None
            if circuit is None or not _fits(size.get("best_parameters"), circuit):
                continue
            theta, hamiltonian = size["best_parameters"], problem.hamiltonian(circuit.num_qubits)
            energy = aer_energy(circuit, theta, hamiltonian.traceless)
            reached = {
                "energy": energy + hamiltonian.identity,
                "error": energy - exact_energy(hamiltonian.traceless).energy,
                "fidelity": fidelity(statevector(circuit, theta), hamiltonian),
            }
            for name, derived in reached.items():
                close = agreement(size.get(name), derived) < Agreement.OTHER
                yield Check(
                    f"{name} at {circuit.num_qubits} qubits at the stated parameters", size.get(name), derived, close
                )


def _mappings(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _optimum(claim: Certificate, circuits: Mapping[int, Circuit]) -> dict[int, list[float]]:
    """The stated parameters of the scored sizes, where they are parameters for the function's circuits."""
    stated: dict[object, Any] = {
        str(s.get("num_qubits")): s.get("best_parameters") for s in _mappings(claim.score.get("sizes"))
    }
    return {n: stated[str(n)] for n, circuit in circuits.items() if _fits(stated.get(str(n)), circuit)}


def _given(found: Confirmed) -> list[str]:
    """The figures that come of a start which was known and not drawn."""
    sizes = [f"score.sizes[{k}]" for k, size in enumerate(found.score.sizes) if size.best_start == "given"]
    return [*sizes, "score.reward", "score.reward_parts"] if sizes else []


def _fits(values: object, circuit: Circuit) -> bool:
    """Whether these are parameters for the circuit."""
    return (
        isinstance(values, list)
        and len(values) == circuit.num_parameters
        and all(isinstance(value, float) and math.isfinite(value) for value in values)
    )


def _made_again(
    claim: Certificate, found: Confirmed, files: Mapping[str, bytes]
) -> Generator[Check, None, Contents | None]:
    """The files as the exporter writes them, angles bound at the stated parameters where those are any."""
    stated = _mappings(claim.score.get("sizes"))
    sizes = list(found.score.sizes)
    for k, size in enumerate(sizes[: len(stated)]):
        says = stated[k]
        if _fits(says.get("best_parameters"), found.circuits[size.num_qubits]):
            sizes[k] = replace(size, best_parameters=tuple(says["best_parameters"]))
    score = replace(found.score, sizes=tuple(sizes))
    wanted = {"py", *(name for name in FORMATS if any(file.endswith(f".{name}") for file in files))}
    routed = claim.transpiled
    if routed and not any(".transpiled." in name for name in files):
        yield Check("transpiled", "a circuit on a device", "no files", False)
    try:
        device = Device.from_json(routed.model_dump()) if routed else None
        return contents(found.attempt.code, score, found.problem, found.circuits, wanted, device)
    except RequestError as error:
        yield Check("transpiled", "a circuit on a device", str(error), False)
    return None
