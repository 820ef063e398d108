"""What a candidate's source may say before anything runs."""

from __future__ import annotations

import ast

import pytest

from rewards import instance
from rewards.policy import MAX_CODE_BYTES, check_code

HEAD = "from qiskit import QuantumCircuit\n"


def ansatz(body: str, head: str = HEAD) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{head}def create_ansatz(num_qubits):\n    qc = QuantumCircuit(num_qubits)\n{lines}    return qc\n"


@pytest.mark.parametrize(
    "code",
    [
        ansatz(""),
        ansatz("", "from qiskit.circuit import QuantumCircuit, Parameter, ParameterVector\n"),
        ansatz("", "from qiskit.circuit.library import *\nfrom qiskit import QuantumCircuit\n"),
        ansatz("qc = qiskit.circuit.QuantumCircuit(num_qubits)", "import qiskit\nfrom qiskit import QuantumCircuit\n"),
        ansatz("x = np.pi", HEAD + "import numpy as np\nfrom math import *\nimport itertools, functools\n"),
        ansatz("for g in ('rx', 'ry'):\n    getattr(qc, g)(0.0, 0)"),
        ansatz("vars = [1]\nopen = False\nqc.rx(vars[0], 0)"),
        ansatz("") + "if __name__ == '__main__':\n    print(create_ansatz(4))\n",
        ansatz(
            "", "from qiskit.quantum_info import SparsePauliOp\nfrom qiskit.circuit.library import QAOAAnsatz\n" + HEAD
        ),
        HEAD + "create_ansatz = lambda n: QuantumCircuit(n)\n",
        ansatz("", "from __future__ import annotations\nfrom typing import Sequence\n" + HEAD),
    ],
)
def test_ordinary_sources_pass(code: str) -> None:
    assert check_code(code).ok, check_code(code)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ansatz("", "import os\n" + HEAD), "forbidden_import"),
        (ansatz("import socket"), "forbidden_import"),
        (ansatz("", "import numpy.linalg\n" + HEAD), "forbidden_import"),
        (ansatz("", "from numpy import linalg\n" + HEAD), "forbidden_import"),
        (ansatz("", "from numpy import *\n" + HEAD), "forbidden_import"),
        (ansatz("", "from numpy.linalg import eigh\n" + HEAD), "forbidden_import"),
        (ansatz("np.linalg.eigh([[1]])", "import numpy as np\n" + HEAD), "forbidden_import"),
        (ansatz("m = np\nm.linalg.eigh([[1]])", "import numpy as np\n" + HEAD), "forbidden_import"),
        (ansatz("", "from scipy.optimize import minimize\n" + HEAD), "forbidden_import"),
        (ansatz("", "from qiskit.quantum_info import Statevector\n" + HEAD), "forbidden_import"),
        (ansatz("qiskit.quantum_info.Statevector(qc)", "import qiskit\n" + HEAD), "forbidden_import"),
        (ansatz("", "from qiskit import transpile\n" + HEAD), "forbidden_import"),
        (ansatz("", "from qiskit import *\n"), "forbidden_import"),
        (ansatz("", "from qiskit.circuit.random import random_circuit\n" + HEAD), "forbidden_import"),
        (ansatz("", "import random\n" + HEAD), "forbidden_import"),
        (ansatz("np.random.rand()", "import numpy as np\n" + HEAD), "forbidden_import"),
        (ansatz("", "from . import score\n" + HEAD), "forbidden_import"),
        (ansatz("", "from rewards.score import Scorer\n" + HEAD), "forbidden_import"),
        (ansatz("__import__('os')"), "forbidden_name"),
        (ansatz("eval('1')"), "forbidden_name"),
        (ansatz("exec('1')"), "forbidden_name"),
        (ansatz("open('/etc/passwd')"), "forbidden_name"),
        (ansatz("compile('1', '', 'eval')"), "forbidden_name"),
        (ansatz("qc.__class__.__bases__"), "forbidden_name"),
        (ansatz("__builtins__['eval']"), "forbidden_name"),
        (ansatz("getattr(qc, '__class__')"), "forbidden_name"),
        ("x = 1\n", "no_code"),
        ("create_ansatz = None\n", "no_code"),
        (HEAD + "create_ansatz = lambda n: {4: f, 6: g}[n](n)\n", "instance_specific"),
        ("class A:\n    def create_ansatz(self, n): ...\n", "no_code"),
        ("def create_ansatz(num_qubits:\n", "syntax_error"),
        ("def create_ansatz(n):\n  return 1\n\x00", "syntax_error"),
        ("def create_ansatz(n):\n    return " + "(" * 5000, "syntax_error"),
        ("def create_ansatz(n):\n    return " + "-" * 50_000 + "1", "syntax_error"),
        ("def create_ansatz(n):\n    return " + "1+" * 20_000 + "1", "syntax_error"),
        ("def create_ansatz(n):\n    return " + "9" * 5000, "syntax_error"),
        ("#" * (MAX_CODE_BYTES + 1), "code_too_big"),
        ("# \ud800", "syntax_error"),
    ],
)
def test_refusals_name_their_reason(code: str, reason: str) -> None:
    verdict = check_code(code)
    assert (verdict.ok, verdict.reason) == (False, reason), verdict
    assert "\n" not in verdict.message


