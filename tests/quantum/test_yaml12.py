"""Plain words of YAML as version 1.2 reads them, and text that any reader gives back."""

from __future__ import annotations

import math

import pytest
import yaml

from quantum import yaml12
from quantum.reading import parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, word) for word in ("no", "No", "off", "yes", "on", "y", "1:30", "1_000", "2026-11-20", "nan", "12e")),
        *(("true", True), ("False", False), ("null", None), ("~", None), ("", None)),
        *(("5e-3", 0.005), ("1e5", 100000.0), ("-.5", -0.5), ("1.", 1.0), (".inf", math.inf)),
        *(("010", 10), ("0o17", 15), ("0x1f", 31), ("-3", -3)),
        *(("{save_strategy: no}", {"save_strategy": "no"}), ("[on, 1]", ["on", 1]), ("'5'", "5")),
    ],
)
def test_a_plain_word_is_what_version_1_2_says(text, value):
    found = parse_yaml(text, "text")
    assert (type(found), found) == (type(value), value)


def test_what_is_written_is_read_alike_by_both_versions():
    words = ["no", "on", "5e-3", "12345e6", "010", "0o17", "1:30", "~", "", "true", "2026-01-01", "<<", ".inf", "é"]
    document = {"words": words, "numbers": [1, 1e-5, math.inf, -0.5], "others": [None, True], "z": 1, "a": 2}
    text = yaml12.dump(document)
    assert parse_yaml(text, "text") == yaml.safe_load(text) == document
    assert list(parse_yaml(text, "text")) == list(document)
