"""Documents as instruction rows: the paragraphs about something, each with the one before and the one after.

The rows are one JSONL file (`sft.data.examples`), with the same as Markdown beside it to read them before a model does:
delete the line of a row that should not be trained on, then train with `data: FILE`. Every row says in `source` which
file and lines it is from, the sha256 of that file, and why it was kept.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from models.config import Strict
from quantum.errors import RequestError, did_you_mean
from sft.data.examples import Example, save_examples
from sft.data.paragraphs import Paragraph, paragraphs
from sft.data.relevance import encoder_relevance, tfidf_relevance
from sft.domains.base import text_hash

SUFFIXES: Final = (".md", ".markdown", ".tex", ".txt", ".rst", "")
SHORTEST: Final = 80
"""A paragraph of fewer characters says too little to be an answer; it is still context."""
LONGEST: Final = 4000
CONTEXT: Final = 1200
"""Characters of the paragraph before and of the one after that a prompt shows."""

PROMPT: Final = """\
What does the text say about {topic} under "{section}"?

Before:
{before}

After:
{after}"""


class DocumentSettings(Strict):
    """Which paragraphs are kept: those with one of the keywords, and those near enough to the query."""

    keywords: tuple[str, ...] = Field(default=(), description="words or phrases, whatever their case; one is enough")
    query: str | None = Field(default=None, description="keep paragraphs by their relevance to this text")
    relevance: float = Field(default=0.15, ge=-1.0, le=1.0, description="least cosine with the query")
    encoder: Path | None = Field(default=None, description="folder of an encoder model; without it, TF-IDF")


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    sha256: str
    paragraphs: list[Paragraph]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was read, kept and left out; `rows` in the order of the files."""

    files: int
    paragraphs: int
    rows: list[Example]
    left_out: dict[str, int]
    unread: list[str]


def collect_documents(paths: Sequence[Path], settings: DocumentSettings, to: Path) -> Summary:
    """Writes the rows to `to` and, as Markdown, beside it. Raises `RequestError` where nothing is asked for or found,
    and for a file that is there already: somebody may have reviewed it."""
    if not settings.keywords and settings.query is None:
        raise RequestError("say which paragraphs to keep: --keywords 'barren plateau,ansatz' or --query TEXT")
    if to.suffix != ".jsonl":
        raise RequestError(f"--to {to}: the rows are JSON lines; name it {to.with_suffix('.jsonl')}")
    if to.exists():
        raise RequestError(f"{to} is there already, perhaps reviewed; choose another --to, or delete it")
    files = find_documents(paths)
    read = [(path, _read(path)) for path in files]
    documents = [document for _, document in read if document is not None]
    unread = [str(path) for path, document in read if document is None]
    if not any(document.paragraphs for document in documents):
        raise RequestError(f"no paragraph in {len(files)} files" + (f"; not UTF-8: {unread[0]}" if unread else ""))
    left_out: Counter[str] = Counter()
    rows = list(_rows(documents, settings, left_out))
    to.parent.mkdir(parents=True, exist_ok=True)
    to.with_suffix(".md").write_text(review(rows), encoding="utf-8")
    save_examples(rows, to)
    return Summary(len(files), sum(len(d.paragraphs) for d in documents), rows, dict(left_out), unread)


