"""YAML as its version 1.2 reads plain words: `no`, `off`, `yes` and `on` are text, 5e-3 is a number, 010 is ten.

PyYAML follows version 1.1, where `save_strategy: no` is the truth value false and 1:30 the number ninety. What is
written here is read alike by both.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

WORDS: Final = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
    ("merge", r"<<", ["<"]),
)
"""Of the core schema (yaml.org/spec/1.2.2, section 10.3.2): a plain word's kind, its form, its first characters."""


_SafeLoader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it: ten times as fast, and its parser does not recurse."""


class Loader(_SafeLoader):  # type: ignore[misc]
    """With the resolvers of `WORDS` alone."""


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


class _Dumper(yaml.SafeDumper):
    """With the resolvers of both versions: text that one of them takes for something else is put in quotes."""


Loader.yaml_implicit_resolvers = {}
for _kind, _form, _first in WORDS:
    for _side in (Loader, _Dumper):
        _side.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_form})$"), _first)
Loader.add_constructor("tag:yaml.org,2002:int", _integer)


def dump(document: Any, sort_keys: bool = False) -> str:
    """`document` as block YAML, keys in their order unless they are to be sorted."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=sort_keys, allow_unicode=True)
    return text
