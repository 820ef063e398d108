"""A data folder: whose it is (`settings.yaml`), and what is in it (`card.json` for programs, `README.md` for people).

The same rows make the same card.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from quantum import yaml12
from quantum.errors import RequestError
from quantum.reading import read_json

SETTINGS: Final = "settings.yaml"
CARD: Final = "card.json"
README: Final = "README.md"


def claim_folder(folder: Path, settings: Mapping[str, Any]) -> None:
    """Makes the folder for `settings`; one that was begun with equal settings is gone on with.

    Raises `RequestError` for a folder that was begun with others, or that holds something else.
    """
    begun, text = folder / SETTINGS, yaml12.dump(dict(settings))
    if begun.is_file():
        if begun.read_text(encoding="utf-8") != text:
            raise RequestError(f"{folder} was begun with other settings, which are in {begun}; choose another --to")
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RequestError(f"{folder} holds something else; choose another --to")
    folder.mkdir(parents=True, exist_ok=True)
    begun.write_text(text, encoding="utf-8")


def write_card(folder: Path, card: Mapping[str, Any]) -> None:
    """Writes both files; `card` has `title`, `about`, `files`, `counts` (tables of name: count) and any other facts.

    The JSON is written last, by rename, so that it marks a finished folder.
    """
    (folder / README).write_text(_readme(card), encoding="utf-8")
    unfinished = folder / f"{CARD}.part"
    unfinished.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(folder / CARD)


def read_card(folder: Path) -> dict[str, Any] | None:
    """The card of a finished folder, or None."""
    path = folder / CARD
    return read_json(path) if path.is_file() else None


def describe_file(path: Path) -> dict[str, Any]:
    """Number of lines and sha256."""
    digest, rows = hashlib.sha256(), 0
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


def tally(values: Iterable[Any]) -> dict[str, int]:
    """How often each value occurs, in the order of the values (numbers as numbers)."""
    counts = Counter(values)
    return {str(value): counts[value] for value in sorted(counts, key=lambda v: (isinstance(v, str), v))}


def _readme(card: Mapping[str, Any]) -> str:
    lines = [f"# {card['title']}", "", card["about"], "", "| file | rows | sha256 |", "|---|---|---|"]
    lines += [f"| {name} | {facts['rows']} | `{facts['sha256']}` |" for name, facts in card["files"].items()]
    for title, counts in card["counts"].items():
        lines += ["", f"## {title.replace('_', ' ').capitalize()}", "", "| | rows |", "|---|---|"]
        lines += [f"| {name} | {count} |" for name, count in counts.items()] or ["| none | 0 |"]
    facts = {key: value for key, value in card.items() if key not in ("title", "about", "files", "counts")}
    lines += ["", "## Facts", "", "```json", json.dumps(facts, indent=2), "```", ""]
    return "\n".join(lines)
