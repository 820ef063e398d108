"""Documents as rows: what a paragraph is, why one is kept, where it says it is from; the project's own docs."""

from __future__ import annotations

import hashlib
import json
import math
import re
from pathlib import Path

import pytest

from loop.cli import main
from models.config import load_config
from models.profiles import resolve_profile
from quantum.errors import RequestError
from sft.config import SftSettings, sft_arguments
from sft.data.documents import DocumentSettings, collect_documents
from sft.data.examples import load_data
from sft.data.paragraphs import paragraphs
from sft.data.relevance import encoder_relevance, tfidf_relevance
from sft.train import run_sft

ROOT = Path(__file__).parents[3]

MARKDOWN = """\
---
title: front matter
---
# Gates

A first paragraph
on two lines:

```python
# not a heading

qc.ry(t, 0)
```

| gate | cost |
|---|---|
| cx | 1 |

After the table.
<!-- a comment
that is left out -->
Angles
------
$$
e^{-i t X}
$$
Last, with `# no heading`.
"""

LATEX = r"""
\documentclass{article}
\begin{document}
\begin{abstract}
Half, 50\%, of all circuits % and a comment
are flat.
\end{abstract}
\section{Method}\label{sec:method}
The energy is
\begin{equation}\label{eq:energy}
  E = \langle H \rangle % as usual
\end{equation}
where $H$ is given.

\begin{figure}
\includegraphics{plot}
\end{figure}
\subsection{Code}
\begin{lstlisting}
a = b % c
\end{lstlisting}
\begin{thebibliography}{9}
\bibitem{x} Left out.
\end{thebibliography}
\end{document}
"""


def test_markdown_keeps_code_equations_and_tables_whole_and_with_their_paragraph() -> None:
    found = paragraphs(MARKDOWN, ".md")
    assert [(p.kind, p.section, p.first_line, p.last_line) for p in found] == [
        ("text", ("Gates",), 6, 17),
        ("text", ("Gates",), 19, 19),
        ("equation", ("Gates", "Angles"), 24, 26),
        ("text", ("Gates", "Angles"), 27, 27),
    ]
    assert found[0].text.startswith(
        "A first paragraph\non two lines:\n\n```python\n# not a heading\n\nqc.ry(t, 0)\n```"
    )
    assert found[0].text.endswith("| cx | 1 |")
    assert not any("front matter" in p.text or "comment" in p.text for p in found)


def test_latex_is_read_without_its_preamble_comments_labels_and_figures() -> None:
    found = paragraphs(LATEX, ".tex")
    assert [(p.kind, p.section, p.text) for p in found] == [
        ("text", (), "Half, 50\\%, of all circuits\nare flat."),
        (
            "text",
            ("Method",),
            "The energy is\n\n\\begin{equation}\n  E = \\langle H \\rangle\n\\end{equation}",
        ),
        ("text", ("Method",), "where $H$ is given."),
        ("code", ("Method", "Code"), "\\begin{lstlisting}\na = b % c\n\\end{lstlisting}"),
    ]
    lines = LATEX.split("\n")
    assert [lines[p.first_line - 1].strip()[:12] for p in found] == [
        "Half, 50\\%, ",
        "The energy i",
        "where $H$ is",
        "\\begin{lstli",
    ]


def test_plain_text_is_cut_at_blank_lines_and_an_open_fence_does_not_lose_the_rest() -> None:
    assert [p.text for p in paragraphs("a\nb\n\n\nc", ".txt")] == ["a\nb", "c"]
    assert [p.text for p in paragraphs("a\n```\nb\n\nc", ".md")] == ["a\n\n```\nb\n\nc"]


def test_tfidf_is_the_textbooks_cosine() -> None:
    texts = ["red fish", "blue fish fish", "green"]
    one, two = math.log(4 / 2) + 1, math.log(4 / 3) + 1
    query = [one, two]  # "red fish"
    expected = 1.0, two * (1 + math.log(2)) * two / (math.hypot(*query) * math.hypot(one, (1 + math.log(2)) * two)), 0.0
    assert tfidf_relevance(texts, "red fish") == pytest.approx(expected)
    assert tfidf_relevance(["gradients vanish"], "Gradient") == pytest.approx([1 / math.sqrt(2)])
    assert tfidf_relevance(["", "a"], "nothing in common") == [0.0, 0.0]


def test_an_encoder_ranks_by_its_own_pooling(tmp_path: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "blue", "fish"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(0)
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(words), **shape)).save_pretrained(tmp_path)
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    mean = encoder_relevance(["red fish", "blue", "blue fish fish red"], "red fish", tmp_path)
    assert mean[0] == pytest.approx(1.0, abs=1e-5)
    assert max(mean[1:]) < 0.999
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert encoder_relevance(["blue"], "red fish", tmp_path)[0] != pytest.approx(mean[1], abs=1e-4)
    with pytest.raises(RequestError, match=r"holds no model \(no config\.json\)"):
        encoder_relevance(["a"], "b", tmp_path / "1_Pooling" / "missing")


