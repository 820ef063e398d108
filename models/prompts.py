"""What a policy is asked: the problem, the limits, and what the memory has measured so far. No torch here.

Two styles say the same: `full` is for code models that have read about physics, `compact` is for the embedded model,
whose whole vocabulary was trained on it. Three formats carry them: `chatml` (chat messages for the tokenizer's own
template), `instruction` (### Instruction / ### Response) and `plain` (the text alone).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from quantum.circuit import GATES
from quantum.hamiltonians import Hamiltonian
from quantum.problem import Limits, Problem
from rewards.components.energy import AT_TARGET
from rewards.remembered import Remembered

Style = Literal["full", "compact"]
Format = Literal["chatml", "instruction", "plain"]
Message = dict[str, str]

MEMORY_TOKENS: Final = {"full": 1200, "compact": 660}
"""The most tokens that the entries of the memory may take in a prompt; what does not fit is left out, worst first."""

MAX_TERMS: Final = 32
CHAINS: Final = ("tfim", "xy", "heisenberg")
CHAIN_PARAMETERS: Final = ("coupling", "anisotropy", "field", "boundary")

SYSTEM: Final = """\
You are an expert in quantum computing who designs parametrised circuits (ansaetze) for the variational quantum \
eigensolver. Your principles:
1. Structure: follow the couplings and symmetries of the Hamiltonian, and start from a state that suits it.
2. Economy: two-qubit gates are the cost; use as few as the target error allows, and no gate that changes nothing.
3. Trainability: prefer shallow, local layers and shared parameters to deep random ones, which end in barren plateaus.
4. Honesty: every parameter must act; no angle may be a constant tuned to one instance.
5. Scalability: the function must work for every num_qubits >= 2, by the same rule."""

FULL: Final = """\
TASK:
Write a Qiskit function create_ansatz(num_qubits) whose circuit, with its parameters optimised, comes as close as \
possible to the ground energy.

PROBLEM:
{description}

HAMILTONIAN ({unit}; rightmost character = qubit 0):
{hamiltonian}

SPECIFICATIONS:
- qubits: {num_qubits}
- maximum depth: {max_depth} (after transpiling to rx, ry, rz, cx)
- maximum gates: {max_gates}, maximum parameters: {max_parameters}
- allowed gates: {gates}
- target error: {threshold:.1e}

CONTEXT:
{context}{failures}

REQUIREMENTS:
- def create_ansatz(num_qubits: int) -> QuantumCircuit, with a docstring that names the layers
- exactly num_qubits qubits, no measurement, no classical bits, only the gates above
- free angles are Parameter or ParameterVector elements; imports from qiskit, numpy and math only
- if the context shows circuits, write a better one, not a copy

