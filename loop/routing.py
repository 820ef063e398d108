"""A circuit on a device: written in its basis gates and routed over its coupling map, and what it costs there.

    cx,rz,sx,x:line         a chain; also ring, grid, full (every pair), or nothing behind the basis for full
    cz,rz,sx:coupling.json  a list of coupled pairs, [[0, 1], [1, 2], ...], of a device with more qubits if need be

Qiskit's transpiler does it, at optimisation level 3 with a fixed seed, with the parameters free. A coupled pair may be
used both ways. Routing may permute the qubits: `initial` and `final` say on which physical qubit each qubit of the
circuit begins and ends. Not covered: durations, error rates, directed couplings, other optimisation levels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantum.circuit import Angle, Circuit, Gate
from quantum.errors import RequestError, did_you_mean
from quantum.reading import read_json

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

LEVEL = 3
SEED = 0
SHAPES = ("full", "grid", "line", "ring")
OTHER_NAMES = {"linear": "line"}


@dataclass(frozen=True)
class Device:
    """Basis gates by Qiskit's names, and the shape of the coupling map or its list of pairs."""

    basis: tuple[str, ...]
    coupling: str | tuple[tuple[int, int], ...] = "full"

    def pairs(self, num_qubits: int) -> list[tuple[int, int]]:
        """The coupled pairs of the device that a circuit of `num_qubits` is put on; raises RequestError: too small."""
        n = num_qubits
        if not isinstance(self.coupling, str):
            if max(map(max, self.coupling)) + 1 < n:
                raise RequestError(
                    f"the coupling map has {max(map(max, self.coupling)) + 1} qubits, the circuit has {n}"
                )
            return list(self.coupling)
        if self.coupling == "full":
            return [(a, b) for b in range(n) for a in range(b)]
        if self.coupling == "grid":
            columns = math.ceil(math.sqrt(n))
            across = [(k, k + 1) for k in range(n - 1) if (k + 1) % columns]
            return across + [(k, k + columns) for k in range(n - columns)]
        chain = [(k, k + 1) for k in range(n - 1)]
        return [*chain, (n - 1, 0)] if self.coupling == "ring" and n > 2 else chain

    def to_json(self) -> dict[str, Any]:
        coupling = self.coupling if isinstance(self.coupling, str) else [list(pair) for pair in self.coupling]
        return {"basis": list(self.basis), "coupling": coupling, "optimization_level": LEVEL, "seed": SEED}

    @staticmethod
    def from_json(document: dict[str, Any]) -> Device:
        """The inverse of `to_json`; raises RequestError for a basis that is none."""
        _check_basis(document["basis"], "transpiled")
        coupling = document["coupling"]
        pairs = coupling if isinstance(coupling, str) else tuple((int(a), int(b)) for a, b in coupling)
        return Device(tuple(document["basis"]), pairs)


@dataclass(frozen=True)
class Routed:
    """A circuit on a device. Parameters are free, in the order of the original's."""

    circuit: QuantumCircuit
    initial: tuple[int, ...]
    final: tuple[int, ...]

    def bound(self, theta: Sequence[float]) -> QuantumCircuit:
        """The circuit at these parameters of the original, of which routing may have cancelled some."""
        return self.circuit.assign_parameters({symbol: theta[symbol.index] for symbol in self.circuit.parameters})

    def to_json(self) -> dict[str, Any]:
        places = {"initial_layout": list(self.initial), "final_layout": list(self.final)}
        return {"num_qubits": len(self.initial), **device_counts(self.circuit), **places}


def parse_device(text: str) -> Device:
    """`cx,rz,sx,x:line` as a device; raises RequestError."""
    basis, _, coupling = text.partition(":")
    names = tuple(name.strip() for name in basis.split(",") if name.strip())
    _check_basis(names, "--transpile")
    return Device(names, _parse_coupling(coupling.strip()))


def _check_basis(names: Sequence[str], where: str) -> None:
    """Raises RequestError where these are no basis gates."""
    from qiskit.circuit.library import get_standard_gate_name_mapping

    known = {name: gate.num_qubits for name, gate in get_standard_gate_name_mapping().items() if gate.num_qubits < 3}
    for name in names:
        if name not in known:
            raise RequestError(f"{where}: unknown gate {name!r}{did_you_mean(name, known)}")
    if not any(known.get(name) == 2 for name in names):
        raise RequestError(f"{where}: name basis gates, one of two qubits among them, such as cx,rz,sx,x:line")


def _parse_coupling(text: str) -> str | tuple[tuple[int, int], ...]:
    shape = OTHER_NAMES.get(text, text) or "full"
    if shape in SHAPES:
        return shape
    path = Path(text)
    if not path.is_file():
        raise RequestError(
            f"--transpile: no coupling map {text!r}{did_you_mean(text, SHAPES)} (or a JSON list of pairs)"
        )
    try:
        pairs = tuple((a, b) for a, b in read_json(path))
    except (ValueError, TypeError):
        pairs = ()
    if not pairs or not all(type(q) is int and q >= 0 for pair in pairs for q in pair):
        raise RequestError(f"--transpile: {path} must hold a JSON list of pairs of qubits, such as [[0, 1], [1, 2]]")
    return pairs


def route(circuit: Circuit, device: Device) -> Routed:
    """The circuit on the device; raises RequestError where the basis cannot express it or the map is in pieces."""
    from qiskit import transpile
    from qiskit.transpiler import CouplingMap, TranspilerError

    pairs = device.pairs(circuit.num_qubits)
    coupling = CouplingMap([*pairs, *((b, a) for a, b in pairs)]) if pairs else None
    try:
        routed = transpile(
            circuit.to_qiskit(),
            basis_gates=list(device.basis),
            coupling_map=coupling,
            optimization_level=LEVEL,
            seed_transpiler=SEED,
        )
    except TranspilerError as error:
        why = " ".join(str(error.message).split())
        raise RequestError(f"--transpile: not possible with {','.join(device.basis)}: {why:.200}") from None
    layout, every = routed.layout, tuple(range(circuit.num_qubits))
    if layout is None:
        return Routed(routed, every, every)
    return Routed(routed, tuple(layout.initial_index_layout(True)), tuple(layout.final_index_layout(True)))


def check_device(device: Device, sizes: Iterable[int]) -> None:
    """Raises RequestError where circuits of these sizes cannot be put on the device, before there is one."""
    for n in sizes:
        chain = [Gate("cx", (k, k + 1)) for k in range(n - 1)]
        angle = Angle(((0, 1.0),))
        route(Circuit(n, 1, (Gate("ry", (0,), (angle,)), Gate("rz", (0,), (angle,)), *chain)), device)


def device_counts(circuit: QuantumCircuit) -> dict[str, int]:
    """What a routed circuit costs, idle qubits aside."""
    two = [i for i in circuit.data if len(i.qubits) == 2]
    return {
        "two_qubit_gates": len(two),
        "one_qubit_gates": len(circuit.data) - len(two),
        "depth": circuit.depth(),
        "two_qubit_depth": circuit.depth(lambda i: len(i.qubits) == 2),
    }
