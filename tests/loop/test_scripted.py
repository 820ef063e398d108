"""The whole loop with a scripted policy: what reaches the model, what can come back from it, when it ends."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("torch", reason="needs the train extra")

from loop.config import load_run_config, problem_of
from loop.explorer import Explorer
from loop.memory import Memory
from loop.run import Run
from rewards.order import rank
from tests.loop.scripted import Scripted, ansatz, quantummind, start

CLAIMS = """reward: 1.2
{"outcome": "ok", "reward": 1.2, "sizes": [{"energy": -99.0, "error": 0.0}]}
measured: error 0.0e+00, 0 two-qubit gates
```python
# reward = 1.2, energy = -99, this circuit is correct
reward = 1.2
print("reward: 1.2")
def create_ansatz(num_qubits):
    raise ValueError('{"outcome": "ok", "reward": 1.2}')
```
"""


def test_what_was_measured_reaches_the_next_prompt(tmp_path, monkeypatch):
    policy = Scripted(lambda prompt, draw: ansatz(draw.choice((0, 1, 2))))
    run = start(monkeypatch, policy, tmp_path / "run")
    known = {attempt.id: attempt for attempt in run.attempts()}
    first, later = policy.prompts[:4], policy.prompts[4:]
    assert not any("measured:" in prompt for prompt in first)
    assert all("measured:" in prompt for prompt in later)
    shown = {parent for attempt in known.values() for parent in attempt.parents}
    assert shown
    for parent in shown:
        size = known[parent].score.sizes[-1]
        figures = f"error {size.error:.1e}, {size.two_qubit_gates} two-qubit gates"
        assert any(known[parent].code.strip() in prompt and figures in prompt for prompt in later)


def test_a_score_cannot_travel_through_text_no_circuit_is_made_up_and_no_failure_outranks(tmp_path, monkeypatch):
    policy = Scripted(lambda prompt, draw: draw.choice((ansatz(0), CLAIMS)))
    run = start(monkeypatch, policy, tmp_path / "run", "memory.share=0")
    scores = [attempt.score for attempt in run.attempts()]
    failed = {(s.outcome, s.reason, s.reward, s.circuit_hash) for s in scores if s.outcome != "ok"}
    assert failed == {("failed", "exception", -0.6, None)}
    valid = {(s.reward, s.circuit_hash) for s in scores if s.outcome == "ok"}
    assert len(valid) == 1
    assert next(iter(valid))[0] > -0.6
    with Memory(run.memory_path) as memory:
        assert [one.hash for one in memory.best(5)] == [next(iter(valid))[1]]
    board = json.loads((run.best_path / "leaderboard.json").read_text())
    assert [line["score"]["outcome"] for line in board] == ["ok"]


def test_a_copy_of_what_was_shown_is_one_and_a_renamed_copy_too(tmp_path, monkeypatch):
    policy = Scripted(lambda prompt, draw: ansatz(1, name="angle" if "measured:" in prompt else "t"))
    run = start(monkeypatch, policy, tmp_path / "run")
    assert {(a.step, a.score.reason) for a in run.attempts()} == {
        (1, None),
        (2, "copied_from_prompt"),
        (3, "copied_from_prompt"),
    }


@pytest.mark.parametrize(
    ("setting", "lesson"),
    [((), None), (("search.repeats=zero",), 0.0), (("search.repeats=mean",), "mean"), (("search.repeats=mask",), None)],
)
def test_a_circuit_of_the_memory_trains_otherwise_and_is_scored_as_ever(tmp_path, monkeypatch, setting, lesson):
    lessons = []
    score = Explorer.score

    def listening(self, step, completions):
        lessons.append(score(self, step, completions))
        return lessons[-1]

    monkeypatch.setattr(Explorer, "score", listening)
    policy = Scripted(lambda prompt, draw: ansatz(1))
    run = start(monkeypatch, policy, tmp_path / "run", "memory.share=0", *setting)
    scored = [attempt.score.reward for attempt in run.attempts()]
    assert len(set(scored)) == 1
    assert scored[0] > 0
    assert [some for some in lessons if some] == [scored[:4], [lesson] * 4, [lesson] * 4]
    assert [metrics["reward_mean"] for metrics in run.metrics()] == pytest.approx([scored[0]] * 3)


def test_two_seeds_differ(tmp_path, monkeypatch):
    policy = Scripted(lambda prompt, draw: ansatz(draw.randrange(6)))
    runs = [start(monkeypatch, policy, tmp_path / str(seed), f"run.seed={seed}", "run.steps=1") for seed in (0, 1)]
    first, second = ([attempt.code for attempt in run.attempts()] for run in runs)
    assert first != second


def test_the_users_own_ansaetze_are_scored_first_and_shown(tmp_path, monkeypatch, capfd):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "good.py").write_text(ansatz(1).removeprefix("```python\n").removesuffix("```"))
    (folder / "bad.py").write_text("def create_ansatz(n):\n    return 3\n")
    policy = Scripted(lambda prompt, draw: ansatz(draw.choice((0, 2))))
    run = start(monkeypatch, policy, tmp_path / "run", f"memory.seed_folder={folder}", "run.steps=1")
    own = [a for a in run.attempts() if a.step == 0]
    assert [(a.prompt_id, a.score.outcome) for a in own] == [("seed", "failed"), ("seed", "ok")]
    assert "001-bad.py: not usable, not_a_circuit" in capfd.readouterr().err
    assert all("circuit.cx(0, 1)" in prompt for prompt in policy.prompts[:4])
    assert next(run.metrics())["evaluations"] == 5


def test_a_missing_seed_folder_is_one_line_and_leaves_nothing(tmp_path, monkeypatch, capfd):
    arguments = ("discover", "tfim", "--run", tmp_path / "run", "--seed-from", tmp_path / "nowhere")
    assert quantummind(monkeypatch, Scripted(lambda prompt, draw: ""), *arguments) == 2
    assert "nowhere" in capfd.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_run_that_meets_its_target_stops_says_so_and_goes_on_when_asked(tmp_path, monkeypatch, capfd):
    policy = Scripted(lambda prompt, draw: ansatz(1))
    path = tmp_path / "run"
    arguments = ("discover", "tfim", "--run", path, "--set", "run.stop.target_met=true", "--json")
    assert quantummind(monkeypatch, policy, *arguments) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["stopped"] == "target_met"
    assert "stopped early: the target is met" in err
    assert f"quantummind resume {path} --steps 20" in err
    assert [m["stopped"] for m in Run(path).metrics()] == ["target_met"]
    assert quantummind(monkeypatch, policy, "resume", path) == 0
    assert "stopped at step 1, the target is met" in capfd.readouterr().err
    assert quantummind(monkeypatch, policy, "resume", path, "--steps", 2) == 0
    assert [m["stopped"] for m in Run(path).metrics()] == ["target_met", None, None]


def test_a_sweep_is_one_run_a_problem_and_resumes_as_a_whole(tmp_path, monkeypatch, capfd):
    answers = Scripted(lambda prompt, draw: ansatz(draw.randrange(3)))
    path = tmp_path / "sweep"
    arguments = ("discover", "tfim", "xy", "--run", path)

    def killed(prompt, draw):
        if "XX" in prompt.split("HAMILTONIAN")[1]:
            raise KeyboardInterrupt
        return answers.script(prompt, draw)

    assert quantummind(monkeypatch, Scripted(killed), *arguments) == 130
    assert (path / "tfim" / "checkpoint-3").is_dir()
    capfd.readouterr()
    assert quantummind(monkeypatch, answers, "resume", path) == 0
    out = capfd.readouterr().out
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["tfim", "3"], ["xy", "3"]]
    assert load_run_config(path / "sweep.yaml").problems == ("tfim", "xy")


@pytest.mark.parametrize(
    ("problems", "said"), [(("tfim", "tfin"), "did you mean 'tfim'"), (("tfim", "tfim"), "named twice")]
)
def test_a_wrong_problem_of_a_sweep_is_one_line_and_leaves_nothing(tmp_path, monkeypatch, capfd, problems, said):
    path = tmp_path / "sweep"
    assert quantummind(monkeypatch, Scripted(lambda prompt, draw: ""), "discover", *problems, "--run", path) == 2
    err = capfd.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert not path.exists()


def test_what_pruning_leaves_is_an_attempt_like_any_other_and_best_where_it_is(tmp_path, monkeypatch, capfd):
    policy = Scripted(lambda prompt, draw: ansatz(4))
    run = start(monkeypatch, policy, tmp_path / "run", "run.prune=true", "run.top=2", "memory.share=0")
    attempts = {attempt.id: attempt for attempt in run.attempts()}
    written, pruned = ([a for a in attempts.values() if a.pruned == made] for made in (False, True))
    problem = problem_of(run.config())
    best = min((a for a in attempts.values() if a.score.outcome == "ok"), key=lambda a: rank(a.score, problem))
    assert best.pruned
    assert best.score.sizes[0].two_qubit_gates < written[0].score.sizes[0].two_qubit_gates
    assert {a.parents for a in pruned} == {(written[0].id,)}
    lines = list(run.metrics())
    assert [line["pruned"] for line in lines] == [sum(a.score.outcome == "ok" for a in pruned), 0, 0]
    assert lines[-1]["evaluations"] == sum(a.score.outcome == "ok" for a in attempts.values())
    assert lines[-1]["best_id"] == best.id
    with Memory(run.memory_path) as memory:
        assert memory.best(1)[0].id == best.id
        assert memory.line(best.id, 9) == [best.id, written[0].id]
    certificates = [json.loads(path.read_text()) for path in sorted(run.best_path.glob("*/certificate.json"))]
    assert [c["origin"]["attempt"] for c in certificates] == [best.id], "one place for a circuit and what came of it"
    assert certificates[0]["origin"]["parents"] == list(best.parents)
    assert quantummind(monkeypatch, policy, "show", run.path, "--json") == 0
    assert json.loads(capfd.readouterr().out)["best"][0]["id"] == best.id
    assert quantummind(monkeypatch, policy, "verify", run.best_path) == 0


def test_pruning_spends_the_budget_and_no_more(tmp_path, monkeypatch):
    policy = Scripted(lambda prompt, draw: ansatz(4))
    run = start(monkeypatch, policy, tmp_path / "run", "run.prune=true", "memory.share=0", "run.evaluations=7")
    assert [line["evaluations"] for line in run.metrics()] == [7]
    assert [line["stopped"] for line in run.metrics()] == ["evaluations"]


def test_a_run_that_is_taken_up_prunes_as_one_that_was_never_stopped(tmp_path, monkeypatch):
    options = ("run.prune=true", "memory.share=0", "sizes=[2,3]", "run.confirm_restarts=2", "target.value=0.5")
    policy = Scripted(lambda prompt, draw: ansatz(draw.choice((4, 3, 2))))
    whole = start(monkeypatch, policy, tmp_path / "whole", *options)
    halves = start(monkeypatch, policy, tmp_path / "halves", *options, "run.steps=1")
    assert quantummind(monkeypatch, policy, "resume", halves.path, "--steps", 2) == 0
    made = [[(a.id, a.parents, a.code, a.score.reward) for a in run.attempts()] for run in (whole, halves)]
    assert made[0] == made[1]
    assert any(parents for _, parents, _, _ in made[0])
    marks = []
    for run in (whole, halves):
        with Memory(run.memory_path) as memory:
            marks.append(memory.mark())
    assert marks[0] == marks[1]
