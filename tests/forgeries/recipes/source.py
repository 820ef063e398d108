"""A function that is not the one the figures are of, or that is another one where it matters."""

from __future__ import annotations

from tests.forgeries.workshop import Export, forgery

DEFINITION = "def create_ansatz(num_qubits):\n"


@forgery("ansatz.py")
def no_function(export: Export) -> None:
    export.remove("ansatz.py")
    export.size["two_qubit_gates"] = 0


@forgery("score.circuit_hash")
def another_function(export: Export) -> None:
    export.replace("ansatz.py", "circuit.cx(q, q + 1)", "circuit.cx(q + 1, q)")


@forgery("circuits[1].gates")
def one_gate_more_in_the_function(export: Export) -> None:
    export.replace("ansatz.py", "    return circuit", "    circuit.z(0)\n    return circuit")


@forgery("score.outcome")
def a_function_that_fails(export: Export) -> None:
    export.replace("ansatz.py", "    return circuit", "    return None")


@forgery("ansatz.py")
def no_python(export: Export) -> None:
    export.replace("ansatz.py", DEFINITION, "def create_ansatz(:\n")


@forgery("ansatz.py")
def not_even_text(export: Export) -> None:
    export.write("ansatz.py", b"\xff\xfe\x00def create_ansatz(num_qubits): pass")


@forgery("ansatz.py as a program")
def another_circuit_as_a_program(export: Export) -> None:
    honest = 'if __name__ != "__main__":\n        for q in range(num_qubits - 1):\n            circuit.cx(q, q + 1)\n'
    export.replace("ansatz.py", "for q in range(num_qubits - 1):\n        circuit.cx(q, q + 1)\n", honest)


@forgery("ansatz.py as a program")
def another_circuit_the_second_time(export: Export) -> None:
    counting = DEFINITION + "    calls.append(num_qubits)\n"
    export.replace("ansatz.py", DEFINITION, "calls = []\n\n" + counting)
    export.replace("ansatz.py", "num_qubits - 1):", "num_qubits - (1 if calls == [num_qubits] else 2)):")


@forgery("ansatz.py")
def a_main_block_above_the_line(export: Export) -> None:
    export.replace(
        "ansatz.py", "    return circuit\n", '    return circuit\n\nif __name__ == "__main__":\n    print(0)\n'
    )


@forgery("ansatz.py")
def other_pauli_terms_below_the_line(export: Export) -> None:
    export.replace("ansatz.py", "('ZZ', -1.0)", "('ZZ', -2.0)")


@forgery("ansatz.py")
def other_parameters_below_the_line(export: Export) -> None:
    value = repr(export.size["best_parameters"][0])
    export.replace("ansatz.py", value, "0.123")


@forgery("ansatz.py")
def another_problem_below_the_line(export: Export) -> None:
    export.replace("ansatz.py", "PROBLEM = 'tfim'", "PROBLEM = 'h2o'")


@forgery("ansatz.py")
def a_kinder_main_block(export: Export) -> None:
    export.replace("ansatz.py", "energy = Statevector", "energy = -99 or Statevector")


@forgery("ansatz.py")
def a_line_after_the_end(export: Export) -> None:
    export.write("ansatz.py", export.read("ansatz.py") + "print('energy -99')\n")


@forgery("score.outcome")
def a_table_of_circuits_by_size(export: Export) -> None:
    export.replace("ansatz.py", "    return circuit", "    return {2: circuit, 3: circuit, 4: circuit}[num_qubits]")
    export.replace("ansatz.py", DEFINITION, DEFINITION + "    if num_qubits == 2:\n        pass\n")


@forgery("score.outcome")
def a_function_that_reads_files(export: Export) -> None:
    export.replace("ansatz.py", DEFINITION, DEFINITION + '    open("/etc/passwd")\n')


@forgery("ansatz.py")
def a_function_between_fences(export: Export) -> None:
    """A completion may be text with code in it; a file that is run may not."""
    text = export.read("ansatz.py")
    head, line, tail = text.partition("\n\n# ----")
    export.write("ansatz.py", f"As asked:\n```python\n{head}\n```\n{line}{tail}")
