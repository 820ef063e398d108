"""Files of the folder that are not of the circuit, or not files of the folder."""

from __future__ import annotations

import io
import os

from qiskit import QuantumCircuit, qpy

from tests.forgeries.workshop import Export, forgery


def qpy_of(circuit: QuantumCircuit) -> bytes:
    stream = io.BytesIO()
    qpy.dump(circuit, stream)
    return stream.getvalue()


def read_qpy(export: Export, name: str) -> QuantumCircuit:
    return qpy.load(io.BytesIO((export.folder / name).read_bytes()))[0]


@forgery("circuit.qasm3")
def qasm_with_120_more_gates(export: Export) -> None:
    export.write("circuit.qasm3", export.read("circuit.qasm3") + "cx q[0], q[1];\n" * 120)


@forgery("circuit.qasm3")
def qasm_with_a_macro_called_x(export: Export) -> None:
    macro = "gate x a, b, c {\n  cx a, b;\n  cx b, c;\n}\nqubit["
    export.replace("circuit.qasm3", "qubit[", macro)
    export.replace("circuit.qasm3", "cx q[0], q[1];\ncx q[1], q[2];", "x q[0], q[1], q[2];")


@forgery("circuit.qasm3")
def qasm_of_another_angle(export: Export) -> None:
    value = repr(export.size["best_parameters"][0])
    export.replace("circuit.qasm3", value, "0.5")


@forgery("circuit.qasm3")
def qasm_with_a_comment(export: Export) -> None:
    export.replace("circuit.qasm3", "qubit[3] q;", "qubit[3] q; // zero gates")


@forgery("circuit.qasm3")
def qasm_of_a_billion_qubits(export: Export) -> None:
    export.write("circuit.qasm3", 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[1000000000] q;\nh q[0];\n')


@forgery("circuit.qasm3", outcome="cannot be checked")
def qasm_of_fourteen_qubits_by_another_qiskit(export: Export) -> None:
    export.document["versions"]["qiskit"] = "2.6.0"
    export.write("circuit.qasm3", 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[14] q;\nh q[0];\n')


@forgery("circuit.qasm3", outcome="cannot be checked")
def qasm_of_nested_gates_by_another_qiskit(export: Export) -> None:
    levels = [f"gate g{k} a {{ g{k - 1} a; g{k - 1} a; }}" for k in range(1, 25)]
    text = "\n".join(["OPENQASM 3.0;", 'include "stdgates.inc";', "gate g0 a { x a; }", *levels, "qubit[3] q;"])
    export.document["versions"]["qiskit"] = "2.6.0"
    export.write("circuit.qasm3", f"{text}\ng24 q[0];\n")


@forgery("circuit.qpy")
def qpy_with_120_more_gates(export: Export) -> None:
    circuit = read_qpy(export, "circuit.qpy")
    for _ in range(120):
        circuit.cx(0, 1)
    export.write("circuit.qpy", qpy_of(circuit))


@forgery("circuit.qpy")
def qpy_with_120_more_gates_by_another_qiskit(export: Export) -> None:
    export.document["versions"]["qiskit"] = "2.6.0"
    qpy_with_120_more_gates(export)


@forgery("circuit.qpy")
def qpy_with_a_macro_called_x_by_another_qiskit(export: Export) -> None:
    export.document["versions"]["qiskit"] = "2.6.0"
    macro = QuantumCircuit(3, name="x")
    macro.cx(0, 1)
    macro.cx(1, 2)
    macro.h(0)
    circuit = read_qpy(export, "circuit.qpy")
    circuit.append(macro.to_gate(), [0, 1, 2])
    export.write("circuit.qpy", qpy_of(circuit))


@forgery("circuit.qpy")
def qpy_with_two_gates_exchanged(export: Export) -> None:
    data = (export.folder / "circuit.qpy").read_bytes()
    first, second = b"q\x00\x00\x00\x00q\x00\x00\x00\x01", b"q\x00\x00\x00\x01q\x00\x00\x00\x00"
    assert first in data
    export.write("circuit.qpy", data.replace(first, second, 1))


@forgery("circuit.qpy")
def qpy_with_a_flipped_bit(export: Export) -> None:
    data = bytearray((export.folder / "circuit.qpy").read_bytes())
    data[len(data) // 2] ^= 1
    export.write("circuit.qpy", bytes(data))


@forgery("circuit.qpy")
def qpy_that_is_none(export: Export) -> None:
    export.write("circuit.qpy", b"QISKIT" + bytes(1000))


@forgery("circuit.svg")
def a_drawing_with_a_script(export: Export) -> None:
    export.replace("circuit.svg", "</svg>", "<script>alert(1)</script></svg>")


@forgery("circuit.svg", outcome="cannot be checked")
def a_drawing_with_a_script_by_another_version(export: Export) -> None:
    export.document["versions"]["matplotlib"] = "3.10.0"
    a_drawing_with_a_script(export)


@forgery("circuit-2q.svg")
def the_drawing_of_another_circuit(export: Export) -> None:
    export.write("circuit-2q.svg", export.read("circuit.svg"))


@forgery("circuit-2q.qasm3")
def a_file_of_the_circuit_missing(export: Export) -> None:
    export.remove("circuit-2q.qasm3")


@forgery("circuit.py")
def a_file_too_many(export: Export) -> None:
    export.write("circuit.py", "print('run me')\n")


@forgery("notes.txt")
def a_file_that_the_certificate_keeps_quiet_about(export: Export) -> None:
    (export.folder / "notes.txt").write_text("verified by experts")


@forgery("files.../../etc/hostname")
def a_file_outside_the_folder(export: Export) -> None:
    export.document["files"]["../../etc/hostname"] = "0" * 64


@forgery("files./dev/zero")
def a_device_as_a_file(export: Export) -> None:
    export.document["files"]["/dev/zero"] = "0" * 64


@forgery("circuit.qpy")
def a_link_out_of_the_folder(export: Export) -> None:
    data = (export.folder / "circuit.qpy").read_bytes()
    (export.folder.parent / "outside.qpy").write_bytes(data)
    (export.folder / "circuit.qpy").unlink()
    (export.folder / "circuit.qpy").symlink_to(export.folder.parent / "outside.qpy")


@forgery("circuit.qpy")
def a_pipe_in_the_place_of_a_file(export: Export) -> None:
    (export.folder / "circuit.qpy").unlink()
    os.mkfifo(export.folder / "circuit.qpy")


@forgery("more")
def a_folder_in_the_folder(export: Export) -> None:
    (export.folder / "more").mkdir()


@forgery("files.circuit.qpy")
def a_file_without_a_digest(export: Export) -> None:
    del export.document["files"]["circuit.qpy"]


@forgery("the folder")
def a_thousand_files(export: Export) -> None:
    for number in range(1000):
        (export.folder / f"extra-{number}.txt").write_text("")
