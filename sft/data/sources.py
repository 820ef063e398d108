"""Outside data row by row, whatever is in it: JSON lines, CSV, a saved `datasets` folder, a name on the hub.

A row that cannot be read becomes a row with a reason, never an exception, so that what was read can be counted:

    not_utf8        bytes that are no UTF-8, or half of a surrogate pair
    broken_json     no JSON
    not_an_object   JSON, but no object with columns
    broken_csv      what the CSV reader refuses
    line_too_long   over `MAX_LINE` bytes; the rest of the line is skipped unread
"""

from __future__ import annotations

import csv
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from urllib.request import getproxies

from quantum.errors import RequestError, did_you_mean
from quantum.reading import Bounds, parse_json

MAX_LINE: Final = 16 << 20
ROW: Final = Bounds(MAX_LINE, "a row")
BATCH: Final = 100
"""Rows of a saved data set that are taken at a time."""
SHOWN: Final = 2000
"""Characters of an unreadable row that are kept for `dropped.jsonl`."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """`number` is the line of a JSONL file, else the row, from 1. Either `fields`, or a `reason` with what was read."""

    number: int
    fields: dict[str, Any] | None
    reason: str | None = None
    message: str = ""
    raw: str = ""


def read_source(source: str) -> Iterator[RawRow]:
    """The rows of `source`; raises `RequestError` where there is nothing to read."""
    path = Path(source)
    if path.is_dir():
        return _saved_dataset(path)
    if path.is_file():
        if path.stat().st_size == 0:
            raise RequestError(f"{path} is empty")
        readers = {".jsonl": _json_lines, ".ndjson": _json_lines, ".csv": _csv}
        if path.suffix.lower() not in readers:
            raise RequestError(f"{path}: not .jsonl, .csv or a folder of the datasets library")
        return readers[path.suffix.lower()](path)
    if source.count("/") == 1 and not path.parent.exists() and not path.suffix:
        return _hub(source)
    names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    raise RequestError(f"no such file or folder: {source}{did_you_mean(path.name, names) if names else ''}")


def _json_lines(path: Path) -> Iterator[RawRow]:
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file), start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if len(line) > MAX_LINE:
                yield _unreadable(number, "line_too_long", f"over {MAX_LINE} bytes", line)
            elif text.strip():
                yield _json_row(number, text)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, its beginning."""
    while line := file.readline(MAX_LINE + 1):
        yield line
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE + 1)


def _json_row(number: int, line: bytes) -> RawRow:
    try:
        fields = parse_json(line.decode("utf-8"), "the line", ROW)
        json.dumps(fields, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        return _unreadable(number, "not_utf8", str(error), line)
    except ValueError as error:
        return _unreadable(number, "broken_json", str(error), line)
    if not isinstance(fields, dict):
        return _unreadable(number, "not_an_object", f"a JSON {type(fields).__name__}, not an object", line)
    return RawRow(number, fields)


def _csv(path: Path) -> Iterator[RawRow]:
    csv.field_size_limit(MAX_LINE)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, None)
        if not header:
            raise RequestError(f"{path} has no header line")
        number = 0
        while True:
            number += 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield _unreadable(number, "broken_csv", f"line {reader.line_num}: {error}", b"")
                continue
            yield _csv_row(number, header, values)


def _csv_row(number: int, header: list[str], values: list[str]) -> RawRow:
    text = ",".join(values)
    try:
        text.encode("utf-8")
    except UnicodeError as error:
        return _unreadable(number, "not_utf8", str(error), text.encode("utf-8", "surrogateescape"))
    if len(values) != len(header):
        message = f"{len(values)} fields, the header has {len(header)}"
        return _unreadable(number, "broken_csv", message, text.encode())
    return RawRow(number, dict(zip(header, values, strict=True)))


def _saved_dataset(path: Path) -> Iterator[RawRow]:
    from datasets import load_from_disk

    try:
        loaded = load_from_disk(str(path))
    except Exception as error:
        what = " ".join(str(error).split())
        raise RequestError(f"{path} is no folder of the datasets library (save_to_disk): {what:.200}") from None
    return _dataset_rows(loaded)


def _hub(name: str) -> Iterator[RawRow]:
    _say_offline()
    from datasets import load_dataset

    try:
        loaded = load_dataset(name)
    except Exception as error:
        what = " ".join(str(error).split())
        raise RequestError(
            f"no file {name} here, and the Hugging Face hub does not give it ({type(error).__name__}: {what:.160}); "
            "download it where there is a network, save_to_disk, and name the folder"
        ) from None
    return _dataset_rows(loaded)


def _say_offline() -> None:
    """Without a network the hub's client retries for half a minute; told so before it is imported, it looks in its
    cache alone. Behind a proxy or a mirror nothing is known here."""
    if getproxies() or "HF_ENDPOINT" in os.environ:
        return
    try:
        socket.create_connection(("huggingface.co", 443), timeout=5).close()
    except OSError:
        os.environ["HF_HUB_OFFLINE"] = "1"


def _dataset_rows(loaded: Any) -> Iterator[RawRow]:
    """Every split after the other; the rows go on being counted."""
    number = 0
    for split in loaded.values() if isinstance(loaded, dict) else (loaded,):
        for batch in split.with_format("arrow").iter(BATCH):  # as stored: nothing is decoded, so nothing is fetched
            for fields in batch.to_pylist():
                number += 1
                yield RawRow(number, fields)


def _unreadable(number: int, reason: str, message: str, raw: bytes) -> RawRow:
    shown = raw[:SHOWN].decode("utf-8", "backslashreplace").rstrip("\n")
    return RawRow(number, None, reason, " ".join(message.split())[:300], shown)
