"""Text of a candidate, a file or a model is text on every way to a reader."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.table import Table
from rich.text import Text

from loop.cli import main
from loop.console import PlainConsole
from loop.report.html import json_script, tag
from loop.report.plot import chart, line
from loop.tables import circuit_table
from quantum.plain import one_line, plain
from rewards.record import Score
from tests.loop.helpers import LADDER

HOSTILE = "[/nope][link=http://evil.example]x[/link][bold]\x1b[2J\x1b]8;;http://evil\x07\u202e:smile:\r\x9b31m"


def written(*renderables: object) -> str:
    console = PlainConsole(file=io.StringIO(), width=200, force_terminal=True, color_system="standard")
    for one in renderables:
        console.print(one)
    return console.file.getvalue()  # type: ignore[attr-defined]


def table(text: object) -> Table:
    made = Table(str(text), title=text)  # type: ignore[arg-type]
    made.add_row(text)  # type: ignore[arg-type]
    return made


def without_colours(out: str) -> str:
    """What rich itself colours and highlights, it does with these codes."""
    return re.sub(r"\x1b\[[\d;]*m", "", out)


@pytest.mark.parametrize("make", [str, Text, table, lambda text: table(Text(text))])
def test_nothing_that_is_printed_acts_on_the_terminal(make) -> None:
    shown = without_colours(written(make(HOSTILE)))
    assert "\x1b" not in shown
    assert not set(shown) & set("\r\x07\x9b\u202e")
    for seen in ("[/nope]", "[link=http://evil.example]", "␛[2J", "\\u202e", ":smile:"):
        assert seen in shown.replace("\n", "")


def test_styles_of_our_own_still_colour() -> None:
    assert "\x1b[1;31mloud" in written(Text("loud", "bold red"))


def test_a_failure_that_looks_like_markup_is_a_line_of_the_table() -> None:
    score = Score("failed", "sandbox", "exception", "ValueError: [/nope]\nquiet: yes", -0.6)
    assert "ValueError: [/nope] quiet: yes" in without_colours(written(circuit_table([("[b]mine", score)])))


def test_score_survives_a_candidate_that_raises_markup(tmp_path, capfd) -> None:
    (tmp_path / "a.py").write_text(LADDER)
    (tmp_path / "b.py").write_text("def create_ansatz(num_qubits):\n    raise ValueError('[/nope][red]')\n")
    with pytest.raises(SystemExit):
        main(["score", str(tmp_path), "--problem", "tfim", "--qubits", "2", "--workers", "1"])
    out = capfd.readouterr().out
    assert "ValueError: [/nope][red]" in out
    assert "a.py" in out


def test_error_lines_are_one_line_of_plain_text(tmp_path, capfd) -> None:
    path = tmp_path / "problem.yaml"
    path.write_text('family: "tfim\\e[2J\\nquantummind: yes, all figures hold"\n')
    with pytest.raises(SystemExit):
        main(["score", "x.py", "--problem", str(path)])
    err = capfd.readouterr().err
    assert "\x1b" not in err
    assert err.count("\n") == 1


def test_the_page_shows_control_characters_and_charts_no_markup() -> None:
    assert tag("b", HOSTILE, title=HOSTILE).count("␛") == 4
    data = json.loads(str(json_script("x", {"a": [HOSTILE]})).split(">", 1)[1].rsplit("<", 1)[0])
    assert data["a"] == [plain(HOSTILE)]
    drawn = chart([line([1], [2], "<a href='x'>run</a>", "@c1", text=["<b>"])], "x <i>", "y")
    assert "<" not in json.dumps(drawn)


def test_plain_text_is_untouched() -> None:
    text = "energies: −1.25 J, θ₁ ≤ π\n\tx"
    assert plain(text) == text
    assert plain("a\u00a0b\u2003c") == "a b c"
    assert one_line("a\x1b[0m\n b") == "a [0m b"
