"""The cascade: which stage says what, whose energies are reported, and that equal circuits score alike."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from qiskit.quantum_info import Statevector

import rewards
from quantum.circuit import Circuit
from quantum.exact import ExactEnergy, exact_energy
from quantum.problem import Problem, resolve_problem
from quantum.state_form import state_form
from quantum.vqe import VqeResult, VqeSettings, minimise
from rewards import measure
from rewards.cache import ScoreCache, digest
from rewards.record import Score, SizeScore
from rewards.remembered import Remembered
from rewards.sandbox import Protection, Sandbox, SandboxResult
from rewards.score import Prepared, Scorer
from rewards.settings import RewardSettings, ScoreSettings
from tests.rewards.candidates import CHAIN, HVA_PERIODIC, RY_ROW, fenced, hardware_efficient, source

QUICK = ScoreSettings(vqe=VqeSettings(restarts=4))
TFIM = resolve_problem("tfim", [3])


def scorer(sandbox: Sandbox, problem: Problem = TFIM, settings: ScoreSettings = QUICK, **more: Any) -> Scorer:
    return Scorer(problem, settings, sandbox, **more)


def test_an_exact_ansatz_reaches_the_exact_energy(shared_sandbox: Sandbox) -> None:
    problem = resolve_problem("tfim:boundary=periodic", [4, 6])
    score = scorer(shared_sandbox, problem, ScoreSettings()).score(fenced(HVA_PERIODIC))
    assert (score.outcome, score.stage, score.reason) == ("ok", "done", None)
    assert [size.num_qubits for size in score.sizes] == [4, 6]
    # Free fermions at the critical field: E = -2 / sin(pi / 2n).
    assert [size.exact_energy for size in score.sizes] == pytest.approx([-5.226251859505, -7.727406610313], abs=1e-9)
    assert all(abs(size.error) < 1e-9 for size in score.sizes)
    assert score.known_as == "hva(reps=2) at n = 4, hva(reps=3) at n = 6"
    assert score.reward_parts["energy"] == 0.8
    assert score.reward == pytest.approx(sum(score.reward_parts.values()))
    assert set(score.seconds) == {"extract", "policy", "sandbox", "verify", "trainability", "vqe", "done"}


@pytest.mark.parametrize(
    ("completion", "stage", "outcome", "reason", "reward"),
    [
        ("I would rather not.", "extract", "failed", "no_code", -1.0),
        ("```python\ndef create_ansatz(n\n```", "policy", "failed", "syntax_error", -0.8),
        (source("import os"), "policy", "failed", "forbidden_import", -0.8),
        (source("open('/etc/passwd')"), "policy", "failed", "forbidden_name", -0.8),
        (source("if num_qubits == 8:\n    qc.h(0)"), "policy", "rejected", "instance_specific", -0.3),
        (source("1 / 0"), "sandbox", "failed", "exception", -0.6),
        (source("while True: pass"), "sandbox", "failed", "cpu_timeout", -0.6),
        (source("x = bytearray(1 << 40)"), "sandbox", "failed", "memory", -0.6),
        (source("return None"), "sandbox", "failed", "not_a_circuit", -0.6),
        (source("return QuantumCircuit(num_qubits + 1)"), "sandbox", "rejected", "wrong_qubits", -0.3),
        (source("qc.measure_all()"), "sandbox", "rejected", "forbidden_gate", -0.3),
        (source("qc.rx(Parameter('a') ** 2, 0)"), "sandbox", "rejected", "nonlinear_angle", -0.3),
        (source("qc.h(0)"), "verify", "rejected", "no_parameters", -0.3),
        (source("qc.rz(Parameter('a'), 0)"), "verify", "rejected", "dead_parameters", -0.3),
    ],
)
def test_every_stage_has_its_verdict(
    shared_sandbox: Sandbox, completion: str, stage: str, outcome: str, reason: str, reward: float
) -> None:
    score = scorer(shared_sandbox).score(completion)
    assert (score.stage, score.outcome, score.reason, score.reward) == (stage, outcome, reason, reward)
    assert sum(score.reward_parts.values()) == reward
    assert score.sizes == ()
    assert score.message.isprintable()


def test_reported_energy_is_the_candidates_own_circuit_at_its_own_parameters(shared_sandbox: Sandbox) -> None:
    code = source("""
