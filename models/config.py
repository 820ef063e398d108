"""A pydantic model filled from YAML and `a.b=value` settings, with errors that a person can act on.

Any model of `Strict` works: an unknown key is an error that names the key, the file and the nearest right key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError

from quantum import reading
from quantum.errors import RequestError, did_you_mean
from quantum.reading import read_text


class Strict(BaseModel):
    """The base of every config: unknown keys fail, nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Config = TypeVar("Config", bound=Strict)


def load_config(kind: type[Config], path: str | Path, overrides: Iterable[str] = ()) -> Config:
    """The config of `path` with `key.key=value` settings on top (values are YAML); raises `RequestError`."""
    return parse_config(kind, with_overrides(read_yaml(path), overrides), str(path))


def read_yaml(path: str | Path) -> dict[str, Any]:
    """The mapping in a YAML file; raises `RequestError` when there is none."""
    try:
        text = read_text(Path(path))
    except RequestError as error:
        raise RequestError(f"cannot read {error}") from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, source: str) -> dict[str, Any]:
    document = reading.parse_yaml(text, source)
    if not isinstance(document, dict):
        raise RequestError(f"{source} must hold a mapping of keys to values")
    return document


def with_overrides(document: Mapping[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """A copy of `document` with each `a.b=value` set."""
    result = dict(document)
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or not key:
            raise RequestError(f"--set {override}: write it as key.key=value")
        place = result
        *parents, last = key.split(".")
        for parent in parents:
            inner = place.get(parent) or {}
            if not isinstance(inner, dict):
                raise RequestError(f"--set {override}: {parent} is a value, not a section")
            place[parent] = dict(inner)
            place = place[parent]
        place[last] = _value(override, value)
    return result


def parse_config(kind: type[Config], document: Mapping[str, Any], source: str) -> Config:
    """`document` as a `kind`; the first thing wrong becomes a `RequestError` of one line that names `source`."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            names = _fields_at(kind, first["loc"][:-1])
            suffix = did_you_mean(str(first["loc"][-1]), names) if names else ""
            raise RequestError(f"{source}: unknown key {where!r}{suffix}") from error
        raise RequestError(f"{source}: {where}: {first['msg']}, got {first.get('input')!r:.80}") from error


def _value(override: str, text: str) -> Any:
    try:
        return reading.parse_yaml(text, override)
    except RequestError:
        raise RequestError(f"--set {override}: {text} is not a YAML value; quote it") from None


def _fields_at(kind: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The field names of the model or dataclass that `location` leads to inside `kind`."""
    model: Any = kind
    for part in location:
        field = _fields(model).get(str(part))
        choices = [field, *get_args(field)]
        model = next((choice for choice in choices if _fields(choice)), None)
    return list(_fields(model))


def _fields(kind: Any) -> dict[str, Any]:
    """Names and types of the fields of a pydantic model or a dataclass; empty for any other type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return get_type_hints(kind) if isinstance(kind, type) and is_dataclass(kind) else {}
