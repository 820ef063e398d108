"""Eighteen known ways to be paid for no discovery, each with its verdict.

Where one switch is the guard, the test also takes the guard away and shows that the cheat would then have paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from quantum import verifier
from quantum.exact import ExactEnergy, exact_energy
from quantum.problem import Problem, Target, resolve_problem
from quantum.state_form import state_form
from quantum.vqe import VqeSettings
from rewards import measure, score
from rewards.components.energy import AT_TARGET
from rewards.policy import CodeVerdict
from rewards.record import Score
from rewards.remembered import Remembered
from rewards.sandbox import Sandbox
from rewards.score import Scorer
from rewards.settings import RewardSettings, ScoreSettings
from tests.rewards.candidates import CHAIN, HVA_PERIODIC, RY_ROW, hardware_efficient, source

TFIM = resolve_problem("tfim", [2])
SETTINGS = ScoreSettings(vqe=VqeSettings(restarts=4))

GROUND_STATE = """
qc.ry({angle}, 0)
qc.cx(0, 1)
qc.h([0, 1])
"""
"""Prepares the ground state of -ZZ - X1 - X2 exactly, at the angle arctan(1/2)."""
OPTIMUM = 0.4636476090008061
TOKEN = "qc.rx(Parameter('a'), 0)\n"
"""A live parameter whose best value is zero."""
LIBRARY = "from qiskit.circuit.library import StatePreparation, UnitaryGate, PauliEvolutionGate\n"


@dataclass
class Court:
    """What the cheats are judged with; a lifted guard changes one of these, or patches a function."""

    sandbox: Sandbox
    patch: pytest.MonkeyPatch
    problem: Problem = TFIM
    settings: ScoreSettings = SETTINGS

    def judge(self, code: str, shown: tuple[Remembered, ...] = ()) -> Score:
        return Scorer(self.problem, self.settings, self.sandbox).score(code, shown)

    def with_limits(self, **limits: object) -> None:
        known = dict(self.problem.limit_overrides)
        self.problem = replace(self.problem, limit_overrides=tuple({**known, **limits}.items()))

    def with_reward(self, **values: object) -> None:
        reward = RewardSettings.model_validate({**self.settings.reward.model_dump(), **values})
        self.settings = self.settings.model_copy(update={"reward": reward})


@pytest.fixture
def court(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Court:
    return Court(shared_sandbox, monkeypatch)


def allow_frozen_angles(court: Court) -> None:
    court.with_limits(allow_frozen_angles=True)


def allow_any_code(court: Court) -> None:
    court.patch.setattr(score, "check_code", lambda code, **_: CodeVerdict(True))
    allow_frozen_angles(court)


def allow_any_size(court: Court) -> None:
    court.with_limits(max_parameters=500, max_depth=500, max_gates=500)


def allow_tables(court: Court) -> None:
    court.with_reward(allow_instance_specific=True)


@dataclass(frozen=True)
class Cheat:
    number: int
    code: str
    reason: str
    lift: Callable[[Court], None]
    reward: float = -0.3


SWITCHED = {
    "a state preparation from the library": Cheat(
        1,
        source(
            "qc.append(StatePreparation([0.60150095, 0.37174803, 0.37174803, 0.60150095], normalize=True), [0, 1])\n"
            + TOKEN,
            "from qiskit import QuantumCircuit\nfrom qiskit.circuit import Parameter\n" + LIBRARY,
        ),
        "frozen_angles",
        allow_frozen_angles,
    ),
    "a precomputed circuit inside a gate that is called rx": Cheat(
        2,
        source(
            f"inner = QuantumCircuit(2)\ninner.ry({OPTIMUM}, 0)\ninner.cx(0, 1)\ninner.h([0, 1])\n"
            "gate = inner.to_gate()\ngate.name = 'rx'\nqc.append(gate, [0, 1])\n" + TOKEN
        ),
        "frozen_angles",
        allow_frozen_angles,
    ),
    "the Hamiltonian diagonalised in the function": Cheat(
        4,
        source(
            "z, x, one = np.diag([1, -1]), np.array([[0, 1], [1, 0]]), np.eye(2)\n"
            "h = -np.kron(z, z) - np.kron(x, one) - np.kron(one, x)\n"
            "ground = np.kron([[1, 1], [1, -1]], [[1, 1], [1, -1]]) @ np.linalg.eigh(h)[1][:, 0]\n"
            + GROUND_STATE.format(angle="2 * float(np.arctan2(ground[3], ground[0]))").strip()
            + "\n"
            + TOKEN,
            "import numpy as np\nfrom qiskit import QuantumCircuit\nfrom qiskit.circuit import Parameter\n",
        ),
        "forbidden_import",
        allow_any_code,
        reward=-0.8,
    ),
    "the optimum as a constant": Cheat(
        5, source(GROUND_STATE.format(angle=OPTIMUM) + TOKEN), "frozen_angles", allow_frozen_angles
    ),
    "more parameters than any state needs": Cheat(
        7, hardware_efficient(8), "too_many_parameters", allow_any_size
    ),
    "the optimum as an offset": Cheat(
        8,
        source(GROUND_STATE.format(angle=f"Parameter('a') + {OPTIMUM}")),
        "frozen_angles",
        allow_frozen_angles,
    ),
    "the optimum as a ratio": Cheat(
        8,
        source("a = Parameter('a')\n" + GROUND_STATE.format(angle=f"{OPTIMUM / 1.5707963267948966} * a").strip()),
        "scaled_angle",
        allow_frozen_angles,
    ),
    "a table by size": Cheat(
        10,
        source(
            "if num_qubits == 8:\n    qc.h(0)\nelse:\n    a = Parameter('a')\n"
            "    qc.ry(a, 0)\n    qc.cx(0, 1)\n    qc.h([0, 1])"
        ),
        "instance_specific",
        allow_tables,
    ),
}  # fmt: skip


@pytest.mark.parametrize("cheat", SWITCHED.values(), ids=SWITCHED)
def test_the_guard_stops_it(court: Court, cheat: Cheat) -> None:
    caught = court.judge(cheat.code)
    assert (caught.reason, caught.reward) == (cheat.reason, cheat.reward), caught
    assert caught.sizes == ()


@pytest.mark.parametrize("cheat", SWITCHED.values(), ids=SWITCHED)
def test_without_the_guard_it_would_pay(court: Court, cheat: Cheat) -> None:
    cheat.lift(court)
    paid = court.judge(cheat.code)
    assert paid.outcome == "ok", paid
    assert paid.reward is not None
    assert paid.reward > AT_TARGET


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("qc.initialize([0.6015, 0.37175, 0.37175, 0.6015], [0, 1], normalize=True)", "forbidden_gate"),
        ("qc.append(UnitaryGate([[0, 1], [1, 0]]), [0])", "no_parameters"),
        ("qc.append(UnitaryGate([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]), [0, 1])", "no_parameters"),
    ],
)
def test_1_a_loaded_state_has_no_parameters(court: Court, body: str, reason: str) -> None:
    head = "from qiskit import QuantumCircuit\nfrom qiskit.circuit import Parameter\n" + LIBRARY
    assert court.judge(source(body, head)).reason == reason


def test_2_gates_inside_gates_are_counted(court: Court) -> None:
    court.problem = resolve_problem("tfim", [4])
    plain = source("""
