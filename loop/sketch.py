"""A circuit drawn small: one line a qubit, for a terminal beside other things. `circuit.svg` is the real drawing.

    q0 ry─●────────
    q1 ry─⊕──●──rz─
    q2 ry────⊕─────

`●` is a control, `⊕` the target of a cx; two-qubit gates without a control carry their name on both qubits. Gates of
two qubits share a column only when a wire between them is free, so no two of them can be read as one.
Not shown: angles, and which gates share a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable

from quantum.circuit import Circuit, Gate

TARGETS = {"cx": "⊕", "cz": "●", "cp": "●", "swap": "x"}
"""What the last qubit of a gate shows, where it is not the name of what is controlled."""


def sketch(circuit: Circuit, width: int) -> str:
    """`circuit.num_qubits` lines of at most `width` characters; one that is cut ends in `…`."""
    names = [f"q{q} " for q in range(circuit.num_qubits)]
    margin = max(map(len, names))
    lines = [name.ljust(margin) for name in names]
    for column in _columns(circuit):
        cells = _cells(column, circuit.num_qubits)
        space = max(len(cell) for cell in cells) + 1
        lines = [line + cell.ljust(space, "─") for line, cell in zip(lines, cells, strict=True)]
    return "\n".join(line if len(line) <= width else line[: width - 1] + "…" for line in lines)


def _columns(circuit: Circuit) -> list[list[Gate]]:
    """Every gate in the earliest column where its qubits, and those it crosses, are free."""
    columns: list[list[Gate]] = []
    free = [0] * circuit.num_qubits
    beside = [0] * circuit.num_qubits
    """The first column where a two-qubit gate may end on this qubit without touching another one."""
    for gate in circuit.gates:
        low, high = min(gate.qubits), max(gate.qubits)
        span = range(low, high + 1)
        place = max(free[q] for q in span)
        if low != high:
            place = max(place, *(beside[q] for q in span))
            for q in range(max(0, low - 1), min(circuit.num_qubits, high + 2)):
                beside[q] = place + 1
        for q in span:
            free[q] = place + 1
        columns += [[] for _ in range(place + 1 - len(columns))]
        columns[place].append(gate)
    return columns


def _cells(gates: Iterable[Gate], num_qubits: int) -> list[str]:
    cells = [""] * num_qubits
    for gate in gates:
        low, high = min(gate.qubits), max(gate.qubits)
        for q in range(low, high + 1):
            cells[q] = "┼"
        if len(gate.qubits) == 1:
            cells[low] = gate.name
            continue
        first, second = gate.qubits
        controlled = gate.name.startswith("c")
        cells[first] = "●" if controlled else TARGETS.get(gate.name, gate.name)
        cells[second] = TARGETS.get(gate.name, gate.name[1:] if controlled else gate.name)
    return cells