a, b, dead, c = (Parameter(name) for name in ['zz', 'm10', 'k', 'm9'])
qc.rz(dead, 0)
qc.rz(-1 * dead, 0)
qc.ry(a, 0)
qc.cry(2 * b + a, 0, 1)
qc.cx(1, 2)
qc.crx(c, 2, 0)
""")
    score = scorer(shared_sandbox, resolve_problem("xy:coupling=0.7", [3])).score(code)
    assert score.outcome == "ok", score
    [size] = score.sizes
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    written = namespace["create_ansatz"](3)
    assert written.num_parameters == len(size.best_parameters) == 4
    bound = written.assign_parameters(list(size.best_parameters))
    operator = resolve_problem("xy:coupling=0.7", [3]).hamiltonian(3).operator
    assert Statevector(bound).expectation_value(operator).real == pytest.approx(size.energy, abs=1e-12)
    assert size.best_parameters[0] == 0.0, "k sorts first, and has no effect"


def same_measurement(left: Score, right: Score) -> None:
    assert left.outcome == right.outcome == "ok"
    assert (left.circuit_hash, left.reward) == (right.circuit_hash, pytest.approx(right.reward, abs=1e-9))
    for mine, other in zip(left.sizes, right.sizes, strict=True):
        assert mine.energy == pytest.approx(other.energy, abs=1e-9)
        assert mine.gradient_variance == pytest.approx(other.gradient_variance)


RENAMED = CHAIN.replace("'t'", "'a_name'").replace("t[", "angle[").replace("t = ", "angle = ")
REVERSED_ROWS = CHAIN.replace("for q in range(num_qubits):", "for q in reversed(range(num_qubits)):")


@pytest.mark.parametrize("other", [CHAIN, RENAMED, REVERSED_ROWS], ids=["again", "renamed", "reordered"])
def test_equal_circuits_score_alike(shared_sandbox: Sandbox, other: str) -> None:
    problem = resolve_problem("tfim:field=0.8", [3, 4])
    first = scorer(shared_sandbox, problem).score(CHAIN)
    same_measurement(first, scorer(shared_sandbox, problem).score(other))


LAYERS = """
n = num_qubits
t = ParameterVector('t', n + 2)
for q in range(n):
    qc.ry(t[q], q)
for q in range(n - 1):
    qc.rzz(2 * t[n], q, q + 1)
for q in range(n):
    qc.rx(t[n + 1], q)
