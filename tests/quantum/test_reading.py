"""Files of unknown origin: every limit holds before anything is built, and every refusal is one line with the file."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from quantum.errors import RequestError
from quantum.problem import resolve_problem
from quantum.reading import Bounds, parse_json, parse_yaml, read_json, read_lines, read_text, read_yaml


def alias_bomb(levels: int) -> str:
    """Nine references to nine references to ...: 9**levels values in some hundred bytes."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, levels)]
    return "\n".join(lines) + "\n"


def test_aliases_count_as_what_they_stand_for() -> None:
    assert parse_yaml("a: &a [1, 2]\nb: *a\n", "here") == {"a": [1, 2], "b": [1, 2]}
    with pytest.raises(RequestError, match="here: more than 500,000 values"):
        parse_yaml(alias_bomb(8), "here")
    with pytest.raises(RequestError, match="stands for nothing before it"):
        parse_yaml("a: &a [*a]", "here")


def test_a_problem_file_of_aliases_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(alias_bomb(9) + "family: tfim\nsizes: *a8\n")
    tracemalloc.start()
    with pytest.raises(RequestError, match=r"bomb\.yaml: more than 500,000 values"):
        resolve_problem(str(path))
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        'a: !!int ""',
        "a: " + "9" * 5000,
        "a: !!timestamp 2001-99-99",
        "a: !!bool perhaps",
        "a: !!python/name:os.system",
        "\0",
    ],
)
def test_yaml_that_no_constructor_takes_is_one_line(text: str) -> None:
    with pytest.raises(RequestError, match=r"^here: no YAML") as error:
        parse_yaml(text, "here")
    assert "\n" not in str(error.value)


def test_nesting_is_bounded_in_both_formats() -> None:
    few = Bounds(1 << 20, levels=3)
    assert parse_json("[[[1]]]", "here", few) == parse_yaml("[[[1]]]", "here", few) == [[[1]]]
    for parse in (parse_json, parse_yaml):
        with pytest.raises(RequestError, match=r"here: .*nested"):
            parse('{"a": [[[[1]]]]}', "here", few)
        with pytest.raises(RequestError, match=r"here: .*(nested|values)"):
            parse("[" * 1_000_000, "here", few)


def test_values_are_bounded_before_they_exist() -> None:
    with pytest.raises(RequestError, match="more than 500,000 values"):
        parse_json("[" + "{}," * 600_000 + "{}]", "here")


def test_a_key_stands_once_and_numbers_are_of_a_readable_length() -> None:
    with pytest.raises(RequestError, match="the key 'a' is given twice"):
        parse_json('{"b": 1, "a": 1, "a": 2}', "here")
    with pytest.raises(RequestError, match="a number too long"):
        parse_json("1" * 5000, "here")


def test_only_regular_files_of_a_limited_size_are_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), Path("/dev/stdin")):
        for read in (read_text, read_json, read_yaml, lambda path: next(read_lines(path))):
            with pytest.raises(RequestError, match=r"is no regular file|no such"):
                read(path)
    with pytest.raises(RequestError, match="is a folder; give a list"):
        read_text(tmp_path, Bounds(10, "a list"))
    (tmp_path / "large").write_bytes(bytes(3 << 20))
    with pytest.raises(RequestError, match="3 MiB; the limit of a list is 1 MiB"):
        read_text(tmp_path / "large", Bounds(1 << 20, "a list"))
    with pytest.raises(RequestError, match="null byte"):
        read_text(Path("a\0b"))


def test_lines_are_bounded_and_a_cut_one_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\nthr")
    assert list(read_lines(path)) == [(1, "one\n"), (2, "two\n")]
    assert list(read_lines(path, keep_last=True))[-1] == (3, "thr")
    path.write_bytes(b"one\n" + b"x" * (1 << 20))
    with pytest.raises(RequestError, match="line 2 is over 1 MiB"):
        list(read_lines(path, Bounds(1 << 20)))
    path.write_bytes(b"one\n\xff\n")
    with pytest.raises(RequestError, match="line 2 is no UTF-8 text"):
        list(read_lines(path))