def find_documents(paths: Sequence[Path]) -> list[Path]:
    """The files among `paths` and the documents in the folders among them; `RequestError` for what is neither."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.lower() in SUFFIXES[:-1]]
            if not inside:
                raise RequestError(f"no document in {path} ({', '.join(SUFFIXES[:-1])})")
            found += inside
        elif path.is_file() and path.suffix.lower() in SUFFIXES:
            found.append(path)
        elif path.is_file():
            raise RequestError(f"{path}: not a document ({', '.join(SUFFIXES[:-1])})")
        else:
            names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
            raise RequestError(f"no such file or folder: {path}{did_you_mean(path.name, names) if names else ''}")
    return list(dict.fromkeys(found))


def _read(path: Path) -> Document | None:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return Document(str(path), hashlib.sha256(raw).hexdigest(), paragraphs(text, path.suffix))


def _rows(documents: Sequence[Document], settings: DocumentSettings, left_out: Counter[str]) -> Iterator[Example]:
    cosines = iter(_relevance([p.text for d in documents for p in d.paragraphs], settings))
    seen: set[str] = set()
    for document in documents:
        for at, paragraph in enumerate(document.paragraphs):
            why = _why(paragraph, next(cosines), settings)
            found = text_hash(paragraph.text)
            if why is None:
                left_out["neither keyword nor relevance"] += 1
            elif paragraph.kind != "text":
                left_out["code, an equation or a table alone"] += 1
            elif not SHORTEST <= len(paragraph.text) <= LONGEST:
                left_out[f"not {SHORTEST} to {LONGEST} characters"] += 1
            elif found in seen:
                left_out["the same text as before"] += 1
            else:
                seen.add(found)
                yield _row(document, at, why, found)


def _relevance(texts: Sequence[str], settings: DocumentSettings) -> list[float]:
    if settings.query is None:
        return [0.0] * len(texts)
    if settings.encoder is not None:
        return encoder_relevance(texts, settings.query, settings.encoder)
    return tfidf_relevance(texts, settings.query)


def _why(paragraph: Paragraph, cosine: float, settings: DocumentSettings) -> dict[str, Any] | None:
    """The keywords found and the relevance, when they are reason to keep a paragraph."""
    words = [word for word in settings.keywords if _has(paragraph.text, word)]
    near = settings.query is not None and cosine >= settings.relevance
    if not words and not near:
        return None
    return {**({"keywords": words} if words else {}), **({"relevance": round(cosine, 3)} if near else {})}


def _has(text: str, keyword: str) -> bool:
    """As a word, in any case, with any white space between its parts, and with a plural s or without."""
    parts = r"\s+".join(map(re.escape, keyword.split()))
    return re.search(rf"(?<!\w){parts}s?(?!\w)", text, re.IGNORECASE) is not None


def _row(document: Document, at: int, why: dict[str, Any], found: str) -> Example:
    around = document.paragraphs
    paragraph = around[at]
    section = " > ".join(paragraph.section) or Path(document.name).name
    prompt = PROMPT.format(
        topic=", ".join(why.get("keywords") or paragraph.section[-1:]) or "this",
        section=section,
        before=_end(around[at - 1].text) if at else "(the document begins here)",
        after=_beginning(around[at + 1].text) if at + 1 < len(around) else "(the document ends here)",
    )
    source = {
        "file": document.name,
        "lines": [paragraph.first_line, paragraph.last_line],
        "sha256": document.sha256,
        "section": section,
        **why,
    }
    return Example("document", [{"role": "user", "content": prompt}], paragraph.text, found, source)


def _end(text: str) -> str:
    return text if len(text) <= CONTEXT else f"… {text[-CONTEXT:]}"


def _beginning(text: str) -> str:
    return text if len(text) <= CONTEXT else f"{text[:CONTEXT]} …"


def review(rows: Sequence[Example]) -> str:
    """The rows for a person to read, numbered as the lines of the JSONL file."""
    lines = [f"# {len(rows)} rows to review", "", "Row k is line k of the JSONL file: delete there what is not wanted."]
    for number, row in enumerate(rows, start=1):
        first, last = row.source["lines"]
        why = ", ".join([*row.source.get("keywords", []), *_figure(row.source)])
        lines += ["", f"## Row {number}", "", f"`{row.source['file']}`, lines {first}-{last}; kept for: {why}", ""]
        lines += ["**Prompt**", "", *_quoted(row.prompt[-1]["content"]), "", "**Answer**", "", *_quoted(row.answer)]
    return "\n".join([*lines, ""])


def _figure(source: dict[str, Any]) -> list[str]:
    return [f"relevance {source['relevance']}"] if "relevance" in source else []


def _quoted(text: str) -> list[str]:
    return [f"> {line}".rstrip() for line in text.split("\n")]
