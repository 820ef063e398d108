"""Answers judged and scored, many at once, and remembered: a run that was stopped does not judge an answer again.

Nothing that an answer says is executed here: `sft.domains` runs code in the sandbox alone, and so does `ScorePool`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from quantum.problem import Problem
from rewards.cache import ScoreCache, digest
from rewards.pool import Candidate, ScorePool
from rewards.processes import Processes
from rewards.record import Score
from sft.data.decontaminate import reference_answer
from sft.domains import Domain, get_domain
from sft.domains.ansatz import AnsatzDomain

VERSION: Final = "1"
"""Of what a verdict means; verdicts of another version are not taken from a cache."""

_domain: Domain


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one answer: `clean` as it would be trained on, and why it would not be."""

    clean: str
    hash: str | None
    reason: str | None = None
    message: str = ""


def judge_all(
    texts: Iterable[str], domain: str, workers: int, cache_path: Path, progress: Callable[[int, int], None]
) -> dict[str, Verdict]:
    """The verdict of every distinct text; those in the cache are not judged again."""
    distinct = list(dict.fromkeys(texts))
    cache = ScoreCache(cache_path)
    keys = {text: digest("verdict", VERSION, domain, text) for text in distinct}
    known = {text: Verdict(**found) for text, key in keys.items() if (found := cache.get(key)) is not None}
    left = [text for text in distinct if text not in known]
    try:
        for text, verdict in zip(left, _judged(left, domain, workers), strict=True):
            cache.put(keys[text], asdict(verdict))
            known[text] = verdict
            progress(len(known), len(distinct))
    finally:
        cache.close()
    return known


def score_all(
    texts: Mapping[Problem, Sequence[str]], workers: int, cache_path: Path, progress: Callable[[int, int], None]
) -> dict[tuple[str, str], Score]:
    """The score of every answer on its problem, by (problem id, text)."""
    total, scores = sum(map(len, texts.values())), {}
    for problem, candidates in texts.items():
        processes = min(workers, len(candidates))
        with ScorePool(problem, workers=processes if processes > 1 else 0, cache_path=cache_path) as pool:
            for index, score in pool.score_all([Candidate(text) for text in candidates]):
                scores[problem.id, candidates[index]] = score
                progress(len(scores), total)
    return scores


def _judged(texts: Sequence[str], domain: str, workers: int) -> Iterator[Verdict]:
    if workers <= 1 or len(texts) <= 1:
        with get_domain(domain) as here:
            yield from (_judge(here, text) for text in texts)
        return
    with Processes(min(workers, len(texts)), _start, domain) as pool:
        yield from pool.map(_judge_there, texts, chunksize=4)


def _start(domain: str) -> None:
    global _domain
    _domain = get_domain(domain)


def _judge_there(text: str) -> Verdict:
    return _judge(_domain, text)


def _judge(domain: Domain, text: str) -> Verdict:
    clean = domain.clean(text)
    judgement = domain.judge(clean)
    if judgement.ok and isinstance(domain, AnsatzDomain):
        answers = reference_answer(lambda size: domain.circuit(clean, size))
        if answers:
            return Verdict(clean, judgement.hash, "reference_answer", answers)
    return Verdict(clean, judgement.hash, judgement.reason, judgement.message)