Answer with the code only, in one ```python block."""


def estimate_tokens(text: str) -> int:
    """An upper estimate for code when no tokenizer is at hand: three characters a token."""
    return -(-len(text) // 3)


def build_messages(
    problem: Problem,
    num_qubits: int,
    context: Sequence[Remembered] = (),
    style: Style = "full",
    limits: Limits | None = None,
    memory_tokens: int | None = None,
    count_tokens: Callable[[str], int] = estimate_tokens,
    failures: Sequence[str] = (),
) -> list[Message]:
    """Chat messages that ask for an ansatz of `problem` on `num_qubits` qubits.

    `limits` are the problem's own unless given. Of `context` the entries of `shown_entries` are shown. `failures` are
    lines about earlier answers that failed; the compact style has no words for them and leaves them out.
    """
    hamiltonian = problem.hamiltonian(num_qubits)
    limits = limits or problem.limits_for(num_qubits)
    shown = shown_entries(num_qubits, context, style, memory_tokens, count_tokens)
    if style == "compact":
        return [{"role": "user", "content": _compact(problem, hamiltonian, limits, shown)}]
    text = FULL.format(
        description=hamiltonian.description or hamiltonian.name,
        unit=hamiltonian.unit,
        hamiltonian=_terms(hamiltonian),
        num_qubits=num_qubits,
        max_depth=limits.max_depth,
        max_gates=limits.max_gates,
        max_parameters=limits.max_parameters,
        gates=", ".join(limits.gates),
        threshold=problem.threshold(num_qubits),
        context="\n\n".join(_entry(entry, num_qubits) for entry in shown) or "No circuit has been measured yet.",
        failures="\n".join(["\n\nRECENT FAILURES:", *failures]) if failures else "",
    )
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]


def shown_entries(
    num_qubits: int,
    context: Sequence[Remembered],
    style: Style,
    memory_tokens: int | None = None,
    count_tokens: Callable[[str], int] = estimate_tokens,
) -> list[Remembered]:
    """What a prompt shows of `context`: from worst to best, whatever its order.

    Entries beyond `memory_tokens` (by default that of the style) are left out whole, the worst first.
    """
    budget = MEMORY_TOKENS[style] if memory_tokens is None else memory_tokens
    kept: list[Remembered] = []
    for entry in reversed(worst_to_best(context)):
        budget -= count_tokens(_entry(entry, num_qubits))
        if budget < 0:
            break
        kept.insert(0, entry)
    return kept


def worst_to_best(entries: Iterable[Remembered]) -> list[Remembered]:
    """In the one order of circuits, the best last; of equals the earliest attempt last."""
    return sorted(sorted(entries, key=lambda entry: entry.id, reverse=True), key=lambda entry: entry.reward)


def render(messages: Sequence[Message], form: Format) -> str | list[Message]:
    """The prompt as the trainers and tokenizers take it: messages for `chatml`, one text for the other formats."""
    if form == "chatml":
        return list(messages)
    text = "\n\n".join(message["content"] for message in messages)
    return f"### Instruction:\n{text}\n\n### Response:\n" if form == "instruction" else f"{text}\n\n"


def render_answer(text: str, form: Format) -> str | list[Message]:
    """The answer to a prompt of `render`, in the same form."""
    return [{"role": "assistant", "content": text}] if form == "chatml" else text


def _entry(entry: Remembered, num_qubits: int) -> str:
    """A circuit with its figures at the size that the prompt asks for."""
    return f"measured: {entry.at(num_qubits)}\n```python\n{entry.code.strip()}\n```"


def _terms(hamiltonian: Hamiltonian) -> str:
    largest = sorted(hamiltonian.terms, key=lambda term: -abs(term[1]))
    lines = [f"{coefficient:+.6g} {label}" for label, coefficient in largest[:MAX_TERMS]]
    left = len(largest) - MAX_TERMS
    return "\n".join(lines) + (f"\n(and {left} smaller terms)" if left > 0 else "")


def _compact(problem: Problem, hamiltonian: Hamiltonian, limits: Limits, shown: Sequence[Remembered]) -> str:
    """The embedded model's form: only words that its corpus holds, whatever the problem is called.

    Its last line says in which way the best of the circuits shown, right before it, is to be improved.
    """
    kind = problem.family if problem.family in CHAINS else "molecule" if hamiltonian.unit == "hartree" else "pauli"
    values = {key: value for key, value in hamiltonian.parameters if key in CHAIN_PARAMETERS and value != 0.0}
    chain = [f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}" for key, value in values.items()]
    gates = "any" if set(limits.gates) == set(GATES) else " ".join(limits.gates)
    lines = [
        " ".join([kind, *(chain if kind in CHAINS else [])]),
        f"qubits: {hamiltonian.num_qubits}",
        f"depth: {limits.max_depth}",
        f"gates: {gates}",
        *(_entry(entry, hamiltonian.num_qubits) for entry in shown),
        *([_wanted(shown[-1])] if shown else []),
    ]
    return "\n".join(lines)


def _wanted(best: Remembered) -> str:
    """Within the target error a circuit can only become cheaper."""
    return "cheaper:" if best.reward > AT_TARGET else "smaller error:"
