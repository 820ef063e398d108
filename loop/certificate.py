"""The certificate of an exported circuit: its schema, what of it is derived again, and a seal.

The seal is a digest for every leaf of the document (a scalar, or a list without mappings), so a changed digit is named
even where a figure cannot be derived again (a date). It guards against damage and careless edits, not against a forger,
who can compute digests too; against those stands that `loop.verify` derives everything that is not the maker's word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from loop.plain_files import read_plain
from quantum.errors import RequestError
from quantum.reading import Bounds, parse_json
from rewards.settings import ScoreSettings

FORMAT = 1
NAME = "certificate.json"
SEAL = "seal"
FILE = Bounds(8 << 20, "a certificate", levels=24)

Line = Annotated[str, StringConstraints(max_length=2000)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Qubit = Annotated[int, Field(ge=0, lt=2000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Origin(_Part):
    """Where in which run the attempt was made."""

    attempt: Line
    step: int
    parents: Annotated[list[Line], Field(max_length=1000)]
    pruned: bool
    run: Line
    sandbox: dict[str, Any] | None
    source: dict[str, Any] | None


class Transpiled(_Part):
    """The section of a device; `sizes` are derived."""

    basis: Annotated[list[Line], Field(min_length=1, max_length=50)]
    coupling: (
        Literal["full", "grid", "line", "ring"]
        | Annotated[
            list[Annotated[list[Qubit], Field(min_length=2, max_length=2)]], Field(min_length=1, max_length=10_000)
        ]
    )
    optimization_level: int
    seed: int
    sizes: list[dict[str, Any]]


class Certificate(_Part):
    """Every part is there and no other. What stands in a `dict` is compared, key by key, with what is derived."""

    format: Literal[1]
    date: Line
    problem: dict[str, Any]
    hamiltonians: list[dict[str, Any]]
    circuits: list[dict[str, Any]]
    settings: ScoreSettings
    score: dict[str, Any]
    origin: Origin
    engine_fingerprint: Line
    versions: dict[Line, Line]
    transpiled: Transpiled | None = None
    files: dict[Line, Digest]
    seal: dict[str, Line]


CHOSEN: Final = {
    "problem.name": "what the problem is called",
    "problem.family": "its family",
    "problem.parameters": "the parameters of the family",
    "problem.sizes": "the sizes scored",
    "problem.heldout_sizes": "the sizes held out",
    "problem.target": "the error that counts as found",
    "problem.limit_overrides": "limits other than the usual ones",
    "settings.reward": "what the reward was made with",
    "settings.vqe": "how hard the optimiser looked",
    "settings.sandbox": "what the function was given to run",
    "settings.seed": "the seed of starts and samples",
}
"""The question, not the answer: everything else is derived for this problem, with these settings."""

CHOSEN_OPERATOR: Final = {"problem.hamiltonians": "the Hamiltonian"}
"""Chosen too, where the problem is no member of a family."""

STATED: Final = {
    "date": "when it was made",
    "origin": "which attempt of which run, made of which others, on what machine",
    "engine_fingerprint": "the engine that made it",
    "versions": "the packages that made it",
    "score.seconds": "how long each stage took",
    "score.sandbox_level": "under which protection the function ran",
    "score.held_out_failures": "the words beside each reason",
}
"""What rests on the maker's word. Everything that is neither here nor chosen is derived."""

FUNCTION: Final = {"ansatz.py above the line": "how the function is written; what it makes is derived"}


def not_derived(document: Mapping[str, Any]) -> dict[str, str]:
    """{path: what it is} of the parts that a certificate has and that no one can derive."""
    family = document["problem"].get("family") if isinstance(document.get("problem"), dict) else None
    return {**CHOSEN, **({} if family else CHOSEN_OPERATOR), **STATED, **FUNCTION}


def is_under(path: str, sections: Iterable[str]) -> bool:
    """Whether a dotted path is one of the sections or inside one."""
    return any(path == section or path.startswith((f"{section}.", f"{section}[")) for section in sections)


def leaves(document: object, path: str = "") -> Iterator[tuple[str, object]]:
    """(dotted path, value) of every scalar, every list that holds no mapping, and every empty mapping."""
    if isinstance(document, Mapping) and document:
        for key, value in document.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(document, list) and any(isinstance(value, Mapping) for value in document):
        for index, value in enumerate(document):
            yield from leaves(value, f"{path}[{index}]")
    else:
        yield path, document


def seal(document: Mapping[str, Any]) -> dict[str, str]:
    """A 16-character digest for every leaf outside the seal itself."""
    body = {key: value for key, value in document.items() if key != SEAL}
    return {path: _digest(path, value) for path, value in leaves(body)}


def broken_seals(document: Mapping[str, Any]) -> list[str]:
    """Paths whose value is not the sealed one, in the order of the document; missing and added paths count."""
    stored, now = document.get(SEAL), seal(document)
    if not isinstance(stored, dict):
        return [SEAL]
    changed = [path for path, digest in now.items() if stored.get(path) != digest]
    return changed + [f"{path} (missing)" for path in stored if path not in now]


def _digest(path: str, value: object) -> str:
    return hashlib.sha256(f"{path}={json.dumps(value)}".encode()).hexdigest()[:16]


def read_certificate(folder: Path) -> dict[str, Any]:
    """The certificate of an exported folder; raises RequestError when there is none or it cannot be read."""
    path = folder / NAME
    if not path.exists():
        raise RequestError(f"no {NAME} in {folder}; export circuits with: quantummind export RUN")
    try:
        document = parse_json(read_plain(path, FILE.bytes).decode(), str(path), FILE, strict=True)
    except UnicodeDecodeError:
        raise RequestError(f"{path}: is no UTF-8 text") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise RequestError(f"{path} is not a certificate of format {FORMAT}")
    return document
