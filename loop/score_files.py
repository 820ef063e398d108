"""`quantummind score`: the reward of any create_ansatz file, the same as a run would give it.

Of an exported ansatz.py the part that the model wrote is scored, without the main block that the export added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from loop.export import model_source
from quantum.errors import RequestError, did_you_mean
from quantum.problem import Problem
from quantum.reading import Bounds, read_text
from rewards.pool import Candidate, ScorePool
from rewards.record import Score
from rewards.settings import ScoreSettings

SOURCE = Bounds(1 << 20, "Python source")


def collect(paths: Sequence[Path]) -> list[Path]:
    """The .py files among `paths` and in the folders among them; raises RequestError for what is neither."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*.py"))
            if not inside:
                raise RequestError(f"no .py file in {path}")
            files += inside
        elif path.exists():
            files.append(path)
        else:
            names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
            raise RequestError(f"no such file: {path}{did_you_mean(path.name, names) if names else ''}")
    return files


def read_source(path: Path) -> str:
    """The text of a source file; raises RequestError when it is none."""
    return read_text(path, SOURCE)


def score_files(
    files: Sequence[Path], problem: Problem, settings: ScoreSettings, workers: int | None
) -> Iterator[tuple[Path, Score]]:
    """(file, score) as they finish. One file is scored in this process, several by one worker a core."""
    candidates = [Candidate(model_source(read_source(path))) for path in files]
    with ScorePool(problem, settings, 0 if len(files) == 1 else workers) as pool:
        for index, score in pool.score_all(candidates):
            yield files[index], score
