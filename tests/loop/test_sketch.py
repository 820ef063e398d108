"""The small drawing: every gate is on its qubits, in order, and nothing is wider than it may be."""

from __future__ import annotations

from loop.sketch import sketch
from quantum.circuit import Circuit, Gate


def drawn(num_qubits: int, *gates: tuple[str, tuple[int, ...]]) -> list[str]:
    return sketch(Circuit(num_qubits, 0, tuple(Gate(*gate) for gate in gates)), 80).splitlines()


def test_a_layer_is_one_column():
    assert drawn(2, ("h", (0,)), ("h", (1,)), ("cx", (0, 1))) == ["q0 h─●─", "q1 h─⊕─"]


def test_a_wire_that_is_crossed_says_so():
    assert drawn(3, ("cz", (2, 0))) == ["q0 ●─", "q1 ┼─", "q2 ●─"]


def test_two_gates_that_touch_never_stand_in_one_column():
    lines = drawn(4, ("cx", (0, 1)), ("cx", (2, 3)))
    assert lines == ["q0 ●───", "q1 ⊕───", "q2 ──●─", "q3 ──⊕─"]


def test_a_gate_without_a_control_carries_its_name():
    assert drawn(2, ("rzz", (0, 1)), ("crz", (1, 0))) == ["q0 rzz─rz─", "q1 rzz─●──"]


def test_a_long_circuit_is_cut_to_the_width():
    circuit = Circuit(2, 0, tuple(Gate("cx", (0, 1)) for _ in range(50)))
    lines = sketch(circuit, 40).splitlines()
    assert [len(line) for line in lines] == [40, 40]
    assert all(line.endswith("…") for line in lines)