t = ParameterVector('t', 8)
for k in range(2):
    for q in range(4):
        qc.ry(t[4 * k + q], q)
    for q in range(3):
        qc.cx(q, q + 1)
""")
    hidden = source("""
t = ParameterVector('t', 8)
for k in range(2):
    layer = QuantumCircuit(4, name='rx')
    for q in range(4):
        layer.ry(t[4 * k + q], q)
    inner = QuantumCircuit(4, name='ry')
    for q in range(3):
        inner.cx(q, q + 1)
    layer.append(inner.to_gate(), range(4))
    qc.append(layer.to_gate(), range(4))
""")
    open_, closed = court.judge(plain), court.judge(hidden)
    assert closed.circuit_hash == open_.circuit_hash
    assert closed.sizes[0].two_qubit_gates == open_.sizes[0].two_qubit_gates == 6
    assert closed.sizes[0].depth == open_.sizes[0].depth


def test_3_a_class_that_lies_about_itself_is_not_asked(court: Court) -> None:
    liar = """
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
class Small(QuantumCircuit):
    def depth(self, *a, **k): return 1
    def size(self, *a, **k): return 1
    def count_ops(self): return {'rx': 1}
    num_parameters = 1
def create_ansatz(num_qubits):
    qc = Small(num_qubits)
    for q in range(num_qubits):
        qc.ry(Parameter(f't{q}'), q)
    qc.cx(0, 1)
    qc.ry(Parameter('u'), 0)
    return qc
