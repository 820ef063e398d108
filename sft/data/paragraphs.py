r"""Documents as paragraphs, with where they stand: plain text, Markdown, LaTeX.

A code block (``` or ~~~ fence, verbatim, lstlisting, minted), a displayed equation ($$, \[, equation, align, ...) and a
Markdown table is never cut. It belongs to the paragraph before it in its section, so that "minimise the energy:" keeps
its formula; one that opens a section, or is long, stands alone with its own kind. A heading opens a section and is no
paragraph. Left out: YAML front matter, HTML comments, what stands before \begin{document} and after
\begin{thebibliography}, LaTeX comments, labels and figures.

Lines are those of the file, from 1. Markdown by indentation, and macros of the document's own, are read as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

Kind = Literal["text", "code", "equation", "table"]

LONGEST_ATTACHED: Final = 1500
"""Characters of a code block, an equation or a table that still goes with the paragraph before it."""

_FENCE: Final = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_HEADING: Final = re.compile(r"^\s{0,3}(#{1,6})\s(.*)$")
_UNDERLINE: Final = re.compile(r"^\s{0,3}(=+|-+)\s*$")
_CODE: Final = ("verbatim", "lstlisting", "minted", "algorithm", "algorithmic")
_EQUATION: Final = ("equation", "align", "gather", "multline", "eqnarray", "displaymath")
_LEFT_OUT: Final = ("figure", "table", "tikzpicture", "thebibliography", "comment")
_BEGIN: Final = re.compile(r"^\s*\\begin\{(\w+)\*?\}")
_SECTION: Final = re.compile(r"^\s*\\(part|chapter|section|subsection|subsubsection|paragraph|title)\*?\{(.*)\}\s*$")
_LEVELS: Final = {"title": 1, "part": 1, "chapter": 1, "section": 2, "subsection": 3}
_NOISE: Final = re.compile(
    r"\\(?:label|index|vspace|hspace)\*?\{[^}]{0,300}\}|\\(?:maketitle|noindent|newpage|tableofcontents)\b"
)
_FRAME: Final = re.compile(r"^\s*\\(?:begin|end)\{\w+\*?\}(?:\[[^\]]*\])?\s*$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`section` is the trail of headings above it."""

    kind: Kind
    text: str
    section: tuple[str, ...]
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of a document before blocks are joined; level 1-6 marks a heading."""

    kind: Literal["text", "code", "equation", "table", "heading"]
    text: str
    first_line: int
    last_line: int
    level: int = 0


def paragraphs(text: str, suffix: str) -> list[Paragraph]:
    """The paragraphs of a document; `suffix` (".md", ".tex", anything else is plain text) says how to read it."""
    lines = text.replace("\r\n", "\n").split("\n")
    blocks = {".md": _markdown, ".markdown": _markdown, ".tex": _latex}.get(suffix.lower(), _plain)(lines)
    found: list[Paragraph] = []
    trail: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind == "heading":
            trail = [*(entry for entry in trail if entry[0] < block.level), (block.level, block.text)]
            continue
        section = tuple(title for _, title in trail)
        before = found[-1] if found and found[-1].section == section else None
        if before and block.kind != "text" and before.kind == "text" and len(block.text) <= LONGEST_ATTACHED:
            found[-1] = replace(before, text=f"{before.text}\n\n{block.text}", last_line=block.last_line)
        else:
            found.append(Paragraph(block.kind, block.text, section, block.first_line, block.last_line))
    return found


def _plain(lines: list[str]) -> Iterator[_Block]:
    start = None
    for number, line in enumerate([*lines, ""]):
        if line.strip() and start is None:
            start = number
        elif not line.strip() and start is not None:
            yield _Block("text", "\n".join(lines[start:number]).strip(), start + 1, number)
            start = None


def _markdown(lines: list[str]) -> Iterator[_Block]:
    at = _after_front_matter(lines)
    open_from: int | None = None
    while at <= len(lines):
        line = lines[at] if at < len(lines) else ""
        underlined = open_from is not None and _UNDERLINE.match(line) and at - open_from == 1
        if underlined:
            yield _Block("heading", lines[at - 1].strip(), at, at + 1, 1 if "=" in line else 2)
            open_from, at = None, at + 1
            continue
        block = _markdown_block(lines, at) if at < len(lines) else None
        if (block or not line.strip()) and open_from is not None:
            table = all(row.lstrip().startswith("|") for row in lines[open_from:at])
            text = "\n".join(lines[open_from:at]).strip()
            yield _Block("table" if table else "text", text, open_from + 1, at)
            open_from = None
        if block:
            if block.text:
                yield block
            at = block.last_line
            continue
        if line.strip() and open_from is None:
            open_from = at
        at += 1


def _markdown_block(lines: list[str], at: int) -> _Block | None:
    """The heading, fence, equation or comment that begins at line `at` (from 0), if one does."""
    line = lines[at]
    if heading := _HEADING.match(line):
        return _Block("heading", heading[2].strip().rstrip("#").rstrip(), at + 1, at + 1, len(heading[1]))
    if fence := _FENCE.match(line):
        end = next((k for k in range(at + 1, len(lines)) if lines[k].strip().startswith(fence[1])), len(lines) - 1)
        return _Block("code", "\n".join(lines[at : end + 1]), at + 1, end + 1)
    if line.strip().startswith("$$"):
        alone = line.strip() != "$$" and line.strip().endswith("$$")
        last = at if alone else next((k for k in range(at + 1, len(lines)) if "$$" in lines[k]), len(lines) - 1)
        return _Block("equation", "\n".join(lines[at : last + 1]).strip(), at + 1, last + 1)
    if line.strip().startswith("<!--"):
        last = next((k for k in range(at, len(lines)) if "-->" in lines[k]), len(lines) - 1)
        return _Block("text", "", at + 1, last + 1)
    return None


def _after_front_matter(lines: list[str]) -> int:
    if lines[0].strip() != "---":
        return 0
    return next((k + 1 for k in range(1, len(lines)) if lines[k].strip() in ("---", "...")), 0)


def _latex(lines: list[str]) -> Iterator[_Block]:
    begins = [k for k, line in enumerate(lines) if line.strip().startswith(r"\begin{document}")]
    at, open_from, held = (begins[0] + 1 if begins else 0), 0, list[str]()
    while at <= len(lines):
        line = lines[at] if at < len(lines) else ""
        block = _latex_block(lines, at) if at < len(lines) else None
        if (block or not line.strip()) and held:
            yield _Block("text", "\n".join(held), open_from + 1, at)
            held = []
        if block:
            if block.text:
                yield block
            at = block.last_line
            continue
        said = _NOISE.sub("", _without_comment(line)).strip()
        if said and not _FRAME.match(said):
            if not held:
                open_from = at
            held.append(said)
        at += 1


def _latex_block(lines: list[str], at: int) -> _Block | None:
    line = _without_comment(lines[at])
    if section := _SECTION.match(_NOISE.sub("", line)):
        return _Block("heading", section[2], at + 1, at + 1, _LEVELS.get(section[1], 4))
    if line.strip().startswith(r"\["):
        return _closed("equation", lines, at, r"\]")
    begin = _BEGIN.match(line)
    if not begin:
        return None
    name = begin[1]
    if name in _LEFT_OUT:
        block = _closed("text", lines, at, rf"\end{{{name}")
        return replace(block, text="")
    if name in _CODE or name in _EQUATION:
        return _closed("code" if name in _CODE else "equation", lines, at, rf"\end{{{name}")
    return None


def _closed(kind: Kind, lines: list[str], at: int, end: str) -> _Block:
    """The block from line `at` (from 0) to the line with `end`, or to the end of the document."""
    last = next((k for k in range(at, len(lines)) if end in lines[k]), len(lines) - 1)
    inside = lines[at : last + 1]
    if kind == "equation":
        inside = [cleaned for line in inside if (cleaned := _NOISE.sub("", _without_comment(line)).rstrip())]
    return _Block(kind, "\n".join(inside), at + 1, last + 1)


def _without_comment(line: str) -> str:
    return re.sub(r"(?<!\\)%.*", "", line)
