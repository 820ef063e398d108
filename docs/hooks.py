"""What the reference pages say is taken from the program itself when the site is built.

`::: config loop.config.RunConfig` becomes the table of every key with its type, default and meaning;
`::: commands` becomes the help of every command.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import click
from pydantic import BaseModel
from typer.main import get_command

MEANINGS: Final = {
    "profile": "the policy to train: a profile of configs/models/, a build, or the path of a model",
    "device": "auto takes the GPU when there is one",
    "torch_threads": "CPU threads of torch; below a million parameters one is the fastest",
    "seed": "adapter, data order and dropout follow from it",
    "corpus.style": "of the prompts; compact is the embedded model's",
    "scratch": "transformers' `Qwen2Config`; with any of these a new model is trained instead of the profile's weights",
    "vqe.restarts": "starts of the optimiser for one circuit; up to ten times as many where few angles are shared",
    "vqe.max_evaluations": "energies with gradient that one start may spend",
    "vqe.gradient_tolerance": "a start ends below this norm of the gradient",
    "vqe.energy_tolerance": "a start ends when the energy falls by less, `patience` times in a row",
    "vqe.patience": "see energy_tolerance",
    "vqe.engine": "fast: our own simulator, checked against Aer; aer: Aer alone",
    "sandbox.cpu_seconds": "CPU time of one candidate",
    "sandbox.wall_seconds": "wall time, against a candidate that waits",
    "sandbox.memory_mib": "memory of one candidate beyond what the loaded libraries map",
    "sandbox.output_bytes": "the largest circuit document",
    "sandbox.minimum_level": "basic, strong or full; below it nothing runs",
}
"""Keys that their class documents as a whole, or not at all."""


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
    """(key, type, default, meaning) of every key, as Markdown."""
    for name, annotation, default, meaning in fields_of(kind):
        section = next((one for one in (annotation, *get_args(annotation)) if is_section(one)), None)
        if section:
            yield from keys(section, f"{prefix}{name}.")
        else:
            meaning = meaning or MEANINGS.get(prefix + name) or MEANINGS.get(prefix.rstrip("."), "")
            shown = "required" if default is MISSING else f"`{'null' if default is None else default}`"
            yield prefix + name, readable(annotation), shown, meaning.replace("|", "\\|")


def fields_of(kind: Any) -> Iterator[tuple[str, Any, Any, str]]:
    """(name, type, default or MISSING, meaning) of a pydantic model or a dataclass."""
    below = attribute_docstrings(kind)
    if issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            default = MISSING if field.is_required() else field.get_default(call_default_factory=True)
            yield name, field.annotation, default, field.description or below.get(name, "")
        return
    hints = get_type_hints(kind)
    for one in fields(kind):
        yield one.name, hints[one.name], one.default, below.get(one.name, "")


def attribute_docstrings(kind: type) -> dict[str, str]:
    """The text under each field. One that begins with "Each" is about the fields right above it, too."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body  # type: ignore[attr-defined]
    texts: dict[str, str] = {}
    waiting: list[str] = []
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            waiting.append(node.target.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and waiting:
            text = " ".join(str(node.value.value).split())
            texts |= dict.fromkeys(waiting if text.startswith("Each") else waiting[-1:], text)
            waiting = []
    return texts


def is_section(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, BaseModel) or is_dataclass(kind))


def readable(annotation: Any) -> str:
    """A type in words: `auto`, `cpu` or `cuda`; list of int; float or null."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return readable(inner[0])
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in inner)
    if origin in (Union, UnionType):
        return " or ".join(readable(one) for one in inner)
    if origin in (tuple, list):
        return f"list of {readable(inner[0])}"
    if origin is dict:
        return "mapping"
    names = {NoneType: "null", str: "text", bool: "true or false", int: "whole number", float: "number"}
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)))


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