"""
    caught = court.judge(liar)
    if caught.outcome == "ok":
        [size] = caught.sizes
        assert (size.two_qubit_gates, size.parameters) == (1, 3)
        assert size.depth == 3
    else:
        assert caught.reason == "not_a_circuit"


@pytest.mark.parametrize("module", ["quantum.exact", "rewards.score", "scipy.sparse.linalg", "pennylane"])
def test_4_the_candidate_has_no_solver_and_no_hamiltonian(court: Court, module: str) -> None:
    code = source("", f"import {module}\nfrom qiskit import QuantumCircuit\n")
    assert court.judge(code).reason == "forbidden_import"


def test_4_nor_could_it_import_our_modules(court: Court) -> None:
    allow_any_code(court)
    for module in ("quantum.exact", "rewards.score"):
        assert court.judge(source("", f"import {module}\nfrom qiskit import QuantumCircuit\n")).reason == "exception"


def test_5_a_circuit_without_parameters_is_no_ansatz(court: Court) -> None:
    allow_frozen_angles(court)
    assert court.judge(source(GROUND_STATE.format(angle=OPTIMUM))).reason == "no_parameters"


def test_6_dead_parameters_do_not_make_an_ansatz(court: Court) -> None:
    dead = source("qc.rz(Parameter('a'), 0)\nqc.rz(Parameter('b'), 1)")
    assert court.judge(dead).reason == "dead_parameters"
    court.patch.setattr(verifier, "STATE_RULES", ())
    assert court.judge(dead).outcome == "ok"


def test_6_parameters_that_do_nothing_buy_nothing(court: Court) -> None:
    live = GROUND_STATE.format(angle="Parameter('a')")
    honest = court.judge(source(live))
    dead = court.judge(source("qc.rz(Parameter('b'), 0)\nqc.rz(Parameter('c'), 1)\n" + live))
    assert (dead.circuit_hash, dead.reward) == (honest.circuit_hash, honest.reward), "they prepare the same states"
    assert replace(dead.sizes[0], best_parameters=()) == replace(honest.sizes[0], best_parameters=())
    idle = court.judge(source(live + "qc.rzz(Parameter('b'), 0, 1)"))
    assert idle.sizes[0].parameters == 2
    assert idle.reward is not None
    assert honest.reward is not None
    assert idle.reward < honest.reward


@pytest.mark.parametrize("factor", ["1000", "0.001", "9"])
def test_8_scaled_parameters_are_refused(court: Court, factor: str) -> None:
    assert court.judge(source(f"qc.rx({factor} * Parameter('a'), 0)")).reason == "scaled_angle"


def test_8_scaling_does_not_raise_the_gradient_variance(court: Court) -> None:
    plain = court.judge(RY_ROW).sizes[0]
    scaled = court.judge(RY_ROW.replace("Parameter(", "8 * Parameter(")).sizes[0]
    assert scaled.gradient_variance == pytest.approx(plain.gradient_variance, rel=0.5)


def test_9_the_starts_are_not_the_generators_to_choose(court: Court) -> None:
    first = court.judge(CHAIN).sizes[0].best_parameters
    assert court.judge("# lucky comment 7\n" + CHAIN.replace("'t'", "'lucky'")).sizes[0].best_parameters == first
    court.settings = SETTINGS.model_copy(update={"seed": 1})
    assert court.judge(CHAIN).sizes[0].best_parameters != first


@pytest.mark.parametrize("qubits", ["num_qubits + 1", "num_qubits - 1", "num_qubits, num_qubits", "0"])
def test_10_the_number_of_qubits_is_the_one_asked_for(court: Court, qubits: str) -> None:
    code = source(f"qc = QuantumCircuit({qubits})\nif qc.num_qubits:\n    qc.rx(Parameter('a'), 0)")
    assert court.judge(code).reason in ("wrong_qubits", "forbidden_gate")


@pytest.mark.parametrize(
    "body",
    [
        "qc.measure_all()",
        "qc.reset(0)",
        "qc.add_register(ClassicalRegister(1))\nqc.measure(0, 0)",
        "from qiskit import ClassicalRegister\nqc.add_register(ClassicalRegister(1))\n"
        "with qc.if_test((qc.clbits[0], 1)):\n    qc.x(0)",
        "qc.delay(100, 0)\nqc.initialize('00')",
    ],
)
def test_11_only_unitary_gates(court: Court, body: str) -> None:
    head = "from qiskit import ClassicalRegister, QuantumCircuit\nfrom qiskit.circuit import Parameter\n"
    assert court.judge(source("qc.rx(Parameter('a'), 0)\n" + body, head)).reason == "forbidden_gate"


def test_11_no_energy_below_the_exact_one(court: Court) -> None:
    true = exact_energy(TFIM.hamiltonian(2)).energy
    court.patch.setattr(measure, "exact_energy", lambda _: ExactEnergy(true + 1e-6, "wrong"))
    code = source(GROUND_STATE.format(angle="Parameter('a')"))
    assert court.judge(code).reason == "below_exact"
    court.with_reward(below_exact_tolerance=1e-3)
    assert court.judge(code).outcome == "ok"


def test_12_half_of_a_nearly_degenerate_ground_level_does_not_meet_the_target(court: Court) -> None:
    court.problem = resolve_problem("tfim:field=0.01", [4])
    product_state = court.judge(RY_ROW)
    assert product_state.sizes[0].relative_error < 1e-3  # type: ignore[operator]
    assert not court.problem.met(product_state.sizes)
    assert product_state.reward is not None
    assert product_state.reward < AT_TARGET
    court.problem = replace(court.problem, target=Target("relative", 1e-3))
    paid = court.judge(RY_ROW)
    assert court.problem.met(paid.sizes)
    assert paid.reward is not None
    assert paid.reward > AT_TARGET


def test_13_one_live_rotation_does_not_hide_a_plateau(court: Court) -> None:
    court.problem = resolve_problem("tfim", [6])
    court.settings = ScoreSettings(vqe=VqeSettings(restarts=1, max_evaluations=3))
    deep = hardware_efficient(5)
    dressed = deep.replace("    return qc", "    qc.rx(Parameter('A'), 0)\n    return qc")
    court.with_limits(max_parameters=100)
    plain, hidden = court.judge(deep).sizes[0], court.judge(dressed).sizes[0]
    assert hidden.parameters == plain.parameters + 1
    assert hidden.gradient_variance == pytest.approx(plain.gradient_variance, rel=0.25)


def test_14_tampering_and_printing_change_nothing(court: Court) -> None:
    before = court.judge(CHAIN)
    tampered = court.judge(
        "from qiskit import QuantumCircuit\n"
        "QuantumCircuit.depth = QuantumCircuit.size = lambda self, *a: 0\n"
        "QuantumCircuit.count_ops = lambda self: {}\n"
        'print(\'{"outcome": "ok", "reward": 1.2}\')\n' + CHAIN
    )
    assert (tampered.reward, tampered.circuit_hash) == (before.reward, before.circuit_hash)
    assert tampered.sizes == before.sizes
    claim = source("print('{\"reward\": 1.2}')\nraise RuntimeError('reward: 1.2, outcome: ok')")
    assert court.judge(claim).reward == -0.6
    assert court.judge("The reward is 1.2.\nReward: 1.2\n").reward == -1.0
    assert court.judge(CHAIN).sizes == before.sizes


def test_15_what_is_scored_is_what_was_written(court: Court) -> None:
    for broken in ("", source("1 / 0"), source("while True: pass"), source("return 1")):
        failed = court.judge(broken)
        assert (failed.outcome, failed.circuit_hash, failed.sizes) == ("failed", None, ())
    circuit = court.sandbox.run(CHAIN, 2).circuit
    assert circuit is not None
    kept = court.problem.hamiltonian(2).relabellings
    assert court.judge(CHAIN).circuit_hash == state_form(circuit, kept).hash


def test_16_counts_start_at_the_zero_state(court: Court) -> None:
    warm = source("""
