"""Versioned builds: `<root>/<name>-v1`, `-v2`, ... as training makes them, and `<name>-final`, the promoted one.

`<name>-final` is a relative link, so every command that takes a directory with weights takes it. Who was promoted when
stands in `<name>-history.json`; a rollback goes to the one promoted before, and is itself an entry. Nothing is deleted.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from models.config import read_yaml
from models.profiles import BUILDS
from quantum.errors import RequestError, did_you_mean
from quantum.reading import read_json

RECORD_FILE: Final = "build.json"
REPORT_FILE: Final = "validation.json"
"""The last report of `quantummind validate` on the standard suite."""

_VERSION: Final = re.compile(r"(?P<name>.+)-v(?P<number>\d+)")

Pairs = dict[str, tuple[Any, Any]]
"""What two builds have under a key that differs."""


@dataclass(frozen=True)
class Build:
    """One directory under the root; unfinished while it has no record."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def family(self) -> str:
        """The name without the version."""
        match = _VERSION.fullmatch(self.name)
        return match["name"] if match else self.name

    @property
    def version(self) -> int:
        match = _VERSION.fullmatch(self.name)
        return int(match["number"]) if match else 0

    @property
    def finished(self) -> bool:
        return (self.path / RECORD_FILE).exists()

    @cached_property
    def record(self) -> dict[str, Any]:
        return _read(self.path / RECORD_FILE)

    @cached_property
    def config(self) -> dict[str, Any]:
        path = self.path / "config.yaml"
        return read_yaml(path) if path.exists() else {}

    @property
    def shares(self) -> dict[str, float]:
        """What validation found last, empty before it was run."""
        report = _read(self.path / REPORT_FILE)
        return {name: share["share"] for name, share in report.get("shares", {}).items()}

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "path": str(self.path),
            "finished": self.finished,
            "promoted": promoted(self.family, self.path.parent) == self.name,
            "record": self.record,
            "validation": self.shares,
            "config": self.config,
        }


def list_builds(root: Path = BUILDS) -> list[Build]:
    """Every build under `root`, by name and version; links are left out."""
    if not root.is_dir():
        return []
    found = [Build(path) for path in root.iterdir() if path.is_dir() and not path.is_symlink()]
    return sorted((b for b in found if b.config or b.finished), key=lambda b: (b.family, b.version))


def find_build(name: str, root: Path = BUILDS) -> Build:
    """The build called `name` under `root`, or in the directory `name`; a `-final` link is followed."""
    for path in (root / name, Path(name)):
        if (path / "config.yaml").exists() or (path / RECORD_FILE).exists():
            return Build(path.parent / path.resolve().name if path.is_symlink() else path)
    names = [build.name for build in list_builds(root)]
    raise RequestError(f"no build {name!r} in {root}{did_you_mean(name, names)} (see: quantummind builds list)")


def next_build(name: str, root: Path = BUILDS) -> Path:
    """The directory of the version after the last one."""
    versions = [build.version for build in list_builds(root) if build.family == name]
    return root / f"{name}-v{max(versions, default=0) + 1}"


def unfinished_build(name: str, root: Path = BUILDS) -> Path:
    """The last version, where training stopped; raises `RequestError` when there is nothing to resume."""
    builds = [build for build in list_builds(root) if build.family == name and build.version]
    if not builds or builds[-1].finished:
        raise RequestError(f"{root} holds no unfinished build of {name!r}; start one without --resume")
    return builds[-1].path


def promote(name: str, root: Path = BUILDS) -> Path:
    """Points `<family>-final` at a finished build; returns the link."""
    build = find_build(name, root)
    if not build.finished:
        raise RequestError(f"{build.path} is not finished; go on with: quantummind sft ... --to {build.path} --resume")
    root = build.path.parent
    _check_link(build.family, root)
    if promoted(build.family, root) != build.name:
        _enter(build.family, root, "promote", build.name)
    return _link(build.family, root, build.name)


def rollback(name: str, root: Path = BUILDS) -> Path:
    """Points `<family>-final` at the build that was promoted before the present one; returns the link.

    `name` is the family's, with or without `-final` or a version.
    """
    family = Build(root / name.removesuffix("-final")).family
    stack = _promotions(family, root)
    if len(stack) < 2:
        state = f"only {stack[0]} was" if stack else "nothing was"
        raise RequestError(f"{family}: {state} ever promoted in {root}, so there is nothing to go back to")
    if not (root / stack[-2]).is_dir():
        raise RequestError(f"{family}: {stack[-2]}, promoted before {stack[-1]}, is no longer in {root}")
    _check_link(family, root)
    _enter(family, root, "rollback", stack[-2])
    return _link(family, root, stack[-2])


def promoted(family: str, root: Path = BUILDS) -> str | None:
    """The name of the build that `<family>-final` stands for."""
    stack = _promotions(family, root)
    return stack[-1] if stack else None


def history(family: str, root: Path = BUILDS) -> list[dict[str, str]]:
    """Every promotion and rollback, the oldest first: date, action, build."""
    entries: list[dict[str, str]] = _read(_history_file(family, root)).get("history", [])
    return entries


def diff_builds(first: Build, second: Build) -> dict[str, Pairs]:
    """What differs, in three sections: config, data, metrics."""
    data = ("corpus_sha256", "train_rows", "validation_rows", "distinct_functions")
    metrics = ("steps", "first_loss", "last_loss", "best_validation_loss", "validation_loss", "seconds", "parameters")
    records = [flatten(build.record) for build in (first, second)]
    return {
        "config": _differing(flatten(first.config), flatten(second.config)),
        "data": _differing(*({key: record.get(key) for key in data} for record in records)),
        "metrics": _differing(*({key: record.get(key) for key in metrics} for record in records))
        | _differing(first.shares, second.shares),
    }


def flatten(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as one, keys joined by dots."""
    flat: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> Pairs:
    keys = [*first, *(key for key in second if key not in first)]
    return {key: (first.get(key), second.get(key)) for key in keys if first.get(key) != second.get(key)}


def _promotions(family: str, root: Path) -> list[str]:
    """Who was promoted and not rolled back since, the present one last."""
    stack: list[str] = []
    for entry in history(family, root):
        if entry["action"] == "promote":
            stack.append(entry["build"])
        else:
            stack.pop()
    return stack


def _enter(family: str, root: Path, action: str, build: str) -> None:
    """The history counts, the link follows: a crash between them is mended by promoting again."""
    date = datetime.now(UTC).isoformat(timespec="seconds")
    entries = [*history(family, root), {"date": date, "action": action, "build": build}]
    path = _history_file(family, root)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps({"history": entries}, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(path)


def _check_link(family: str, root: Path) -> None:
    link = root / f"{family}-final"
    if link.exists() and not link.is_symlink():
        raise RequestError(f"{link} is a directory of its own, not a link to a build; move it away first")


def _link(family: str, root: Path, build: str) -> Path:
    """Replaces the link in one step: there is no moment without a final build."""
    link, fresh = root / f"{family}-final", root / f".{family}-final.part"
    fresh.unlink(missing_ok=True)
    os.symlink(build, fresh)
    fresh.replace(link)
    return link


def _history_file(family: str, root: Path) -> Path:
    return root / f"{family}-history.json"


def _read(path: Path) -> dict[str, Any]:
    """A JSON object, empty where there is no file; raises `RequestError` for a damaged one."""
    if not path.exists():
        return {}
    try:
        document = read_json(path)
    except RequestError as error:
        raise RequestError(f"{path} is damaged: {error}") from None
    if not isinstance(document, dict):
        raise RequestError(f"{path} is damaged: not a JSON object")
    return document
