"""Files of a folder that anybody may have made: plain files of its own, of bounded size, and JSON of bounded depth.

Nothing is followed or waited for: a link, a pipe, a device or a folder among the entries is named and never opened.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
from pathlib import Path
from typing import Any, Final

from quantum.errors import RequestError

MAX_ENTRIES: Final = 200
MAX_DEPTH: Final = 24
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OUTSIDE_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?+|[^\[\]{}"]++')


def read_plain(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file; raises RequestError for a link or anything else, and above `max_bytes`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as handle:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise RequestError(f"{path}: is no regular file")
            data = handle.read(max_bytes + 1)
    except OSError as error:
        raise RequestError(f"{path}: {'is a link' if path.is_symlink() else error.strerror}") from None
    if len(data) > max_bytes:
        raise RequestError(f"{path}: is larger than {max_bytes >> 20} MiB")
    return data


def read_folder(folder: Path, max_bytes: int) -> tuple[dict[str, bytes], dict[str, str]]:
    """({name: bytes}, {name: why not}) of the entries of a folder; `max_bytes` is for all of them together."""
    files: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number == MAX_ENTRIES:
                refused["the folder"] = f"has more than {MAX_ENTRIES} entries"
                break
            try:
                if not _NAME.fullmatch(entry.name):
                    raise RequestError("is no plain name")
                files[entry.name] = read_plain(Path(entry.path), max_bytes)
                max_bytes -= len(files[entry.name])
            except RequestError as error:
                refused[entry.name] = str(error).removeprefix(f"{entry.path}: ")
    return files, refused


def parse_json(data: bytes, where: str) -> Any:
    """The document; raises RequestError for what is no JSON, nests too deep, names a key twice, or has NaN in it."""
    try:
        text = data.decode()
        if _depth(text) > MAX_DEPTH:
            raise RequestError(f"{where}: nested more than {MAX_DEPTH} levels deep")
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
        json.dumps(document, ensure_ascii=False).encode()  # half of a surrogate pair is no text
        return document
    except RequestError:
        raise
    except ValueError as error:
        raise RequestError(f"cannot read {where}: {error!s:.200}") from None


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside strings."""
    depth = deepest = 0
    for bracket in _OUTSIDE_BRACKETS.sub("", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        left = dict.fromkeys(table)
        twice = next(name for name, _ in pairs if left.pop(name, name) is not None)
        raise ValueError(f"the key {twice!r:.60} is given twice")
    return table


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text:.20} is too large")
    return number
