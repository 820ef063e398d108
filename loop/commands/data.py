"""Commands about training data: data build, data prepare, data documents."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from loop.commands.options import Json, Sets, complete_problem, output_console, progress_console, tell

app = typer.Typer()
data = typer.Typer(
    help="Build the corpus, prepare outside data, or make rows from documents.   quantummind data build",
    no_args_is_help=True,
)
app.add_typer(data, name="data")

Workers = Annotated[int | None, typer.Option(min=1, help="processes; by default one a core")]


@data.command()
def build(
    config: Annotated[Path | None, typer.Argument(help="a YAML of configs/data/, or of configs/sft/")] = None,
    to: Annotated[Path, typer.Option(help="the folder; a build that was stopped there goes on")] = Path("data/corpus"),
    set_: Sets = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """The ansatz corpus as a data folder.   quantummind data build --to data/corpus"""
    from sft.data.build import build_data, read_build_settings
    from sft.data.card import read_card

    settings = read_build_settings(config, set_ or ())
    with _progress(to) as report:
        build_data(settings, to, workers or _cores(), lambda done, total: report("building", done, total))
    _show(to, read_card(to) or {}, as_json)


@data.command()
def prepare(
    source: Annotated[str, typer.Argument(help=".jsonl, .csv, a folder of the datasets library, or a hub name")],
    to: Annotated[Path, typer.Option(help="the folder; a run that was stopped there goes on")] = Path("data/processed"),
    column: Annotated[
        list[str] | None, typer.Option(metavar="ROLE=NAME", help="prompt=question or code=answer; else guessed")
    ] = None,
    problem: Annotated[
        str,
        typer.Option(help="score on this problem; auto: the one a prompt names; none", autocompletion=complete_problem),
    ] = "auto",
    domain: Annotated[str, typer.Option(help="whose rules answers keep: ansatz, fastformula or text")] = "ansatz",
    validation_share: Annotated[float, typer.Option(min=0.0, max=0.5, help="of the rows, split by hash")] = 0.05,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Outside data, judged and sorted out for training.   quantummind data prepare rows.jsonl --to data/processed"""
    from sft.data.prepare import PrepareSettings, prepare

    settings = PrepareSettings(
        source=source,
        columns=tuple(column or ()),
        domain=domain,
        problem=problem,
        validation_share=validation_share,
    )
    with _progress(to) as report:
        card = prepare(settings, to, workers or _cores(), report, lambda line: tell(line, err=True))
    _show(to, card, as_json)


@data.command()
def documents(
    paths: Annotated[list[Path], typer.Argument(help="text, Markdown or LaTeX files, or folders of them")],
    to: Annotated[Path, typer.Option(help="a new .jsonl; the same as .md goes beside it")] = Path(
        "data/documents.jsonl"
    ),
    keywords: Annotated[
        list[str] | None, typer.Option(metavar="WORD,WORD", help="keep paragraphs with one of these words or phrases")
    ] = None,
    query: Annotated[str | None, typer.Option(help="keep paragraphs that are about this")] = None,
    relevance: Annotated[float, typer.Option(min=-1, max=1, help="least cosine with the query")] = 0.15,
    encoder: Annotated[Path | None, typer.Option(help="folder of an encoder model; without it, TF-IDF")] = None,
    as_json: Json = False,
) -> None:
    """Paragraphs as instruction rows.   quantummind data documents docs --keywords "barren plateau,ansatz" """
    from sft.data.documents import DocumentSettings, collect_documents

    words = tuple(word.strip() for part in keywords or () for word in part.split(",") if word.strip())
    settings = DocumentSettings(keywords=words, query=query, relevance=relevance, encoder=encoder)
    summary = collect_documents(paths, settings, to)
    if as_json:
        counts = {"files": summary.files, "paragraphs": summary.paragraphs, "rows": len(summary.rows)}
        typer.echo(json.dumps({"path": str(to), **counts, "left_out": summary.left_out, "unread": summary.unread}))
        return
    tell(f"{summary.paragraphs} paragraphs in {summary.files} files, {len(summary.rows)} kept")
    for reason, count in summary.left_out.items():
        tell(f"  left out: {count:5d}  {reason}")
    for name in summary.unread:
        tell(f"  not read, no UTF-8: {name}")
    tell(f"read them:   {to.with_suffix('.md')}")
    tell(f"train on it: quantummind sft configs/sft/documents.yaml --set data={to}")


def _cores() -> int:
    return len(os.sched_getaffinity(0))


@contextmanager
def _progress(to: Path) -> Iterator[Callable[[str, int, int], None]]:
    """A function that shows (what, done, total) on stderr: a bar on a terminal, else a line a tenth.

    Ctrl-C inside says how to go on.
    """
    from rich.progress import Progress

    from loop.interrupt import Stopped

    with Progress(console=progress_console(), transient=True, disable=not sys.stderr.isatty()) as bars:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done)
            if bars.disable and (done * 10 // total != (done - 1) * 10 // total):
                tell(f"{what}: {done}/{total}", err=True)

        try:
            yield report
        except KeyboardInterrupt:
            again = shlex.join(["quantummind", *sys.argv[1:]])
            raise Stopped(f"stopped; what was done is in {to}; go on with: {again}") from None


def _show(folder: Path, card: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"path": str(folder), **card}))
        return
    from rich.table import Table

    console = output_console()
    for title, counts in card["counts"].items():
        if counts:
            table = Table(title.replace("_", " "), "", box=None)
            for name, count in counts.items():
                table.add_row(name, str(count))
            console.print(table)
    for name, facts in card["files"].items():
        tell(f"{folder / name}: {facts['rows']} rows")
    domain = card["settings"].get("domain", "ansatz")
    tell(f"train on it: quantummind sft CONFIG --set data={folder} --set domain={domain}")
