"""Circuits as what other tools read: OpenQASM 3, QPY, an SVG drawing, Python source; and Qiskit's own as ours.

Writers take an optional `theta`; with it every angle is a number, without it the parameters are t[0], t[1], ... The
same circuit gives the same text with the same versions, so that a file is checked by writing it again: no QASM and no
QPY is ever read here. A candidate's circuit comes through `Circuit.from_document` and nothing else.

Not covered: measurements, classical registers, gates without a definition, angles that are not affine, global phases.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from quantum.circuit import GATES, Angle, Circuit, CircuitError, Gate

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

_GATES_A_LINE: Final = 25
_INCHES_A_UNIT: Final = 0.8361111**2
"""At this size Qiskit's drawer leaves its fonts as they are."""


def to_qasm3(circuit: Circuit, theta: Sequence[float] | None = None) -> str:
    """OpenQASM 3; free parameters become `input float[64]`, gates outside stdgates.inc come with their definitions."""
    from qiskit import qasm3

    text: str = qasm3.dumps(circuit.to_qiskit(theta))
    return text


def to_qpy(circuit: Circuit, theta: Sequence[float] | None = None) -> bytes:
    """Qiskit's binary format, of the installed version; a later Qiskit reads it, an earlier one need not.

    The same bytes each time, but for the order in which an angle of several parameters names them.
    """
    return qpy_bytes(circuit.to_qiskit(theta))


def qpy_bytes(circuit: QuantumCircuit) -> bytes:
    """QPY of any Qiskit circuit."""
    from qiskit import qpy

    stream = io.BytesIO()
    qpy.dump(circuit, stream)
    return stream.getvalue()


def to_svg(circuit: Circuit, theta: Sequence[float] | None = None) -> str:
    """A drawing, 25 columns a line; the same bytes each time with the same versions of Qiskit and Matplotlib."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = circuit.to_qiskit(theta)
    stream = io.StringIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams["svg.hashsalt"] = "quantummind"
        size = (8.0, 4.0)
        for _ in range(2):  # the first drawing tells the size that the second needs
            figure = Figure(figsize=size)
            FigureCanvasAgg(figure)
            axes = figure.add_axes((0, 0, 1, 1))
            drawn.draw("mpl", ax=axes, fold=_GATES_A_LINE, style="iqp")
            left, right = axes.get_xlim()
            low, high = axes.get_ylim()
            size = ((right - left) * _INCHES_A_UNIT, (high - low) * _INCHES_A_UNIT)
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    return stream.getvalue()


def to_python(circuit: Circuit) -> str:
    """Source of a `create_ansatz(num_qubits)` that needs qiskit alone and makes this circuit, at this size only."""
    lines = [
        "from math import pi",
        "",
        "from qiskit import QuantumCircuit",
        "from qiskit.circuit import ParameterVector",
        "",
        "",
        "def create_ansatz(num_qubits):",
        f"    if num_qubits != {circuit.num_qubits}:",
        f'        raise ValueError("this circuit has {circuit.num_qubits} qubits")',
        f'    t = ParameterVector("t", {circuit.num_parameters})',
        "    circuit = QuantumCircuit(num_qubits)",
    ]
    for gate in circuit.gates:
        arguments = ", ".join([*map(_angle_text, gate.angles), *map(str, gate.qubits)])
        lines.append(f"    circuit.{gate.name}({arguments})")
    return "\n".join([*lines, "    return circuit", ""])


def circuit_from_qiskit(circuit: QuantumCircuit) -> Circuit:
    """The closed gate list of a trusted Qiskit circuit; parameter k is `circuit.parameters[k]`.

    Gates outside the table are expanded by their definitions; barriers, identities and global phases are dropped.
    Raises `CircuitError` on anything else: a measurement, a reset, control flow, an angle that is not affine.
    """
    index = {parameter: k for k, parameter in enumerate(circuit.parameters)}
    gates: list[Gate] = []
    _append(gates, circuit, tuple(range(circuit.num_qubits)), index)
    return Circuit(circuit.num_qubits, len(index), tuple(gates))


@lru_cache(maxsize=1)
def _gate_classes() -> dict[str, type]:
    from qiskit.circuit.library import get_standard_gate_name_mapping

    known = get_standard_gate_name_mapping()
    return {name: known[name].base_class for name in GATES}


def _append(gates: list[Gate], circuit: QuantumCircuit, onto: tuple[int, ...], index: dict[Parameter, int]) -> None:
    place = {bit: onto[k] for k, bit in enumerate(circuit.qubits)}
    for instruction in circuit.data:
        operation = instruction.operation
        qubits = tuple(place[bit] for bit in instruction.qubits)
        if operation.name in GATES and operation.base_class is _gate_classes()[operation.name]:
            gates.append(Gate(operation.name, qubits, tuple(_angle(value, index) for value in operation.params)))
        elif operation.name in ("barrier", "id", "global_phase"):
            continue
        elif instruction.clbits or getattr(operation, "definition", None) is None:
            raise CircuitError(f"{operation.name} has no expansion into gates of the table")
        else:
            _append(gates, operation.definition, qubits, index)


def _angle(value: Any, index: dict[Parameter, int]) -> Angle:
    """The affine form of a number or a ParameterExpression."""
    from qiskit.circuit import ParameterExpression

    if not isinstance(value, ParameterExpression):
        return Angle((), float(value))
    terms = []
    for parameter in value.parameters:
        slope = value.gradient(parameter)
        if isinstance(slope, ParameterExpression) and slope.parameters:
            raise CircuitError(f"the angle {value} is not affine in its parameters")
        if float(slope):
            terms.append((index[parameter], float(slope)))
    constant = value.bind(dict.fromkeys(value.parameters, 0.0)) if value.parameters else value
    return Angle(tuple(sorted(terms)), float(constant))


def _angle_text(angle: Angle) -> str:
    """The affine form as Python source, with multiples of pi/8 written as such."""
    parts = [f"t[{k}]" if a == 1 else f"-t[{k}]" if a == -1 else f"{a!r} * t[{k}]" for k, a in angle.terms]
    if angle.constant or not parts:
        parts.append(_constant_text(angle.constant))
    return " + ".join(parts).replace("+ -", "- ")


def _constant_text(value: float) -> str:
    for denominator in (1, 2, 4, 8):
        multiple = round(value * denominator / math.pi)
        if multiple and value == multiple * math.pi / denominator:
            sign, size = "-" * (multiple < 0), abs(multiple)
            top = "pi" if size == 1 else f"{size} * pi"
            return sign + (top if denominator == 1 else f"{top} / {denominator}")
    return repr(value)
