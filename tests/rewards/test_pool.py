"""The worker pool: every candidate is scored once, whatever happens to workers, and nothing outlives the pool."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import rewards
from quantum.circuit import Circuit, Gate
from quantum.errors import RequestError
from quantum.problem import resolve_problem
from quantum.vqe import VqeSettings
from rewards.pool import Candidate, InfrastructureError, ScorePool
from rewards.record import Score
from rewards.remembered import Remembered
from rewards.sandbox import Sandbox, SandboxSettings
from rewards.score import Prepared, Scorer
from rewards.settings import ScoreSettings
from rewards.worker_process import WorkerProcess
from tests.rewards.candidates import CHAIN, HVA_PERIODIC, RY_ROW, fenced, hardware_efficient, source

TFIM = resolve_problem("tfim", [3])
QUICK = ScoreSettings(vqe=VqeSettings(restarts=4))
MIXED = [
    Candidate(fenced(CHAIN)),
    Candidate("no code"),
    Candidate(source("1 / 0")),
    Candidate(HVA_PERIODIC),
    Candidate(RY_ROW),
    Candidate(source("qc.h(0)")),
    Candidate(hardware_efficient(1)),
]
POISON = Candidate("# poison")


@pytest.fixture(scope="module")
def pool() -> Iterator[ScorePool]:
    with ScorePool(TFIM, QUICK, workers=2) as pool:
        yield pool


def gather(pool: ScorePool, candidates: list[Candidate]) -> list[Score]:
    """The scores in the order of the candidates; every index exactly once."""
    scores = list(pool.score_all(candidates))
    assert sorted(index for index, _ in scores) == list(range(len(candidates)))
    return [score for _, score in sorted(scores, key=lambda pair: pair[0])]


def essence(score: Score) -> tuple[Any, ...]:
    energies = tuple(round(size.energy, 9) for size in score.sizes)
    reward = None if score.reward is None else round(score.reward, 9)
    return score.outcome, score.stage, score.reason, reward, score.circuit_hash, energies


def processes_below(*roots: int) -> set[int]:
    """Every living process (zombies aside) that descends from `roots`, themselves included."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found = set(roots) & parents.keys()
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if pid in processes_below(pid)}


def test_workers_score_as_this_process_does(pool: ScorePool, shared_sandbox: Sandbox) -> None:
    here = Scorer(TFIM, QUICK, shared_sandbox)
    expected = [essence(here.score(candidate.text)) for candidate in MIXED]
    assert [essence(score) for score in gather(pool, MIXED)] == expected
    assert pool.hello()["level"] == shared_sandbox.level


def test_no_worker_at_all(shared_sandbox: Sandbox) -> None:
    with ScorePool(TFIM, QUICK, workers=0) as inside:
        here = Scorer(TFIM, QUICK, shared_sandbox)
        assert [essence(score) for score in gather(inside, MIXED)] == [essence(here.score(c.text)) for c in MIXED]
        assert inside.hello()["level"] == shared_sandbox.level


def test_shown_hashes_reach_the_workers(pool: ScorePool) -> None:
    [score] = gather(pool, [Candidate(CHAIN)])
    [copy] = gather(pool, [Candidate(CHAIN, (Remembered.of("a", CHAIN, score),))])
    assert (copy.reason, copy.reward) == ("copied_from_prompt", -0.4)


def test_an_abandoned_batch_leaves_no_trace_in_the_next(pool: ScorePool) -> None:
    scores = pool.score_all([Candidate(hardware_efficient(2))] * 6)
    next(scores)
    scores.close()
    assert [score.reason for score in gather(pool, [Candidate("nothing")] * 3)] == ["no_code"] * 3


def test_killed_workers_lose_nothing(pool: ScorePool) -> None:
    candidates = MIXED * 6
    scores: dict[int, Score] = {}
    for index, score in pool.score_all(candidates):
        assert index not in scores
        scores[index] = score
        if len(scores) == 3:
            for worker in pool._workers:
                os.kill(worker.pid, signal.SIGKILL)
    assert len(scores) == len(candidates)
    assert all(score.outcome != "infrastructure" for score in scores.values())