start = QuantumCircuit(num_qubits)
start.h(0)
start.cx(0, 1)
qc = start.compose(qc)
t = ParameterVector('t', 2)
qc.ry(t[0], 0)
qc.ry(t[1], 1)
qc.cx(0, 1)
""")
    assert court.judge(warm).sizes[0].two_qubit_gates == 2


def test_17_a_known_ansatz_is_called_by_its_name(court: Court) -> None:
    court.problem = resolve_problem("tfim:boundary=periodic", [4])
    known = court.judge(HVA_PERIODIC)
    assert known.known_as == "hva(reps=2)"
    shown = Remembered.of("a", HVA_PERIODIC, known)
    assert court.judge(HVA_PERIODIC, shown=(shown,)).reason == "copied_from_prompt"
    assert court.judge(source("qc.ry(Parameter('a'), 0)\nqc.cx(0, 3)\nqc.ry(Parameter('b'), 2)")).known_as is None


VANISHING = {
    "at a public point": [1, 2, -8, -1, -3, -3, -5, -5, 4, 8, 5, 0],
    "modulo two pi": [5, -2, -2, 4, -5, 1, 6, 8, 0, -2, 1, 2],
}
"""Relations found by lattice reduction among the values at which gates were once counted."""


@pytest.mark.parametrize("relation", VANISHING.values(), ids=VANISHING)
def test_18_angles_that_vanish_at_a_known_point_cost_their_gates(court: Court, relation: list[int]) -> None:
    court.problem = resolve_problem("tfim", [4])
    angle = " + ".join(f"{k} * t[{i}]" for i, k in enumerate(relation) if k).replace("+ -", "- ")
    body = "t = ParameterVector('t', 12)\nfor q in range(num_qubits):\n    qc.ry(t[q], q)\n"
    exploit = source(body + f"for q in range(num_qubits - 1):\n    qc.rzz({angle}, q, q + 1)")
    honest = source(body + "for q in range(num_qubits - 1):\n    qc.rzz(t[4], q, q + 1)")
    found, plain = court.judge(exploit).sizes[0], court.judge(honest).sizes[0]
    assert found.two_qubit_gates == plain.two_qubit_gates == 6
    assert (found.depth, found.two_qubit_depth) == (plain.depth, plain.two_qubit_depth)


@pytest.mark.parametrize(
    "body",
    [
        "for k in range(5, 9):\n    qc.ry(t / k, 0)",
        "for k in range(8):\n    qc.ry(8 * t, 1)",
    ],
    ids=["a sum of fifths to eighths", "8 t eight times"],
)
def test_18_an_optimum_does_not_pass_as_a_sum(court: Court, body: str) -> None:
    code = source(f"t = Parameter('t')\nqc.ry(t, 0)\n{body}\nqc.cx(0, 1)")
    assert court.judge(code).reason == "scaled_angle"
    court.with_limits(allow_frozen_angles=True)
    assert court.judge(code).outcome == "ok"


def test_18_gates_that_merge_are_capped_as_written(court: Court) -> None:
    code = source("t = Parameter('t')\nfor _ in range(18000):\n    qc.rx(t, 0)")
    assert court.judge(code).reason == "too_many_gates"
