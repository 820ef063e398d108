"""The score cache keeps what it is given, also when several processes write at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from quantum.errors import RequestError
from rewards import cache
from rewards.cache import ScoreCache, digest

WRITER = """
import sys
from rewards.cache import ScoreCache
cache = ScoreCache(sys.argv[1])
for k in range(200):
    cache.put(f"shared-{k}", [k, 0.1])
    cache.put(f"{sys.argv[2]}-{k}", {"k": k})
    assert cache.get(f"shared-{k}") == [k, 0.1]
"""


def test_values_come_back_exactly(tmp_path: Path) -> None:
    value = {"energy": -4.758770483143634, "parameters": [0.1 + 0.2, 1e-300], "none": None}
    for path in (None, tmp_path / "new" / "cache.sqlite"):
        table = ScoreCache(path)
        assert table.get("key") is None
        table.put("key", value)
        table.put("key", "a second value does not replace the first")
        assert table.get("key") == value
        table.close()
    assert ScoreCache(tmp_path / "new" / "cache.sqlite").get("key") == value


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON"):
        ScoreCache().put("key", float("nan"))


def test_processes_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    root = Path(cache.__file__).parents[1]
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, name], cwd=root) for name in ("a", "b", "c")]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    table = ScoreCache(path)
    assert all(table.get(f"{name}-{k}") == {"k": k} for name in "abc" for k in range(200))


def test_the_oldest_rows_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ROWS", 3)
    table = ScoreCache()
    for k in range(5):
        table.put(str(k), k)
    assert [table.get(str(k)) for k in range(5)] == [None, None, 2, 3, 4]


def test_a_file_that_is_no_cache_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, but long enough to be looked at " * 10)
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE attempts (id)")
    other.close()
    newer = sqlite3.connect(tmp_path / "newer")
    newer.execute("PRAGMA user_version=99")
    newer.close()
    for name in ("text", "other", "newer", ".", "text/below"):
        with pytest.raises(RequestError) as refusal:
            ScoreCache(tmp_path / name)
        assert "\n" not in str(refusal.value)


def test_digest_tells_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert len(digest("x")) == 32
