"""Files of a folder that anybody may have made: plain files of its own, of bounded size.

Nothing is followed or waited for: a link, a pipe, a device or a folder among the entries is named and never opened.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from quantum.errors import RequestError

MAX_ENTRIES: Final = 200
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


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
