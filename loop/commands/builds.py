"""Commands about builds of the SFT stage: builds list, show, diff, promote, rollback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loop.commands.options import Json, output_console, tell

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer()
builds = typer.Typer(no_args_is_help=True, help="Versions of fine-tuned policies.   quantummind builds list")
app.add_typer(builds, name="builds")

Name = Annotated[str, typer.Argument(help="a build, such as embedded-cpu-v2")]
Root = Annotated[Path, typer.Option("--root", help="where builds are kept")]
ROOT = Path("builds")


@builds.command("list")
def list_(root: Root = ROOT, as_json: Json = False) -> None:
    """Every build with what it was made from.   quantummind builds list"""
    from sft.builds import list_builds

    found = list_builds(root)
    if as_json:
        typer.echo(json.dumps([build.to_json() for build in found]))
        return
    table = _table("build", "made", "profile", "rows", "steps", "loss", "validation", "seconds", "valid", "")
    for build in found:
        record, shares = build.record, build.shares
        figures = (record.get(key) for key in ("train_rows", "steps", "last_loss", "validation_loss", "seconds"))
        state = "promoted" if build.to_json()["promoted"] else "" if build.finished else "unfinished"
        profile = record.get("profile") or build.config.get("profile", "")
        valid = f"{shares['valid']:.0%}" if "valid" in shares else ""
        table.add_row(build.name, record.get("date", "")[:16], profile, *map(_short, figures), valid, state)
    output_console().print(table if found else f"no builds in {root}; make one with: quantummind sft CONFIG")


@builds.command()
def show(name: Name, root: Root = ROOT, as_json: Json = False) -> None:
    """Everything that a build says about itself.   quantummind builds show embedded-cpu-v1"""
    from sft.builds import find_build, flatten, history

    build = find_build(name, root)
    document = {**build.to_json(), "history": history(build.family, build.path.parent)}
    if as_json:
        typer.echo(json.dumps(document))
        return
    table = _table("", "")
    for key, value in flatten({**document["record"], "validation": build.shares, "config": build.config}).items():
        table.add_row(key, _short(value))
    console = output_console()
    state = "promoted" if document["promoted"] else "finished" if build.finished else "unfinished"
    console.print(f"{build.path} ({state})", table)
    for entry in document["history"]:
        console.print(f"{entry['date']}  {entry['action']}  {entry['build']}", highlight=False)


@builds.command()
def diff(first: Name, second: Name, root: Root = ROOT, as_json: Json = False) -> None:
    """What two builds differ in: config, data, metrics.   quantummind builds diff embedded-cpu-v1 embedded-cpu-v2"""
    from sft.builds import diff_builds, find_build

    pair = find_build(first, root), find_build(second, root)
    found = diff_builds(*pair)
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = _table("", "", pair[0].name, pair[1].name)
    for section, pairs in found.items():
        for k, (key, values) in enumerate(pairs.items()):
            table.add_row(section if k == 0 else "", key, *map(_short, values))
    output_console().print(table if any(found.values()) else "no difference in config, data or metrics")


@builds.command()
def promote(name: Name, root: Root = ROOT, as_json: Json = False) -> None:
    """Make a build the final one of its name.   quantummind builds promote embedded-cpu-v2"""
    from sft.builds import promote as make_final

    _say(make_final(name, root), as_json)


@builds.command()
def rollback(name: Name, root: Root = ROOT, as_json: Json = False) -> None:
    """Go back to the build that was final before.   quantummind builds rollback embedded-cpu"""
    from sft.builds import rollback as go_back

    _say(go_back(name, root), as_json)


def _say(link: Path, as_json: bool) -> None:
    target = link.resolve().name
    tell(json.dumps({"final": str(link), "build": target}) if as_json else f"{link} is {target}")


def _table(*headings: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.5g}"
    text = "" if value is None else str(value)
    return text if len(text) <= 64 else f"{text[:63]}…"
