"""The certificate of an exported circuit: every figure with what is needed to derive it again, and a seal.

The seal is a digest for every leaf of the document (a scalar, or a list without mappings), so a changed digit is named
even where a figure cannot be derived again (a date, a count of optimiser steps). It guards against damage and careless
edits, not against a forger, who can compute digests too; against those stands that `verify` derives the figures anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from quantum.errors import RequestError

FORMAT = 1
NAME = "certificate.json"
SEAL = "seal"


def leaves(document: object, path: str = "") -> Iterator[tuple[str, object]]:
    """(dotted path, value) of every scalar and every list that holds no mapping."""
    if isinstance(document, Mapping):
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
    if not path.is_file():
        raise RequestError(f"no {NAME} in {folder}; export circuits with: quantummind export RUN")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RequestError(f"cannot read {path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise RequestError(f"{path} is not a certificate of format {FORMAT}")
    return document