def kills_its_worker(with_signal: signal.Signals) -> Callable[..., None]:
    start = WorkerProcess.start

    def patched(self: WorkerProcess, job: int, message: Mapping[str, Any], seconds: float) -> None:
        if message.get("text") == POISON.text:
            os.kill(self.pid, with_signal)
        start(self, job, message, seconds)

    return patched


def test_a_candidate_that_kills_every_worker_is_given_up(pool: ScorePool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkerProcess, "start", kills_its_worker(signal.SIGKILL))
    monkeypatch.setattr("rewards.pool.MAX_TRIES", 2)
    first, poisoned, last = gather(pool, [Candidate(CHAIN), POISON, Candidate(RY_ROW)])
    assert (poisoned.outcome, poisoned.reason, poisoned.reward) == ("infrastructure", "worker_lost", None)
    assert first.outcome == last.outcome == "ok"


def test_a_gate_list_scores_as_the_code_that_makes_it(pool: ScorePool, shared_sandbox: Sandbox) -> None:
    """Without ever being code: what a search over gate lists proposes is held to the same rules and the same VQE."""
    with Scorer(TFIM, QUICK, shared_sandbox) as scorer:
        ready = [scorer.prepare(text) for text in (CHAIN, HVA_PERIODIC)]
    lists = [Candidate("", circuits=one.circuits) for one in ready if isinstance(one, Prepared)]
    plain = Circuit(3, 0, (Gate("h", (0,)),))
    *scores, rejected = gather(pool, [*lists, Candidate("", circuits=(plain,))])
    assert [essence(s) for s in scores] == [
        essence(s) for s in gather(pool, [Candidate(CHAIN), Candidate(HVA_PERIODIC)])
    ]
    assert (rejected.outcome, rejected.reason) == ("rejected", "no_parameters")


