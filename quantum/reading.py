"""Files that anybody may have written, read under limits: regular files, so many bytes, levels and values.

Every JSON, JSON-lines and YAML file that comes from outside goes through here. Limits are checked before anything is
built from the text: an alias of YAML counts as often as what it stands for, so a small file cannot grow. Whatever is
wrong is a `RequestError` of one line that names the file.
"""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import yaml

from quantum import yaml12
from quantum.errors import RequestError, did_you_mean


@dataclass(frozen=True)
class Bounds:
    """The most that a text may have: bytes, levels of nesting, values (keys, entries, and what aliases stand for)."""

    bytes: int
    what: str = "a file"
    levels: int = 64
    values: int = 500_000


DOCUMENT: Final = Bounds(8 << 20, "a document")
"""A config or another document; a config can hold the Pauli terms of its problem."""
LINE: Final = Bounds(4 << 20, "a line")
"""One line of a JSON-lines file."""


def open_regular(path: Path, what: str = "a file") -> IO[bytes]:
    """A regular file, open for reading; never waits for a pipe and never reads a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise RequestError(f"{path}: no such file{_near(path)}") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte
        raise RequestError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise RequestError(f"{path}: is {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}; give {what}")


def read_text(path: Path, bounds: Bounds = DOCUMENT) -> str:
    """The UTF-8 text of a regular file."""
    with open_regular(path, bounds.what) as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(bounds.bytes + 1) if size <= bounds.bytes else b""
    if max(size, len(data)) > bounds.bytes:
        raise RequestError(
            f"{path}: {max(size, len(data)) / 2**20:.0f} MiB; the limit of {bounds.what} is {bounds.bytes >> 20} MiB"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError(f"{path}: is no UTF-8 text; give {bounds.what}") from None


def read_json(path: Path, bounds: Bounds = DOCUMENT) -> Any:
    """The JSON of a regular file; see `parse_json`."""
    return parse_json(read_text(path, bounds), str(path), bounds)


def read_yaml(path: Path, bounds: Bounds = DOCUMENT) -> Any:
    """The YAML of a regular file; see `parse_yaml`."""
    return parse_yaml(read_text(path, bounds), str(path), bounds)


def parse_json(text: str, where: str, bounds: Bounds = DOCUMENT, strict: bool = False) -> Any:
    """The JSON of `text`; a key that stands twice is an error. NaN and Infinity are numbers, as Python writes them, and
    half of a surrogate pair is text, unless it is to be `strict`."""
    opened = text.count("[") + text.count("{")  # in strings too: they are upper bounds
    if opened + text.count(",") > bounds.values:
        raise RequestError(f"{where}: more than {bounds.values:,} values")
    try:
        document = json.loads(text, object_pairs_hook=_unique_keys)
        if opened > bounds.levels and not _within(document, bounds.levels):
            raise RecursionError
        if strict:
            json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
        return document
    except _DuplicateKeyError as error:
        raise RequestError(f"{where}: the key {error.args[0][:40]!r} is given twice") from None
    except json.JSONDecodeError as error:
        raise RequestError(f"{where}: no JSON (line {error.lineno}: {error.msg})") from None
    except (ValueError, RecursionError):
        raise RequestError(f"{where}: no JSON that can be read (nested too deep, or a number too long)") from None


def parse_yaml(text: str, where: str, bounds: Bounds = DOCUMENT) -> Any:
    """The YAML of `text`, plain data alone."""
    try:
        _count(text, where, bounds)
        return yaml.load(text, yaml12.Loader)
    except RequestError:
        raise
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1}: {getattr(error, 'problem', '')})" if mark else ""
        raise RequestError(f"{where}: no YAML{place}") from None
    except Exception as error:  # a tag that does not fit its value makes PyYAML raise anything
        raise RequestError(f"{where}: no YAML that can be read ({type(error).__name__})") from None


def read_lines(path: Path, bounds: Bounds = LINE, keep_last: bool = False) -> Iterator[tuple[int, str]]:
    """(number, line) of a UTF-8 file. A last line without its newline is a write cut short, and left out by default."""
    with open_regular(path) as file:
        number = 0
        while line := file.readline(bounds.bytes):
            number += 1
            if line.endswith(b"\n") or (keep_last and len(line) < bounds.bytes):
                try:
                    yield number, line.decode("utf-8")
                except UnicodeDecodeError:
                    raise RequestError(f"{path}: line {number} is no UTF-8 text") from None
            elif len(line) == bounds.bytes:
                raise RequestError(f"{path}: line {number} is over {bounds.bytes >> 20} MiB")


def _count(text: str, where: str, bounds: Bounds) -> None:
    """Raises RequestError when the document that `text` describes, with its aliases written out, is over the bounds."""
    values, sizes = 0, dict[str, int]()
    open_at: list[tuple[str | None, int]] = []
    for event in yaml.parse(text, yaml12.Loader):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_at.pop()
            if anchor is not None:
                sizes[anchor] = values - before
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise RequestError(f"{where}: *{event.anchor!s:.40} stands for nothing before it")
            values += sizes[event.anchor]
        elif isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.CollectionStartEvent):
                open_at.append((event.anchor, values))
            elif event.anchor is not None:
                sizes[event.anchor] = 1
            values += 1
        if values > bounds.values:
            raise RequestError(f"{where}: more than {bounds.values:,} values")
        if len(open_at) > bounds.levels:
            raise RequestError(f"{where}: nested deeper than {bounds.levels} levels")


def _within(document: object, levels: int) -> bool:
    layer = [document]
    for _ in range(levels + 1):
        inner = (node.values() if isinstance(node, dict) else node for node in layer if isinstance(node, dict | list))
        layer = [child for children in inner for child in children if isinstance(child, dict | list)]
        if not layer:
            return True
    return False


class _DuplicateKeyError(Exception):
    pass


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _DuplicateKeyError(next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1))
    return table


def _near(path: Path) -> str:
    try:
        near = did_you_mean(path.name, (entry.name for entry in path.parent.iterdir()))
    except (OSError, ValueError):
        return ""
    return near if "did you mean" in near else ""