@pytest.mark.parametrize(
    "body",
    [
        "if num_qubits == 4:\n    qc.h(0)",
        "n = num_qubits\nm = n\nif 6 == m:\n    qc.h(0)",
        "qc.h(0) if num_qubits != 8 else qc.x(0)",
        "if num_qubits in (4, 6):\n    qc.h(0)",
        "if qc.num_qubits == 4:\n    qc.h(0)",
        "if num_qubits < 6:\n    qc.h(0)\nelse:\n    qc.x(0)",
        "if 5 <= num_qubits:\n    qc.h(0)",
        "if num_qubits > 4:\n    qc.h(0)",
        "match num_qubits:\n    case 4:\n        qc.h(0)\n    case _:\n        qc.x(0)",
        "{4: qc.h, 6: qc.x}[num_qubits](0)",
        "table = {4: 'h', 6: 'x'}\ngetattr(qc, table[num_qubits])(0)",
        "table = {4: 'h', 6: 'x'}\ngetattr(qc, table.get(num_qubits, 'y'))(0)",
        "['a', 'b', 'c', 'd', 'h'][num_qubits]",
        "if num_qubits == 4:\n    qc.h(0)\nelse:\n    raise ValueError",
    ],
)
def test_tables_by_size_are_instance_specific(body: str) -> None:
    assert check_code(ansatz(body)).reason == "instance_specific"
    assert check_code(ansatz(body), allow_instance_specific=True).ok


@pytest.mark.parametrize(
    "body",
    [
        "if num_qubits > 1:\n    qc.cx(0, 1)",
        "if num_qubits % 2 == 0:\n    qc.h(0)",
        "if num_qubits == 1:\n    return qc",
        "if num_qubits > 2:\n    qc.cx(num_qubits - 1, 0)",
        "if num_qubits >= 3:\n    qc.cx(num_qubits - 1, 0)",
        "if num_qubits < 4:\n    qc.h(0)",
        "if num_qubits != 4:\n    raise ValueError('four qubits')",
        "assert num_qubits == 4, 'four qubits'",
        "for i in range(num_qubits):\n    if i == 4:\n        qc.h(i)",
        "theta = [0.0]\nqc.rx(theta[0], 0)",
        "gates = {0: 'rx', 1: 'ry'}\ngetattr(qc, gates[num_qubits % 2])(0.0, 0)",
        "theta = []\ntheta[num_qubits]",
        "if num_qubits == len(qc.qubits):\n    qc.h(0)",
    ],
)
def test_honest_branches_are_not(body: str) -> None:
    assert check_code(ansatz(body)).ok, check_code(ansatz(body))


def test_a_long_chain_of_names_is_followed_with_work_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    links = 2000
    chain = "\n".join(f"a{k} = a{k - 1}" for k in range(links, 0, -1))
    calls = 0

    def counted(node: ast.expr, sizes: set[str]) -> bool:
        nonlocal calls
        calls += 1
        return is_size(node, sizes)

    is_size = instance._is_size
    monkeypatch.setattr(instance, "_is_size", counted)
    verdict = check_code(ansatz(f"{chain}\na0 = num_qubits\nif a{links} == 7:\n    qc.h(0)"))
    assert verdict.reason == "instance_specific"
    assert calls < 5 * links
