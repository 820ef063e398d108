"""What a circuit may use at one size: the default limits, and what replaces them."""

from __future__ import annotations

from dataclasses import dataclass

from quantum.circuit import GATES
from quantum.errors import RequestError, did_you_mean


@dataclass(frozen=True)
class Limits:
    """What a circuit may use at one size: depth and gates after the one stated transpile, gate names as written."""

    max_depth: int
    max_gates: int
    max_parameters: int
    gates: tuple[str, ...] = tuple(GATES)
    allow_frozen_angles: bool = False

    def __post_init__(self) -> None:
        for name in ("max_depth", "max_gates", "max_parameters"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise RequestError(f"limits: {name} must be a whole number of at least 1, not {value!r}")
        for gate in self.gates:
            if gate not in GATES:
                raise RequestError(f"limits: unknown gate {gate!r}{did_you_mean(str(gate), GATES)}")
        if not self.gates:
            raise RequestError("limits: gates must name at least one gate")


def default_limits(num_qubits: int) -> Limits:
    """Depth 30 n, 20 n + 10 n^2 gates, 12 n parameters: room at n = 4 to 12 for HVA with n/2 layers (Heisenberg, bonds
    in two parallel sweeps) or n layers (Ising), and for EfficientSU2 with 3 repetitions; none for brute depth."""
    n = num_qubits
    return Limits(max_depth=30 * n, max_gates=20 * n + 10 * n * n, max_parameters=12 * n)
