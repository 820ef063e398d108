"""What became of one completion: by the very parts that the reward is made of, without the energy.

`syntax`: it defines create_ansatz in code that parses. `runs`: the policy let it run and the sandbox gave a circuit.
Valid: the circuit keeps every rule of its prompt, gates and depth included. Of a valid answer two more things are told:
the hash of its function (its circuit on `PROBE_QUBITS` qubits, as in the corpus) and its trainability, the verdict of
`quantum.barren_plateau` from the circuits of the same function on 4, 6 and 8 qubits.

Not covered: energies (`quantummind score`, `sft.validation.context`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from quantum.barren_plateau import gradient_variance, trainability
from quantum.canonical import canonical
from quantum.circuit import Circuit
from quantum.errors import InfrastructureError
from quantum.metrics import metrics
from quantum.seeds import seed_for
from quantum.state_form import state_form
from quantum.verifier import verify
from rewards.extract import extract_code
from rewards.policy import check_code
from rewards.sandbox import Sandbox, SandboxResult
from rewards.settings import RewardSettings
from sft.corpus.rows import PROBE_QUBITS
from sft.validation.suite import Case, sizes_of

UNPARSED = frozenset({"no_code", "syntax_error", "code_too_big"})


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` is None for a valid answer; `circuit_hash` and what follows are set for valid ones alone.

    `obeys` holds what the prompt asked for and a circuit could be held against: qubits, and gates and depth where the
    prompt restricts them. A circuit of the wrong size is refused by the sandbox itself.
    """

    reason: str | None
    syntax: bool = False
    runs: bool = False
    obeys: dict[str, bool] = field(default_factory=dict)
    circuit_hash: str | None = None
    function_hash: str | None = None
    trainability: str | None = None

    @property
    def valid(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Job:
    """A completion to judge; `probes` are the runs at other sizes that tell function and trainability."""

    text: str
    case: Case
    probes: bool = True


def judge(sandbox: Sandbox, job: Job) -> Answer:
    """How far one completion comes; raises `InfrastructureError` when the sandbox itself fails."""
    case = job.case
    code = extract_code(job.text)
    if code is None:
        return Answer("no_code")
    verdict = check_code(code)
    if not verdict.ok:
        return Answer(verdict.reason, syntax=verdict.reason not in UNPARSED)
    result = _run(sandbox, code, case.num_qubits)
    if result.circuit is None:
        kind = f": {result.message.partition(':')[0]}" if result.reason == "exception" else ""
        obeys = {"qubits": False} if result.reason == "wrong_qubits" else {}
        return Answer(f"{result.reason}{kind}", syntax=True, obeys=obeys)
    kept = verify(result.circuit, case.num_qubits, case.limits)
    obeys = _obeys(result.circuit, case)
    if not kept.ok:
        return Answer(kept.reason, syntax=True, runs=True, obeys=obeys)
    answer = Answer(None, True, True, obeys, canonical(result.circuit).hash)
    return _probed(answer, sandbox, code, job) if job.probes else answer


def _run(sandbox: Sandbox, code: str, num_qubits: int) -> SandboxResult:
    result = sandbox.run(code, num_qubits)
    if result.outcome == "infrastructure":
        raise InfrastructureError(f"the sandbox failed: {result.message}")
    return result


def _obeys(circuit: Circuit, case: Case) -> dict[str, bool]:
    obeys = {"qubits": circuit.num_qubits == case.num_qubits}
    if case.restriction.gates is not None:
        obeys["gates"] = {gate.name for gate in circuit.gates} <= set(case.limits.gates)
    if case.restriction.depth is not None:
        obeys["depth"] = metrics(circuit).depth <= case.limits.max_depth
    return obeys


def _probed(answer: Answer, sandbox: Sandbox, code: str, job: Job) -> Answer:
    probe = _run(sandbox, code, PROBE_QUBITS).circuit
    function = canonical(probe).hash if probe else None
    verdict = _trainability(sandbox, code, job.case)
    return Answer(None, True, True, answer.obeys, answer.circuit_hash, function, verdict)


def _trainability(sandbox: Sandbox, code: str, case: Case) -> str | None:
    """The scaling verdict; None where the problem has one size, "unknown" where the function has no second size."""
    sizes = tuple(sizes_of(case.problem))
    if len(sizes) < 2:
        return None
    variances = {}
    for n in sizes:
        circuit = _run(sandbox, code, n).circuit
        if circuit is None or circuit.num_qubits != n or not circuit.num_parameters:
            continue
        hamiltonian = case.problem.hamiltonian(n)
        form = state_form(circuit, hamiltonian.relabellings)
        samples, seed = RewardSettings().gradient_samples, seed_for(0, "gradient", form.hash)
        variances[n] = gradient_variance(form, hamiltonian, samples, seed)
    return trainability(variances).verdict