"""
SPELLINGS = {
    "2 t": LAYERS.replace("ry(t[q]", "ry(2 * t[q]"),
    "-t": LAYERS.replace("ry(t[q]", "ry(-t[q]"),
    "t / 3": LAYERS.replace("ry(t[q]", "ry(t[q] / 3"),
    "t + pi / 8": LAYERS.replace("ry(t[q]", "ry(t[q] + 3.141592653589793 / 8"),
    "t0 + t1": LAYERS.replace("ry(t[q]", "ry(t[q] + Parameter(f'a{q}')"),
    "z": "qc.z(0)" + LAYERS,
    "p": "qc.p(3.141592653589793 / 8, 1)" + LAYERS,
    "reflected": LAYERS.replace("q, q + 1)", "n - 1 - q, n - 2 - q)").replace(", q)", ", n - 1 - q)"),
}


def counted(size: SizeScore) -> tuple[int, ...]:
    counts = size.two_qubit_gates, size.one_qubit_gates, size.depth, size.two_qubit_depth
    return (*counts, size.parameters, size.frozen_angles)


def test_every_spelling_of_a_circuit_is_one_circuit(shared_sandbox: Sandbox) -> None:
    judge = scorer(shared_sandbox, resolve_problem("tfim", [3, 4]))
    original = judge.score(source(LAYERS))
    assert original.circuit_hash is not None
    shown = [Remembered.of("a", "", original)]
    for name, body in SPELLINGS.items():
        fresh = scorer(shared_sandbox, resolve_problem("tfim", [3, 4])).score(source(body))
        assert fresh.circuit_hash == original.circuit_hash, name
        energies = [one.energy for one in fresh.sizes]
        assert energies == pytest.approx([one.energy for one in original.sizes], abs=1e-9), name
        assert [counted(one) for one in fresh.sizes] == [counted(one) for one in original.sizes], name
        assert fresh.reward == pytest.approx(original.reward, abs=1e-6), name
        assert judge.score(source(body), shown=shown).reason == "copied_from_prompt", name


def test_another_process_scores_alike(shared_sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "ansatz.py").write_text(RENAMED)
    program = (
        "import json, sys\n"
        "from quantum.problem import resolve_problem\n"
        "from rewards.score import Scorer, ScoreSettings\n"
        "settings = ScoreSettings.model_validate({'vqe': {'restarts': 4}})\n"
        "with Scorer(resolve_problem('tfim', [3]), settings) as scorer:\n"
        "    print(json.dumps(scorer.score(open(sys.argv[1]).read()).to_json(), allow_nan=False))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "ansatz.py")]
    root = Path(rewards.__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True)
    same_measurement(scorer(shared_sandbox).score(CHAIN), Score.from_json(json.loads(done.stdout)))


def test_the_seed_of_a_run_changes_the_starts_and_no_rewrite_does(shared_sandbox: Sandbox) -> None:
    first = scorer(shared_sandbox).score(CHAIN).sizes[0]
    rewritten = scorer(shared_sandbox).score("# another comment\n" + RENAMED).sizes[0]
    reseeded = scorer(shared_sandbox, settings=QUICK.model_copy(update={"seed": 1})).score(CHAIN).sizes[0]
    assert first.best_parameters == rewritten.best_parameters
    assert first.best_parameters != reseeded.best_parameters


def test_a_copy_of_what_the_prompt_showed(shared_sandbox: Sandbox) -> None:
    judge = scorer(shared_sandbox)
    original = judge.score(CHAIN)
    assert original.circuit_hash is not None
    shown = Remembered.of("a", CHAIN, original)
    copy = judge.score(RENAMED, shown=[shown])
    assert (copy.outcome, copy.stage, copy.reason, copy.reward) == ("rejected", "verify", "copied_from_prompt", -0.4)
    assert copy.circuit_hash == original.circuit_hash
    unseen = judge.score(RENAMED, shown=[replace(shown, hash="0" * 32)])
    assert unseen.reward == original.reward


def test_the_same_circuit_at_a_lower_cost_is_no_copy(shared_sandbox: Sandbox) -> None:
    identity = "".join(f"qc.cx({a}, {b})\n    " for a, b in ((0, 1), (1, 2), (0, 1), (1, 2), (0, 2)))
    dearer = CHAIN.replace("return qc", identity + "return qc")
    judge = scorer(shared_sandbox)
    dear, cheap = judge.score(dearer), judge.score(CHAIN)
    assert dear.circuit_hash == cheap.circuit_hash
    costs = [Remembered.of("", "", one) for one in (dear, cheap)]
    assert judge.score(CHAIN, shown=costs[:1]).reward == cheap.reward
    assert judge.score(CHAIN, shown=costs).reason == "copied_from_prompt"
    assert judge.score(dearer, shown=costs[1:]).reason == "copied_from_prompt"


def test_the_hash_of_several_sizes(shared_sandbox: Sandbox) -> None:
    one, other, both = (scorer(shared_sandbox, resolve_problem("tfim", s)).score(RY_ROW) for s in ([2], [3], [2, 3]))
    assert one.circuit_hash is not None
    assert other.circuit_hash is not None
    assert both.circuit_hash == digest(one.circuit_hash, other.circuit_hash)


def test_what_was_measured_is_not_measured_again(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ScoreCache()
    first = scorer(shared_sandbox, cache=cache).score(CHAIN)
    with monkeypatch.context() as patch:
        patch.setattr(measure, "minimise", pytest.fail)
        patch.setattr(measure, "gradient_variance", pytest.fail)
        again = scorer(shared_sandbox, cache=cache).score(REVERSED_ROWS)
    same_measurement(first, again)
    seen: list[int] = []

    def counted(*arguments: Any, **more: Any) -> VqeResult:
        seen.append(1)
        return minimise(*arguments, **more)

    monkeypatch.setattr(measure, "minimise", counted)
    for settings in (QUICK, QUICK.model_copy(update={"seed": 3}), ScoreSettings(vqe=VqeSettings(restarts=5))):
        scorer(shared_sandbox, settings=settings, cache=cache).score(CHAIN)
    assert len(seen) == 2, "other settings are measured anew, the same are not"
    rewarded_otherwise = ScoreSettings(vqe=QUICK.vqe, reward=RewardSettings(copied=-0.5))
    assert scorer(shared_sandbox, settings=rewarded_otherwise, cache=cache).score(CHAIN).reward == first.reward
    assert len(seen) == 2, "rewards are made from the same measurements"


def test_engines_that_disagree_are_our_failure(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*arguments: Any, **more: Any) -> VqeResult:
        found = minimise(*arguments, **more)
        return replace(found, engine_energy=found.engine_energy - 1e-6)

    monkeypatch.setattr(measure, "minimise", wrong)
    score = scorer(shared_sandbox).score(CHAIN)
    assert (score.outcome, score.stage, score.reason) == ("infrastructure", "vqe", "engine_mismatch")
    assert score.reward is None
    assert score.reward_parts == {}


def test_a_remembered_energy_is_checked_by_aer(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ScoreCache()
    scorer(shared_sandbox, cache=cache).score(CHAIN)
    monkeypatch.setattr(measure, "aer_energy", lambda *_: -4.0)
    assert scorer(shared_sandbox, cache=cache).score(CHAIN).reason == "engine_mismatch"


def test_a_broken_sandbox_is_our_failure() -> None:
    class Broken:
        level = "full"

        def run(self, code: str, num_qubits: int) -> SandboxResult:
            return SandboxResult("infrastructure", "zygote_lost", "the zygote is gone", None, 0.0, 0.0, 0)

    score = Scorer(TFIM, QUICK, Broken()).score(CHAIN)  # type: ignore[arg-type]
    assert (score.outcome, score.stage, score.reason, score.reward) == (
        "infrastructure",
        "sandbox",
        "zygote_lost",
        None,
    )


def test_below_the_exact_energy_is_rejected_loudly(
    shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    true = exact_energy(TFIM.hamiltonian(3))
    monkeypatch.setattr(measure, "exact_energy", lambda _: ExactEnergy(true.energy + 1.0, "wrong"))
    with caplog.at_level(logging.CRITICAL):
        score = scorer(shared_sandbox).score(CHAIN)
    assert (score.outcome, score.stage, score.reason, score.reward) == ("rejected", "vqe", "below_exact", -0.3)
    assert "below the exact" in caplog.text
    assert score.sizes[0].error < 0, "the evidence is kept"


def test_no_product_state_is_better_than_the_best_one(
    shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    true = TFIM.product_error(3)
    assert scorer(shared_sandbox).score(RY_ROW).outcome == "ok"
    monkeypatch.setattr(Problem, "product_error", lambda *_: true + 0.1)
    with caplog.at_level(logging.CRITICAL):
        score = scorer(shared_sandbox).score(RY_ROW)
    assert (score.outcome, score.stage, score.reason) == ("rejected", "vqe", "below_product")
    assert "without a two-qubit gate" in caplog.text
    assert scorer(shared_sandbox).score(CHAIN).outcome == "ok"


def test_a_plateau_comes_after_every_other_valid_circuit(shared_sandbox: Sandbox) -> None:
    settings = ScoreSettings(vqe=VqeSettings(restarts=1, max_evaluations=60))
    problem = resolve_problem("tfim", [4, 6, 8])
    deep = scorer(shared_sandbox, problem, settings).score(hardware_efficient(5))
    assert (deep.outcome, deep.reason) == ("ok", "barren_plateau"), deep.message
    assert deep.trainability is not None
    assert deep.trainability.verdict == "plateau_like"
    assert deep.reward is not None
    assert -0.3 < deep.reward < 0
    assert deep.reward == pytest.approx(sum(deep.reward_parts.values()))
    shallow = scorer(shared_sandbox, problem, settings).score(CHAIN)
    assert shallow.trainability is not None
    assert shallow.trainability.verdict != "plateau_like"
    assert shallow.reward is not None
    assert shallow.reward > 0


def test_a_candidate_survives_the_way_to_another_process(shared_sandbox: Sandbox) -> None:
    judge = scorer(shared_sandbox, resolve_problem("tfim", [2, 3]))
    ready = judge.prepare(CHAIN)
    assert isinstance(ready, Prepared)
    there = Prepared.from_json(json.loads(json.dumps(ready.to_json())))
    assert there == ready
    same_measurement(judge.measure(ready), judge.measure(there))


CONTRACT = (
    "outcome stage reason message reward reward_parts circuit_hash sizes trainability known_as sandbox_level seconds "
    "held_out held_out_failures",
    "num_qubits energy exact_energy exact_method error relative_error two_qubit_gates one_qubit_gates depth "
    "two_qubit_depth parameters frozen_angles best_parameters restarts restart_hits evaluations gradient_variance "
    "gradient_variance_ratio fidelity gap product_error best_start",
)


def test_the_json_form_is_the_published_one(shared_sandbox: Sandbox) -> None:
    assert tuple(" ".join(f.name for f in fields(kind)) for kind in (Score, SizeScore)) == CONTRACT
    judge = scorer(shared_sandbox, resolve_problem("tfim", [2, 3]))
    for score in (judge.score(CHAIN), judge.score(source("1 / 0")), judge.score("")):
        text = json.dumps(score.to_json(), allow_nan=False)
        assert Score.from_json(json.loads(text)) == score
        assert list(json.loads(text)) == CONTRACT[0].split()


def test_a_score_says_how_its_candidate_was_protected(shared_sandbox: Sandbox) -> None:
    assert scorer(shared_sandbox).score(CHAIN).sandbox_level == shared_sandbox.level
    with Scorer(TFIM, ScoreSettings().under(Protection(unsafe_no_sandbox=True))) as unprotected:
        assert unprotected.score(source("1 / 0")).sandbox_level == "none"


def test_messages_are_tame(shared_sandbox: Sandbox) -> None:
    score = scorer(shared_sandbox).score(source("raise ValueError('\\x1b[31m\\n' + 'reward: 1.2 ' * 1000)"))
    assert score.reason == "exception"
    assert score.message.isprintable()
    assert len(score.message) <= 300
    assert score.reward == -0.6


def test_an_audited_minimum_is_aers_own_and_never_higher(shared_sandbox: Sandbox) -> None:
    """With a loose stop the fast engine ends early; an audit by Aer's gradients takes it further."""
    loose = VqeSettings(restarts=1, max_evaluations=6)

    def found(share: float) -> SizeScore:
        settings = ScoreSettings(vqe=loose, reward=RewardSettings(audit_share=share))
        return scorer(shared_sandbox, TFIM, settings).score(fenced(CHAIN)).sizes[0]

    plain, audited = found(0.0), found(1.0)
    assert audited.energy < plain.energy - 1e-6
    hamiltonian = TFIM.hamiltonian(3)
    with Scorer(TFIM, QUICK, shared_sandbox) as other:
        ready = other.prepare(fenced(CHAIN))
        assert isinstance(ready, Prepared)
        state = Statevector(ready.circuits[0].to_qiskit(audited.best_parameters))
    assert state.expectation_value(hamiltonian.operator).real == pytest.approx(audited.energy, abs=1e-9)


def test_the_audited_share_is_kept() -> None:
    measurer = measure.Measurer(TFIM, ScoreSettings(reward=RewardSettings(audit_share=0.1)), ScoreCache())
    forms = [replace(state_form(Circuit(1, 0, ())), hash=f"{k:032x}") for k in range(3000)]
    assert 240 < sum(map(measurer._is_audited, forms)) < 360
