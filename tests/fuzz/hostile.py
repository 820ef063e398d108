"""Documents and texts that are almost right: one place of a valid one changed into something that nobody expects."""

from __future__ import annotations

import copy
import json
from typing import Any

import yaml
from hypothesis import strategies as st

LEAVES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 3, 21, 10**6, 2**63, 10**400, -0.0, 0.5, 1e308, -1e308, float("inf"), float("nan")),
    *(
        "",
        "0",
        "x",
        "None",
        "tfim",
        "../../etc/passwd",
        "/dev/zero",
        "package:antigravity",
        "[/b]",
        "\x1b[2J",
        "\u202e",
    ),
    *("x" * 50_000, "a\nb\r\0c", "😀\u2028", "${HOME}", "{{ 7 * 7 }}", "%s%n", "1e999", "0x" + "f" * 100),
    *([], {}, [[]], [None], {"": None}, {"a": {"a": {}}}, [1, "1", [1]], list(range(2000)), [["Z", 1]] * 3),
)
FRAGMENTS: tuple[bytes, ...] = (
    *(b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b]8;;http://x\x07", b"\r", b"\n", b"\n\n", b'"', b"'", b"{", b"}"),
    *(b"[" * 3000, b"]" * 40, b'{"a":' * 3000, b"9" * 5000, b"1e999", b"NaN", b"-Infinity", b"&a [*a]", b"*x"),
    *(b": ", b"- ", b"? ", b"!!python/object:os.system x", b"!!int x", b"\t", b"#", b"---\n", b"%YAML 9\n", b"\\u0000"),
    *(
        b"`" * 3000,
        b"\\begin{equation}" * 300,
        b"# " + b" " * 3000 + b"x",
        b"\\label{" * 1000,
        b"<!--",
        b"$$",
        b"|" * 3000,
    ),
)


def places(document: Any, trail: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every node below the root."""
    children = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, value in children:
        found.append((*trail, key))
        if isinstance(value, dict | list):
            found += places(value, (*trail, key))
    return found


@st.composite
def changed(draw: st.DrawFn, document: Any) -> Any:
    """`document` with one to three nodes replaced, removed, or given a neighbour."""
    made = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        known = places(made)
        if not known:
            return made
        *trail, last = draw(st.sampled_from(known))
        place = made
        for key in trail:
            place = place[key]
        leaf = copy.deepcopy(draw(st.sampled_from(LEAVES)))
        match draw(st.sampled_from(("replace", "replace", "remove", "add"))):
            case "replace":
                place[last] = leaf
            case "remove":
                del place[last]
            case "add" if isinstance(place, dict):
                place["unknown"] = leaf
            case _:
                place.append(leaf)
    return made


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """`data` with pieces cut out, doubled, or replaced."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from((0, 1, 2, 8, 64, 10_000))))
        piece = draw(st.sampled_from((b"", data[start:end] * 2, *FRAGMENTS)))
        data = data[:start] + piece + data[end:]
    return data


def as_json(document: Any) -> bytes:
    return json.dumps(document, default=str).encode("utf-8", "surrogatepass")


def as_yaml(document: Any) -> bytes:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode("utf-8", "surrogatepass")