@pytest.fixture
def inside(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> ScorePool:
    """A pool without workers, on the sandbox that is there."""
    monkeypatch.setattr("rewards.pool.open_scorer", lambda _: Scorer(TFIM, QUICK, shared_sandbox))
    return ScorePool(TFIM, QUICK, workers=0)


def test_failures_of_ours_stop_the_run_above_their_share(inside: ScorePool, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Score:
        raise OSError("no space left on device")

    monkeypatch.setattr(Scorer, "score", fail)
    scores = inside.score_all([Candidate(CHAIN)] * 10)
    for _ in range(3):
        _, score = next(scores)
        assert (score.outcome, score.reason, score.reward) == ("infrastructure", "internal_error", None)
    with pytest.raises(InfrastructureError, match="no space left"):
        next(scores)


def test_a_few_failures_among_many_do_not(inside: ScorePool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(1000))
    score = Scorer.score

    def sometimes(self: Scorer, text: str, shown: Any = ()) -> Score:
        if next(calls) % 25 == 24:
            raise OSError("a hiccup")
        return score(self, text, shown)

    monkeypatch.setattr(Scorer, "score", sometimes)
    outcomes = [score.outcome for score in gather(inside, [Candidate("nothing")] * 150)]
    assert outcomes.count("infrastructure") == 6


def test_a_stopped_worker_is_given_up_after_its_time(pool: ScorePool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkerProcess, "start", kills_its_worker(signal.SIGSTOP))
    monkeypatch.setattr("rewards.pool.MAX_TRIES", 1)
    monkeypatch.setattr(pool, "_job_seconds", 1.0)
    stuck, fine = gather(pool, [POISON, Candidate("nothing")])
    assert (stuck.outcome, stuck.reason) == ("infrastructure", "worker_timeout")
    assert fine.reason == "no_code"


def test_the_costliest_candidate_goes_first() -> None:
    settings = ScoreSettings(vqe=VqeSettings(restarts=1, max_evaluations=3))
    with ScorePool(resolve_problem("tfim", [9]), settings, workers=1) as one:
        batch = [hardware_efficient(3), hardware_efficient(5), "no code", hardware_efficient(4)]
        order = [index for index, _ in one.score_all([Candidate(text) for text in batch])]
    assert order == [2, 1, 3, 0]


SCRIPT = """
import sys
from quantum.problem import resolve_problem
from rewards.pool import Candidate, ScorePool
pool = ScorePool(resolve_problem("tfim", [2]), workers=1)
pool.hello()
print(*(worker.pid for worker in pool._workers), flush=True)
try:
    for result in pool.score_all([Candidate("def create_ansatz(n):\\n    while True: pass")] * 40):
        print("scored", flush=True)
except KeyboardInterrupt:
    [(index, score)] = pool.score_all([Candidate("nothing")])
    print(score.reason, flush=True)
    pool.close()
"""


@pytest.fixture
def script() -> Iterator[subprocess.Popen[str]]:
    """A program without a main guard in a process group of its own, as a shell starts it."""
    root = Path(rewards.__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True
    ) as process:
        yield process
        process.kill()


def test_ctrl_c_is_the_parents_to_decide(script: subprocess.Popen[str]) -> None:
    assert script.stdout is not None
    workers = [int(pid) for pid in script.stdout.readline().split()]
    assert script.stdout.readline() == "scored\n"
    family = processes_below(*workers)
    assert len(family) > 1, "the worker and its sandbox"
    os.killpg(script.pid, signal.SIGINT)
    assert script.stdout.read().splitlines()[-1] == "no_code", "the pool still scores"
    assert script.wait(30) == 0
    assert wait_until(lambda: not alive(family), 5.0)


def test_a_killed_parent_leaves_no_process(script: subprocess.Popen[str]) -> None:
    assert script.stdout is not None
    workers = [int(pid) for pid in script.stdout.readline().split()]
    assert script.stdout.readline() == "scored\n"
    family = processes_below(*workers)
    assert len(family) > 1
    script.kill()
    assert wait_until(lambda: not alive(family), 5.0)


def test_a_wrong_set_up_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no database " * 100)
    with (
        ScorePool(TFIM, QUICK, workers=1, cache_path=tmp_path / "cache") as one,
        pytest.raises(RequestError) as refusal,
    ):
        list(one.score_all([Candidate("nothing")]))
    assert "score cache" in str(refusal.value)
    with pytest.raises(RequestError, match="negative"):
        ScorePool(TFIM, QUICK, workers=-1)


def test_workers_that_do_not_start_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rewards.worker_process.sys.executable", "/bin/false")
    with ScorePool(TFIM, QUICK, workers=1) as one, pytest.raises(InfrastructureError, match="do not start"):
        list(one.score_all([Candidate("nothing")]))


def test_they_say_it_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "python"
    broken.write_text(
        "#!/bin/sh\nprintf 'Traceback:\\n  File x\\nModuleNotFoundError: \\033[2Jqiskit\\n' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setattr("rewards.worker_process.sys.executable", str(broken))
    with ScorePool(TFIM, QUICK, workers=1) as one, pytest.raises(InfrastructureError) as error:
        list(one.score_all([Candidate("nothing")]))
    assert str(error.value) == "scoring workers do not start: ModuleNotFoundError: [2Jqiskit"


def test_a_pool_leaves_its_measurements_and_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cache.sqlite"
    with ScorePool(TFIM, QUICK, workers=1, cache_path=path) as first:
        [measured] = gather(first, [Candidate(CHAIN)])
        family = processes_below(*(worker.pid for worker in first._workers))
        assert len(family) > 1, "the worker and its sandbox"
        next(first.score_all([Candidate(hardware_efficient(2))] * 4))
    assert wait_until(lambda: not alive(family), 5.0)
    other_limits = QUICK.model_copy(update={"sandbox": SandboxSettings(cpu_seconds=0.9)})
    monkeypatch.setattr("rewards.measure.minimise", pytest.fail)
    with ScorePool(TFIM, other_limits, workers=0, cache_path=path) as second:
        [remembered] = gather(second, [Candidate(CHAIN)])
    assert essence(measured) == essence(remembered)
