"""A found circuit without the gates that it does not need.

Gates are removed and parameters set to zero one at a time, those that save two-qubit gates first; after each removal
every angle is optimised again, from where it was and from fresh starts. What keeps the error below a limit stays
removed, and the search goes over the rest until nothing more can go. A circuit inside the target may lose accuracy up
to the target; one that never reached it at most `MOST_LOST`.

The result is one circuit of one size, no longer a rule for every size. Not covered: replacing gates by others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from quantum.bfgs import minimise_from
from quantum.canonical import canonical
from quantum.circuit import Angle, Circuit, Gate
from quantum.exact import exact_energy
from quantum.hamiltonians import Hamiltonian
from quantum.metrics import metrics
from quantum.problem import Target
from quantum.program import compile_program
from quantum.starts import initial_points
from quantum.vqe import VqeSettings, rules_for
from rewards.record import SizeScore

MOST_LOST: Final = 0.01
"""Of the error, where the target was never reached."""
STARTS: Final = 8
"""The last optimum and seven fresh points: as many as the engine works on side by side."""
MOST_WORK: Final = 4e8
"""Gates times parameters times 2**qubits, over all trials: some 20 s; only large circuits ever reach it."""
SELF_INVERSE: Final = frozenset({"x", "y", "z", "h", "cx", "cy", "cz", "swap"})

Gates = Mapping[int, Gate]
"""The gates in their order, each under the number that it had in the beginning."""


@dataclass(frozen=True)
class Move:
    """Remove the gate of this number, or take the parameter of this index out of every angle."""

    gate: int | None = None
    parameter: int | None = None

    def of(self, gates: Gates) -> Gates:
        """The gates that are left, without those that now do nothing."""
        if self.parameter is None:
            left = {number: gate for number, gate in gates.items() if number != self.gate}
        else:
            zeroed = {number: _without_parameter(gate, self.parameter) for number, gate in gates.items()}
            left = {number: gate for number, gate in zeroed.items() if not _idle(gate)}
        return _cancelled(left)


@dataclass
class Pruner:
    """The search over one circuit of one size; `limit` is the largest error allowed."""

    hamiltonian: Hamiltonian
    limit: float
    settings: VqeSettings
    seed: int
    work: float = field(default=0.0, init=False)

    def prune(self, circuit: Circuit, theta: Sequence[float]) -> Circuit:
        """The smallest circuit found, its parameters renumbered; an equal one where nothing can go."""
        gates: Gates = dict(enumerate(circuit.gates))
        point = tuple(theta)
        changed = True
        while changed:
            changed = False
            for move in self._moves(gates, point):
                left = move.of(gates)
                if left == gates or self.work >= MOST_WORK:
                    continue
                if found := self._optimum(left, point):
                    gates, point, changed = left, found, True
        return canonical(self._circuit(gates, point)).circuit

    def _moves(self, gates: Gates, point: tuple[float, ...]) -> list[Move]:
        """What may go: the largest saving first, then what turns the least."""
        costs = {}
        for move in (*(Move(gate=number) for number in gates), *(Move(parameter=k) for k in range(len(point)))):
            left = move.of(gates)
            counts = metrics(self._circuit(left, point))
            turned = [gate for number, gate in gates.items() if gate != left.get(number)]
            turn = sum(abs(math.remainder(a.at(point), math.tau)) for gate in turned for a in gate.angles)
            costs[move] = (counts.two_qubit_gates, counts.parameters, counts.depth, turn)
        return sorted(costs, key=costs.__getitem__)

    def _optimum(self, gates: Gates, point: tuple[float, ...]) -> tuple[float, ...] | None:
        """The best parameters, in the numbering of `point`; None when the error is above the limit."""
        form = canonical(self._circuit(gates, point))
        count = form.circuit.num_parameters
        if not count:
            return None
        self.work += len(gates) * (count + 8.0) * 2**form.circuit.num_qubits
        program = compile_program(form.circuit, self.hamiltonian)
        starts = initial_points(program, STARTS, self.seed)
        starts[0] = [point[index] for index in form.parameter_order]
        minima = minimise_from(program, starts, rules_for(self.hamiltonian, self.settings))
        best = int(minima.energies.argmin())
        if not minima.energies[best] - exact_energy(self.hamiltonian).energy <= self.limit:
            return None
        found = dict(zip(form.parameter_order, map(float, minima.points[best]), strict=True))
        return tuple(found.get(index, 0.0) for index in range(len(point)))

    def _circuit(self, gates: Gates, point: Sequence[float]) -> Circuit:
        return Circuit(self.hamiltonian.num_qubits, len(point), tuple(gates.values()))


def error_limit(size: SizeScore, target: Target) -> float:
    """How far the error of a circuit may grow."""
    threshold = target.threshold(size.exact_energy)
    return threshold if size.error <= threshold else size.error * (1 + MOST_LOST)


def _without_parameter(gate: Gate, parameter: int) -> Gate:
    angles = (Angle(tuple(term for term in a.terms if term[0] != parameter), a.constant) for a in gate.angles)
    return replace(gate, angles=tuple(angles))


def _idle(gate: Gate) -> bool:
    return bool(gate.angles) and not any(angle.terms or angle.constant for angle in gate.angles)


def _cancelled(gates: Gates) -> Gates:
    """Without pairs of one self-inverse gate that nothing stands between."""
    kept: dict[int, Gate] = {}
    for number, gate in gates.items():
        last = next((k for k in reversed(kept) if set(kept[k].qubits) & set(gate.qubits)), None)
        if last is not None and kept[last] == gate and gate.name in SELF_INVERSE:
            del kept[last]
        else:
            kept[number] = gate
    return kept