def test_the_projects_own_docs_become_rows_that_say_where_they_are_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "rows.jsonl"
    docs, keywords = str(ROOT / "docs"), "barren plateau,sandbox"
    assert main_exits(["data", "documents", docs, "--keywords", keywords, "--to", str(to), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    rows, _ = load_data(to, 0.0)
    assert summary["rows"] == len(rows) > 5
    assert summary["rows"] + sum(summary["left_out"].values()) == summary["paragraphs"]
    for row in rows:
        path = Path(row.source["file"])
        first, last = row.source["lines"]
        assert row.source["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        text = path.read_text()
        assert row.answer.split("\n")[0] in text.split("\n")[first - 1]
        assert row.answer.split("\n")[-1] in text.split("\n")[last - 1]
        lower = " ".join(row.answer.lower().split())
        assert "barren plateau" in lower or "sandbox" in lower
        assert "Before:" in row.prompt[0]["content"]
        assert "After:" in row.prompt[0]["content"]
    review = to.with_suffix(".md").read_text()
    assert review.count("\n## Row ") == len(rows)


def test_a_row_shows_its_neighbours_and_a_repeated_paragraph_is_one_row(tmp_path: Path) -> None:
    kept = "The variance of gradients vanishes exponentially in the number of qubits, which is called a barren plateau."
    (tmp_path / "a.md").write_text(f"# Top\n\nBefore it.\n\n{kept}\n\nAfter it.\n\n## Again\n\n{kept}\n")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe barren plateau")
    summary = collect_documents([tmp_path], DocumentSettings(keywords=("Barren  Plateaus",)), tmp_path / "rows.jsonl")
    assert not summary.rows, "a keyword in the plural is not found in the singular"
    (tmp_path / "rows.jsonl").unlink()
    summary = collect_documents([tmp_path], DocumentSettings(query="variance of the gradient"), tmp_path / "rows.jsonl")
    assert [row.answer for row in summary.rows] == [kept]
    assert summary.rows[0].prompt[0]["content"] == (
        'What does the text say about Top under "Top"?\n\nBefore:\nBefore it.\n\nAfter:\nAfter it.'
    )
    assert summary.rows[0].source["relevance"] > 0.3
    assert summary.left_out["the same text as before"] == 1
    assert summary.unread == [str(tmp_path / "b.txt")]


def test_the_sft_stage_trains_on_the_reviewed_file(tmp_path: Path) -> None:
    to = tmp_path / "rows.jsonl"
    collect_documents([ROOT / "docs" / "security.md"], DocumentSettings(keywords=("kernel",)), to)
    reviewed = to.read_text().splitlines(keepends=True)[:-1]
    to.write_text("".join(reviewed))
    small = {"num_hidden_layers": 1, "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
    overrides = [f"scratch.{key}={value}" for key, value in small.items()]
    overrides += [f"data={to}", "domain=text", "training.max_steps=2", "training.per_device_train_batch_size=1"]
    build = run_sft(ROOT / "configs/sft/embedded-cpu.yaml", overrides, tmp_path / "build")
    record = json.loads((build / "build.json").read_text())
    assert record["train_rows"] + record["validation_rows"] == len(reviewed) > 1


@pytest.mark.parametrize("name", ["documents", "fastformula", "fastformula-cpu"])
def test_the_configs_for_other_data_are_whole(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    settings = load_config(SftSettings, f"configs/sft/{name}.yaml")
    profile = resolve_profile(settings.profile)
    arguments = sft_arguments(settings, tmp_path, False, profile.prompt_format)
    assert arguments.learning_rate == settings.training["learning_rate"]
    if settings.data != "data/documents.jsonl":
        load_data(str(settings.data), settings.corpus.validation_share)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{doc}"], "say which paragraphs to keep: --keywords"),
        (["{doc}", "--keywords", "a", "--to", "{folder}/rows.json"], "name it .*rows.jsonl"),
        (["{doc}", "--keywords", "a", "--to", "{folder}/old.jsonl"], "is there already, perhaps reviewed"),
        (["{folder}/dok.md", "--keywords", "a"], "no such file or folder: .*did you mean 'doc.md'"),
        (["{folder}/old.jsonl", "--keywords", "a"], "not a document"),
        (["{folder}/empty", "--keywords", "a"], "no document in"),
        (["{doc}", "--query", "a", "--encoder", "{folder}/empty"], "holds no model"),
    ],
)
def test_a_wrong_request_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "doc.md").write_text("Some text.")
    (tmp_path / "old.jsonl").write_text("")
    (tmp_path / "empty").mkdir()
    filled = [one.format(doc=tmp_path / "doc.md", folder=tmp_path) for one in arguments]
    to = [] if "--to" in filled else ["--to", str(tmp_path / "new.jsonl")]
    assert main_exits(["data", "documents", *filled, *to]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert re.search(message, lines[0])
    assert not (tmp_path / "new.jsonl").exists()


def main_exits(arguments: list[str]) -> object:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


def test_headings_and_labels_are_read_with_work_in_proportion_to_the_text():
    """Both expressions once took seconds for a line of some thousand characters; the test would not end in its time."""
    line = "# " + " " * 20_000 + "x" + " " * 20_000 + "y"
    (heading, _) = [*paragraphs(f"{line}\n\ntext\n", ".md"), None][:2]
    assert heading.section == ("x" + " " * 20_000 + "y",)
    assert paragraphs("# closed ##  \n\ntext\n", ".md")[0].section == ("closed",)
    assert paragraphs("# C\n\ntext\n", ".md")[0].section == ("C",)
    (kept,) = paragraphs("\\label{" * 20_000, ".tex")
    assert kept.text.startswith("\\label{")
