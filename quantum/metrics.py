"""What a circuit costs, counted after one stated transpile.

Every parameter is set to a generic value and the circuit goes through Qiskit's

    transpile(circuit, basis_gates=["rx", "ry", "rz", "cx"], optimization_level=1)

with all-to-all connectivity. Level 1 removes adjacent inverse pairs and writes each run of one-qubit gates in as few
rotations as its Euler angles need (at most three). It does not resynthesise two-qubit blocks: rxx ryy rzz on one pair
count six cx, unless the circuit itself uses the three-cx form. Level 2 would, in twice the time and with counts that
depend on numerical synthesis.

Not covered: routing on a device's coupling map, durations, error rates.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from quantum.circuit import Circuit

if TYPE_CHECKING:
    from qiskit.transpiler import StagedPassManager

BASIS: Final = ("rx", "ry", "rz", "cx")
FREE_ANGLE_GRID: Final = math.pi / 8
"""Constants that are multiples of this are structure (s, t, h, a quarter turn); any other is a frozen angle."""
ANGLE_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Metrics:
    """Counts in {rx, ry, rz, cx} after the stated transpile; the last two are of the circuit as written.

    `parameters` are those that occur in an angle, `frozen_angles` angles whose constant part is no multiple of pi/8.
    """

    two_qubit_gates: int
    one_qubit_gates: int
    depth: int
    two_qubit_depth: int
    parameters: int
    frozen_angles: int


def metrics(circuit: Circuit) -> Metrics:
    """The counts of a circuit: the same for the same circuit in any process and under any parameter names."""
    transpiled = _pass_manager().run(circuit.to_qiskit(generic_values(circuit.num_parameters)))
    depths, two_qubit_depths = [0] * circuit.num_qubits, [0] * circuit.num_qubits
    two_qubit_gates = 0
    place = {bit: q for q, bit in enumerate(transpiled.qubits)}
    for instruction in transpiled.data:
        qubits = [place[bit] for bit in instruction.qubits]
        depth = 1 + max(depths[q] for q in qubits)
        two_qubit_depth = max(two_qubit_depths[q] for q in qubits) + (len(qubits) == 2)
        two_qubit_gates += len(qubits) == 2
        for q in qubits:
            depths[q], two_qubit_depths[q] = depth, two_qubit_depth
    return Metrics(
        two_qubit_gates=two_qubit_gates,
        one_qubit_gates=len(transpiled.data) - two_qubit_gates,
        depth=max(depths),
        two_qubit_depth=max(two_qubit_depths),
        parameters=len({index for gate in circuit.gates for angle in gate.angles for index, _ in angle.terms}),
        frozen_angles=frozen_angles(circuit),
    )


def frozen_angles(circuit: Circuit) -> int:
    """How many angles have a constant part that is no multiple of pi/8."""
    return sum(is_frozen(angle.constant) for gate in circuit.gates for angle in gate.angles)


def is_frozen(constant: float) -> bool:
    return abs(math.remainder(constant, FREE_ANGLE_GRID)) > ANGLE_TOLERANCE


def generic_values(count: int) -> tuple[float, ...]:
    """Fixed values in (0.3, 1.2) that satisfy no relation: no angle made of them is zero or a special one."""
    generator = random.Random(0)
    return tuple(generator.uniform(0.3, 1.2) for _ in range(count))


@lru_cache(maxsize=1)
def _pass_manager() -> StagedPassManager:
    from qiskit.transpiler import generate_preset_pass_manager

    return generate_preset_pass_manager(optimization_level=1, basis_gates=list(BASIS))
