"""The corpus as a folder: stopped and gone on with, it is the same; what it says of itself is true."""

from __future__ import annotations

import filecmp
import hashlib
import json
from pathlib import Path

import pytest

from loop.cli import main
from quantum.errors import RequestError
from sft.corpus.build import build_corpus
from sft.data.build import BuildSettings, build_data
from sft.data.examples import load_data
from sft.dataset import split_corpus

SETTINGS = BuildSettings.model_validate(
    {
        "corpus": {
            "functions": 6,
            "lineages": 1,
            "generations": 1,
            "proposals": 2,
            "restarts": 2,
            "sizes": [2, 3, 4],
            "measured_sizes": [3],
            "validation_share": 0.3,
        }
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_data(SETTINGS, tmp_path_factory.mktemp("data") / "corpus", workers=1)


def test_the_folder_holds_the_corpus_split_as_the_sft_stage_splits_it(folder: Path) -> None:
    rows = build_corpus(SETTINGS.corpus)
    assert load_data(folder, 0.0) == split_corpus(rows, SETTINGS.corpus)
    card = json.loads((folder / "card.json").read_text())
    assert sum(card["counts"]["kind"].values()) == sum(card["counts"]["family"].values()) == len(rows)
    assert card["distinct_functions"] == len({row.hash for row in rows})
    for name, facts in card["files"].items():
        content = (folder / name).read_bytes()
        assert facts == {"rows": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}
    assert card["license"] == "Apache-2.0"
    assert f"| plain | {card['counts']['kind']['plain']} |" in (folder / "README.md").read_text()


def test_a_stopped_build_goes_on_where_it_was_and_ends_the_same(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "corpus"

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_data(SETTINGS, to, 1, stop)
    assert not (to / "card.json").exists()
    with (to / "made.jsonl").open("a") as file:
        file.write('{"task": ["plain", 4], "ro')  # a killed process left half a line
    seen: list[int] = []
    build_data(SETTINGS, to, 1, lambda done, total: seen.append(done))
    assert seen == [5, 6, 7]
    names = [path.name for path in folder.iterdir()]
    assert sorted(path.name for path in to.iterdir()) == sorted(names)
    assert filecmp.cmpfiles(folder, to, names, shallow=False) == (names, [], [])


def test_a_folder_of_other_settings_or_other_things_is_left_alone(folder: Path, tmp_path: Path) -> None:
    other = SETTINGS.model_copy(update={"corpus": SETTINGS.corpus.model_copy(update={"seed": 1})})
    with pytest.raises(RequestError, match=r"begun with other settings, which are in .*settings\.yaml; choose another"):
        build_data(other, folder, 1)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RequestError, match="holds something else"):
        build_data(SETTINGS, tmp_path, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "corpus.function=3"], "unknown key 'corpus.function'; did you mean 'functions'"),
        (["configs/sft/embedded-cpu.yaml", "--set", "trainin.x=3"], "unknown key 'trainin'; did you mean 'training'"),
        (["configs/data/none.yaml"], "cannot read configs/data/none.yaml"),
    ],
)
def test_a_wrong_request_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["data", "build", *arguments, "--to", str(tmp_path / "to")])
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "to").exists()
