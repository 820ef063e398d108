"""In the child: from the QuantumCircuit that a candidate returned to the circuit document of `quantum.circuit`.

Gates of the closed table are written as they are; any other instruction is expanded by its definition, and one without
a definition by Qiskit's high-level synthesis. Barriers, delays, identities and global phases have no effect and are
left out. Parameters are numbered in `circuit.parameters` order and their names never leave the child.

Not covered: honesty. This code shares its process with the candidate; the host believes the document, not this module.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterExpression
from qiskit.transpiler.passes import HighLevelSynthesis

from quantum.circuit import GATES, MAX_ANGLE, MAX_GATES, MAX_PARAMETERS, MAX_QUBITS
from rewards.sandbox.result import Refusal

MAX_DEFINITION_DEPTH: Final = 16
_WITHOUT_EFFECT: Final = frozenset({"barrier", "delay", "id", "global_phase"})
_NOT_UNITARY: Final = frozenset({"measure", "reset", "initialize", "store", "snapshot"})
_PROBES: Final = (0.7351, -1.3177)  # two values of theta that no formula is special at
_TOLERANCE: Final = 1e-9

Row = list[Any]


def to_document(circuit: object) -> dict[str, Any]:
    """The document of `circuit`. Raises `Refusal` with a reason of `result.REASONS`."""
    if not isinstance(circuit, QuantumCircuit):
        raise Refusal("not_a_circuit", f"create_ansatz returned a {type(circuit).__name__}, not a QuantumCircuit")
    if circuit.num_clbits or circuit.cregs:
        raise Refusal("forbidden_gate", "the circuit has classical bits")
    if not 1 <= circuit.num_qubits <= MAX_QUBITS:
        raise Refusal("wrong_qubits", f"the circuit has {circuit.num_qubits} qubits, more than {MAX_QUBITS} or none")
    parameters = circuit.parameters
    if len(parameters) > MAX_PARAMETERS:
        raise Refusal("too_many_parameters", f"{len(parameters)} parameters, at most {MAX_PARAMETERS}")
    writer = _Writer({parameter: index for index, parameter in enumerate(parameters)})
    writer.add(circuit, range(circuit.num_qubits), 0)
    return {"num_qubits": circuit.num_qubits, "num_parameters": len(parameters), "gates": writer.rows}


class _Writer:
    """Collects the rows of one document."""

    def __init__(self, index_of: Mapping[Parameter, int]) -> None:
        self.index_of = index_of
        self.rows: list[Row] = []

    def add(self, circuit: QuantumCircuit, qubits: Sequence[int], depth: int) -> None:
        """Appends `circuit`, its qubit k standing for qubits[k]."""
        if depth > MAX_DEFINITION_DEPTH:
            raise Refusal("forbidden_gate", f"a definition nests more than {MAX_DEFINITION_DEPTH} levels deep")
        position = dict(zip(circuit.qubits, qubits, strict=True))
        for instruction in circuit.data:
            name = instruction.name
            if name in _WITHOUT_EFFECT:
                continue
            targets = [position[qubit] for qubit in instruction.qubits]
            if name in GATES and instruction.is_standard_gate():  # a candidate's own gate may be called "h" too
                if len(self.rows) >= MAX_GATES:
                    raise Refusal("too_many_gates", f"more than {MAX_GATES} gates after expansion")
                self.rows.append([name, targets, [self.angle(value) for value in instruction.params]])
            else:
                self.add(_definition(instruction), targets, depth + 1)

    def angle(self, value: Any) -> Row:
        """`value` as [[[index, coefficient], ...], constant]."""
        if isinstance(value, Parameter):
            return [[[self.index_of[value], 1.0]], 0.0]
        if isinstance(value, ParameterExpression) and value.parameters:
            terms, constant = affine(value)
            return [sorted([self.index_of[p], c] for p, c in terms.items() if c != 0.0), constant]
        return [[], _real(value)]


def affine(expression: ParameterExpression) -> tuple[dict[Parameter, float], float]:
    """(coefficients, constant) of an affine expression; refuses any other.

    The coefficients are Qiskit's own derivatives, so that 0.1 stays 0.1; the form is then compared with the expression
    at two points, because a derivative alone takes a step function for a constant.
    """
    parameters = list(expression.parameters)
    try:
        terms = {p: _real(expression.gradient(p)) for p in parameters}
        constant = _real(expression.bind(dict.fromkeys(parameters, 0.0)))
        for seed in _PROBES:
            point = {p: seed * (1 + k % 7) for k, p in enumerate(parameters)}
            form = constant + math.fsum(terms[p] * x for p, x in point.items())
            if abs(_real(expression.bind(point)) - form) > _TOLERANCE * max(1.0, abs(form)):
                raise ValueError
    except (MemoryError, Refusal):
        raise
    except Exception as error:  # no derivative, a pole at zero, a complex value: no affine form has any of them
        raise Refusal("nonlinear_angle", f"the angle {str(expression)[:80]} is not affine in the parameters") from error
    return terms, constant


def _real(value: Any) -> float:
    number = complex(value.numeric() if isinstance(value, ParameterExpression) else value)
    if number.imag or not math.isfinite(number.real) or abs(number.real) > MAX_ANGLE:
        raise Refusal("bad_angle", f"the angle {number} is not a real number up to {MAX_ANGLE:g}")
    return number.real


def _definition(instruction: Any) -> QuantumCircuit:
    operation = instruction.operation
    if instruction.name in _NOT_UNITARY or instruction.clbits or instruction.is_control_flow():
        raise Refusal("forbidden_gate", f"{instruction.name} is not a unitary gate")
    definition = getattr(operation, "definition", None)
    if definition is None:
        definition = _synthesised(operation)
    return definition


def _synthesised(operation: Any) -> QuantumCircuit:
    circuit = QuantumCircuit(operation.num_qubits)
    circuit.append(operation, circuit.qubits)
    return HighLevelSynthesis()(circuit)
