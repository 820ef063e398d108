"""Which text of a completion is scored."""

from __future__ import annotations

import pytest

from rewards.extract import extract_code

CODE = "from qiskit import QuantumCircuit\n\ndef create_ansatz(num_qubits):\n    return QuantumCircuit(num_qubits)\n"
OTHER = CODE.replace("return QuantumCircuit(num_qubits)", "return None")


@pytest.mark.parametrize(
    "completion",
    [
        f"Here it is:\n\n```python\n{CODE}```\nIt has no gates.",
        f"```\n{CODE}```",
        f"```py\r\n{CODE}```".replace("\n", "\r\n"),
        f"~~~python\n{CODE}~~~",
        f"````python\n{CODE}````",
        f"First a draft:\n```python\n{OTHER}```\nbetter:\n```python\n{CODE}```",
        f"```python\n{CODE}```\nUse it so:\n```python\nprint(create_ansatz(4))\n```",
        f"```bash\npip install qiskit\n```\n```python\n{CODE}```",
        "1. A list item\n   ```python\n" + "".join(f"   {line}\n" for line in CODE.splitlines()) + "   ```",
        CODE,
    ],
    ids=["plain", "untagged", "crlf", "tilde", "long", "last-wins", "usage-after", "shell-before", "indented", "raw"],
)
def test_finds_the_answer(completion: str) -> None:
    found = extract_code(completion)
    assert found is not None
    assert [line for line in found.splitlines() if line] == [line for line in CODE.splitlines() if line]


def test_a_fence_left_open_by_a_stop_string_still_counts() -> None:
    assert extract_code(f"```python\n{CODE}") == CODE


def test_a_fence_opened_by_the_prompt_still_counts() -> None:
    assert extract_code(f"{CODE}```\nThe end.") == CODE


def test_truncated_code_comes_out_as_it_is() -> None:
    truncated = CODE[: CODE.index("QuantumCircuit(num")]
    found = extract_code(f"```python\n{truncated}")
    assert found is not None
    assert found.rstrip() == truncated.rstrip()


def test_a_module_with_a_fence_in_its_docstring_is_taken_whole() -> None:
    module = f'"""Usage:\n\n```python\ncreate_ansatz(4)\n```\n"""\n{CODE}'
    assert extract_code(module) == module


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "I am sorry.",
        "```python\nprint('create_ansatz')\n```",
        "Call create_ansatz(4), which def create_ansatz would be.",
        "```python\ndef create_ansatz_for(n): ...\n```",
        "\x00" * 10,
    ],
)
def test_nothing_that_defines_it(completion: str) -> None:
    assert extract_code(completion) is None


def test_a_lambda_is_a_definition_too() -> None:
    code = "from qiskit import QuantumCircuit\ncreate_ansatz = lambda n: QuantumCircuit(n)\n"
    assert extract_code(f"```python\n{code}```") == code


def test_pieces_are_not_joined() -> None:
    found = extract_code(f"```python\nimport math\n```\n```python\n{CODE}```")
    assert found == CODE
