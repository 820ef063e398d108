"""The rules that a circuit keeps before any energy is computed; each broken rule has one stable reason.

The guards see the rebuilt gate list, never the object that a candidate made. In order, cheap first:

    wrong_qubits         not exactly the number of qubits asked for
    forbidden_gate       a gate outside `limits.gates`
    too_many_gates       the gates as written, before anything is rewritten
    no_parameters        no angle contains a parameter
    scaled_angle         a coefficient c with neither |c| nor 1/|c| an integer of at most 8; after equal rotations are
                         merged (`quantum.canonical`), of at most 16, or half of one for the halves of controlled gates
    frozen_angles        a constant (an angle without parameter, or an affine offset) that is no multiple of pi/8
    too_many_gates       }
    too_deep             } counted after the rewriting that `metrics` states
    too_many_parameters  parameters that occur in an angle
    dead_parameters      no parameter moves the state, whatever the observable

A constant that is no multiple of pi/8, and a ratio of coefficients that is not simple, can carry a precomputed optimum
without a parameter to show for it; `limits.allow_frozen_angles` lifts both rules. Some dead parameters are not an
offence (honest hardware-efficient circuits put rz on |0>): `Verdict.live_parameters` counts the others, and
`Verdict.jacobian_rank` the independent directions among them. Both are None above 12 qubits, where only "nothing moves
the state" is tested.

Not covered: what the code did to make the circuit (policy and sandbox in `rewards`), nonlinear angles (they cannot be
written in a circuit's document), and a wrong energy or count, beyond `below_exact` and `below_product`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from quantum.canonical import normal_form
from quantum.circuit import Circuit
from quantum.jacobian import Directions, directions
from quantum.metrics import Metrics, is_frozen, metrics
from quantum.problem import Limits

MAX_SCALE: Final = 8
"""theta may be multiplied or divided by an integer up to this: exp(-i c theta P / 2) needs no more to be written."""


MAX_MERGED: Final = 16
"""The same for a sum of rotations: eight layers of 2 theta in a row are one circuit of 16 theta."""


@dataclass(frozen=True)
class Verdict:
    """`reason` and `message` (one line) are set when a rule is broken; figures are None when not reached."""

    ok: bool
    reason: str | None = None
    message: str = ""
    metrics: Metrics | None = None
    live_parameters: int | None = None
    jacobian_rank: int | None = None


def verify(circuit: Circuit, num_qubits: int, limits: Limits, *, seed: int = 0) -> Verdict:
    """The first rule that `circuit` breaks, or ok with its counts. `seed` picks the points of the Jacobian test."""
    if circuit.num_qubits != num_qubits:
        return Verdict(False, "wrong_qubits", f"{circuit.num_qubits} qubits, {num_qubits} were asked for")
    for reason, rule in WRITTEN_RULES:
        if message := rule(circuit, limits):
            return Verdict(False, reason, message)
    counts = metrics(circuit)
    for reason, limit in COUNTED_RULES:
        if message := limit(counts, limits):
            return Verdict(False, reason, message, counts)
    found = directions(circuit, seed)
    for reason, demand in STATE_RULES:
        if message := demand(found):
            return Verdict(False, reason, message, counts, found.live_parameters, found.rank)
    return Verdict(True, None, "", counts, found.live_parameters, found.rank)


def below_exact(energy: float, exact: float, tolerance: float = 1e-9) -> bool:
    """True for an energy that no state has: a bug or a cheat, never a record. In the Hamiltonian's unit."""
    return energy < exact - tolerance


def below_product(energy: float, product: float, two_qubit_gates: int, tolerance: float = 1e-6) -> bool:
    """True for a circuit counted without two-qubit gates whose energy is below the best product state's: the count and
    the energy contradict each other. The tolerance is for `product`, which is found by a search."""
    return two_qubit_gates == 0 and energy < product - tolerance


def _forbidden_gate(circuit: Circuit, limits: Limits) -> str:
    used = {gate.name for gate in circuit.gates}
    forbidden = sorted(used.difference(limits.gates))
    return f"gates not allowed: {', '.join(forbidden)}" if forbidden else ""


def _no_parameters(circuit: Circuit, limits: Limits) -> str:
    used = any(angle.terms for gate in circuit.gates for angle in gate.angles)
    return "" if used else "no gate has a free parameter"


def _scaled_angle(circuit: Circuit, limits: Limits) -> str:
    if limits.allow_frozen_angles:
        return ""
    for gate in circuit.gates:
        for angle in gate.angles:
            for index, a in angle.terms:
                if not _is_simple(abs(a), MAX_SCALE):
                    return f"{gate.name} on {_on(gate.qubits)} multiplies parameter {index} by {a:.6g}"
    for rotation in normal_form(circuit).rotations:
        for index, a in rotation.terms:
            if not (_is_simple(abs(a), MAX_MERGED) or _is_simple(2 * abs(a), MAX_MERGED)):
                return f"rotations that merge multiply parameter {index} by {a:.6g}"
    return ""


def _is_simple(magnitude: float, most: int) -> bool:
    ratio = magnitude if magnitude >= 1 else 1 / magnitude
    return round(ratio) <= most and abs(ratio - round(ratio)) <= 1e-9


def _frozen_angles(circuit: Circuit, limits: Limits) -> str:
    if limits.allow_frozen_angles:
        return ""
    for gate in circuit.gates:
        for angle in gate.angles:
            if is_frozen(angle.constant):
                return f"{gate.name} on {_on(gate.qubits)} has the constant {angle.constant:.6g}, no multiple of pi/8"
    return ""


def _on(qubits: tuple[int, ...]) -> str:
    return ", ".join(map(str, qubits))


def _too_many_gates(counts: Metrics, limits: Limits) -> str:
    gates = counts.one_qubit_gates + counts.two_qubit_gates
    return f"{gates} gates, at most {limits.max_gates} are allowed" if gates > limits.max_gates else ""


def _too_deep(counts: Metrics, limits: Limits) -> str:
    return f"depth {counts.depth}, at most {limits.max_depth} is allowed" if counts.depth > limits.max_depth else ""


def _too_many_parameters(counts: Metrics, limits: Limits) -> str:
    most = limits.max_parameters
    return f"{counts.parameters} parameters, at most {most} are allowed" if counts.parameters > most else ""


def _dead_parameters(found: Directions) -> str:
    return "" if found.moves else "no parameter changes the state"


def _too_many_written(circuit: Circuit, limits: Limits) -> str:
    written = len(circuit.gates)
    return f"{written} gates are written, at most {limits.max_gates} are allowed" if written > limits.max_gates else ""


WRITTEN_RULES: tuple[tuple[str, Callable[[Circuit, Limits], str]], ...] = (
    ("forbidden_gate", _forbidden_gate),
    ("too_many_gates", _too_many_written),
    ("no_parameters", _no_parameters),
    ("scaled_angle", _scaled_angle),
    ("frozen_angles", _frozen_angles),
)
COUNTED_RULES: tuple[tuple[str, Callable[[Metrics, Limits], str]], ...] = (
    ("too_many_gates", _too_many_gates),
    ("too_deep", _too_deep),
    ("too_many_parameters", _too_many_parameters),
)
STATE_RULES: tuple[tuple[str, Callable[[Directions], str]], ...] = (("dead_parameters", _dead_parameters),)
