"""HTML from Python, escaped by construction: text becomes markup through `tag` alone."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quantum.plain import plain

WRAPPED = 28
"""Characters of plain text from which a cell of a table wraps."""
VOID = frozenset({"img", "input", "meta", "br"})


class Html(str):
    """Markup that may stand in a page as it is; every other string is text and gets escaped."""

    __slots__ = ()


def tag(name: str, *children: object, **attributes: object) -> Html:
    """An element. Children are text, Html, None or lists of them; `class_` and `data_x` are written class and data-x;
    an attribute that is True stands alone, one that is None or False is left out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[object]) -> Html:
    """Children one after the other."""
    return Html("".join(_child(child) for child in children))


def table(headings: Sequence[object], rows: Iterable[Sequence[object]], caption: str | None = None) -> Html:
    """A table that scrolls inside its own box where it is wider than the page."""
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    body = tag("tbody", *(tag("tr", *map(_cell, row)) for row in rows))
    label = caption or " ".join(str(h) for h in headings[:3])
    whole = tag("table", tag("caption", caption) if caption else None, head, body)
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=label)


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Names with their values; a pair whose value is None or empty is left out."""
    return tag(
        "dl",
        *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs if value not in (None, "")),
        class_="facts",
    )


def json_script(identifier: str, document: Any) -> Html:
    """Data for the page's script. Nothing in it can close the element: <, > and & are written as escapes."""
    text = json.dumps(_shown(document), allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Html(f'<script type="application/json" id="{identifier}">{text}</script>')


def _shown(document: Any) -> Any:
    """The document with every text in it made plain."""
    if isinstance(document, str):
        return plain(document)
    if isinstance(document, Mapping):
        return {key: _shown(value) for key, value in document.items()}
    return [_shown(value) for value in document] if isinstance(document, list | tuple) else document


def _cell(content: object) -> Html:
    """Long text wraps, figures and names do not."""
    return tag("td", content, class_="words" if type(content) is str and len(content) > WRAPPED else None)


def _child(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, list | tuple):
        return join(child)
    return html.escape(plain(str(child)))


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{html.escape(plain(str(value)))}"'
