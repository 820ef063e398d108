"""What the reference pages say is taken from the program itself when the site is built.

`::: config loop.config.RunConfig` becomes the table of every key with its type, default and meaning;
`::: commands` becomes the help of every command.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_type_hints

import click
from pydantic import BaseModel
from typer.main import get_command


def on_page_markdown(markdown: str, **_: Any) -> str:
    markdown = re.sub(r"^::: config (\S+)$", lambda found: config_table(found[1]), markdown, flags=re.MULTILINE)
    return re.sub(r"^::: commands$", lambda _: command_reference(), markdown, flags=re.MULTILINE)


def config_table(name: str) -> str:
    """Rows of a config model, sections included, in the order in which they are written."""
    module, _, kind = name.rpartition(".")
    rows = keys(getattr(importlib.import_module(module), kind))
    lines = [f"| `{key}` | {type_} | {default} | {meaning} |" for key, type_, default, meaning in rows]
    return "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *lines])


def keys(kind: Any, prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    for name, annotation, default, meaning in fields_of(kind):
        section = next((one for one in (annotation, *get_args(annotation)) if is_section(one)), None)
        if section:
            yield from keys(section, f"{prefix}{name}.")
        else:
            yield prefix + name, readable(annotation), f"`{default}`" if default != "" else "", meaning


def fields_of(kind: Any) -> Iterator[tuple[str, Any, Any, str]]:
    if issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            default = "required" if field.is_required() else field.get_default(call_default_factory=True)
            yield name, field.annotation, default, field.description or ""
        return
    hints = get_type_hints(kind)
    for field in fields(kind):
        default = field.default if field.default is not MISSING else "required"
        yield field.name, hints[field.name], default, field.metadata.get("description", "")


def is_section(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, BaseModel) or is_dataclass(kind))


def readable(annotation: Any) -> str:
    text = annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
    return re.sub(r"typing\.|Literal", "", text).replace("NoneType", "None").replace("|", "or").replace("[", "\\[")


def command_reference() -> str:
    """Help of every command, groups included."""
    from loop.cli import app

    return "\n\n".join(describe(get_command(app), "quantummind"))


def describe(command: Any, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    if hasattr(command, "commands"):
        for name, inner in sorted(command.commands.items()):
            yield from describe(inner, f"{path} {name}")
        return
    yield f"## `{path}`\n\n```text\n{command.get_help(context)}\n```"
