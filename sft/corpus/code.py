"""An ansatz as the text of a `create_ansatz(num_qubits)` function.

Names come in bundles, never drawn one by one: a small model has to keep them consistent through the whole function,
and learns that late when every name varies by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sft.corpus.ansatz import Ansatz, Layer, Repeat

BUNDLES: Final[tuple[Mapping[str, str], ...]] = (
    {"c": "qc", "i": "i", "r": "_", "a": "t", "fresh": "theta", "prefix": "t"},
    {"c": "circuit", "i": "q", "r": "layer", "a": "angle", "fresh": "new_angle", "prefix": "theta_"},
    {"c": "ansatz", "i": "k", "r": "rep", "a": "phi", "fresh": "parameter", "prefix": "p"},
)
"""Consistent sets of names: the circuit, the loop index, the repetition, a shared angle, the maker of fresh ones."""


def describe(ansatz: Ansatz) -> str:
    """The layers in words: "2 x (ry, cx chain), ry"."""
    parts = []
    for item in ansatz:
        if isinstance(item, Repeat):
            parts.append(f"{item.times} x ({', '.join(layer.phrase for layer in item.layers)})")
        else:
            parts.append(item.phrase)
    return ", ".join(parts)


def write(ansatz: Ansatz, bundle: Mapping[str, str]) -> str:
    """The Python source of the ansatz in the hand of `bundle`, ending without a newline."""
    names = {"n": "num_qubits", "new": bundle["fresh"] + "()", **bundle}
    body: list[str] = []
    for item in ansatz:
        if isinstance(item, Layer):
            body += item.lines
        else:
            body.append("for {r} in range(" + str(item.times) + "):")
            body += ["    " + line for layer in item.layers for line in layer.lines]
    circuit = bundle["c"]
    name = bundle["prefix"] + "{" + circuit + ".num_parameters}"
    lines = [
        f'"""{describe(ansatz)}."""',
        f"{circuit} = QuantumCircuit(num_qubits)",
        "",
        f"def {bundle['fresh']}():",
        f'    return Parameter(f"{name}")',
        "",
        *(line.format(**names) for line in body),
        f"return {circuit}",
    ]
    imports = ["from qiskit import QuantumCircuit", "from qiskit.circuit import Parameter", "", ""]
    header = "def create_ansatz(num_qubits: int) -> QuantumCircuit:"
    return "\n".join([*imports, header, *("    " + line if line else "" for line in lines)])


def fence(code: str) -> str:
    """The answer as the policy gives it: one fenced block and nothing else."""
    return f"```python\n{code}\n```"
