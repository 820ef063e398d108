"""Two hundred single edits at random, every digest made right again: each is caught, or of a part listed as stated."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loop.certificate import NAME, SEAL, is_under, not_derived
from loop.export import SEPARATOR
from loop.verify import Verifier
from quantum.errors import RequestError
from tests.forgeries.workshop import Export

EDITS = 200
WORDS = ("", "none", "1", "\x1b[2J", "[red]", "../x", "é")


def edit_document(document: dict[str, Any], draw: random.Random) -> str:
    """Change one value, take one away or put one in; the dotted path of it."""
    places = [place for place in _places(document, "") if not place[0].startswith(SEAL)]
    path, holder, key = draw.choice(places)
    kind = draw.randrange(6)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        path = path.removesuffix(str(key)) + "added"
        holder["added"] = draw.choice([0, None, "word", [], {}])
    else:
        holder[key] = _another(holder[key], draw)
    return path


def _places(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """(dotted path, what holds it, key or index) of everything in a document."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        below = f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}" if path else str(key)
        yield below, value, key
        yield from _places(value[key], below)


def _another(value: Any, draw: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + draw.choice([-1, 1, 1000])
    if isinstance(value, float):
        digits = list(repr(value))
        place = draw.choice([k for k, digit in enumerate(digits) if digit.isdigit()])
        digits[place] = draw.choice([digit for digit in "0123456789" if digit != digits[place]])
        return draw.choice([float("".join(digits)), value + 1e-3, -value if value else 1.0])
    if isinstance(value, str):
        return draw.choice([word for word in WORDS if word != value])
    if value is None:
        return draw.choice([0, "word", []])
    return draw.choice([None, {}, []]) if value else [0]


def edit_file(export: Export, draw: random.Random) -> str:
    """Change one byte of a file, or put one in, or take one away; the file, and which part of it."""
    name = draw.choice(sorted(path.name for path in export.folder.iterdir() if path.name != NAME))
    data = bytearray((export.folder / name).read_bytes())
    place = draw.randrange(len(data))
    line = data.find(SEPARATOR.encode())
    kind = draw.randrange(3)
    if kind == 0:
        data[place] ^= 1 << draw.randrange(7)
    elif kind == 1:
        data.insert(place, draw.randrange(32, 127))
    else:
        del data[place]
    export.write(name, bytes(data))
    export.digest_files()
    return f"{name} above the line" if place < line else name


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(EDITS))
def test_an_edit_is_caught_or_of_what_is_stated(seed: int, honest: Path, verifier: Verifier, tmp_path: Path) -> None:
    draw = random.Random(seed)
    folder = tmp_path / "edited"
    shutil.copytree(honest, folder)
    export = Export(folder)
    before = json.dumps(export.document)
    where = edit_file(export, draw) if draw.random() < 0.4 else edit_document(export.document, draw)
    stated = is_under(where, not_derived(json.loads(before)))
    export.seal()
    try:
        found = verifier.verify(folder)
    except RequestError:  # no certificate any more
        return
    assert found.outcome != "holds" or stated, where
