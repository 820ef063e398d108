"""What stands in a prompt: the problem, the limits, the memory from worst to best within its token cap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.prompts import Style, build_messages, estimate_tokens, render, render_answer
from quantum.problem import resolve_problem
from rewards.remembered import Figures, Remembered

GOOD = Remembered("a", "def create_ansatz(num_qubits):\n    return 'good'", "aa", 0.7, (Figures(4, 1.2e-3, 5, 9, 8),))
BAD = Remembered("b", "def create_ansatz(num_qubits):\n    return 'bad'", "bb", 0.1, (Figures(4, 3.4e-1, 2, 4, 6),))


def text_of(context: list[Remembered], style: Style = "full", **options: object) -> str:
    messages = build_messages(resolve_problem("tfim", sizes=(4,)), 4, context, style, **options)  # type: ignore[arg-type]
    return "\n".join(message["content"] for message in messages)


@pytest.mark.parametrize("style", ["full", "compact"])
def test_the_memory_reaches_the_prompt_with_its_figures_worst_first(style: Style) -> None:
    text = text_of([GOOD, BAD], style)
    for entry in (GOOD, BAD):
        assert entry.code in text
        assert str(entry.at(4)) in text
    assert text.index(BAD.code) < text.index(GOOD.code)
    assert "error 1.2e-03, 5 two-qubit gates, 9 parameters, depth 8" in text


@pytest.mark.parametrize("style", ["full", "compact"])
def test_limits_reach_the_prompt(style: Style) -> None:
    limits = replace(resolve_problem("tfim", sizes=(4,)).limits_for(4), gates=("ry", "cx"), max_depth=17)
    text = text_of([], style, limits=limits)
    assert "17" in text
    assert ("ry, cx" if style == "full" else "ry cx") in text
    assert "rzz" not in text


def test_the_full_style_has_every_section_and_the_hamiltonian() -> None:
    text = text_of([])
    sections = ("TASK:", "PROBLEM:", "HAMILTONIAN", "SPECIFICATIONS:", "CONTEXT:", "REQUIREMENTS:")
    places = [text.index(section) for section in sections]
    assert places == sorted(places)
    assert "-1 IIZZ" in text
    assert "-1 XIII" in text
    assert "- qubits: 4" in text
    assert "No circuit has been measured yet." in text


def test_the_compact_style_says_the_same_in_a_tenth_of_the_text() -> None:
    full, compact = text_of([]), text_of([], "compact")
    assert len(compact) * 10 < len(full)
    assert "tfim" in compact
    assert "qubits: 4" in compact


def test_the_token_cap_leaves_out_whole_entries_the_worst_first() -> None:
    entry_tokens = estimate_tokens(f"measured: {GOOD.at(4)}\n```python\n{GOOD.code}\n```")
    text = text_of([GOOD, BAD], memory_tokens=entry_tokens)
    assert GOOD.code in text
    assert BAD.code not in text
    assert GOOD.code not in text_of([GOOD, BAD], memory_tokens=entry_tokens - 1)


def test_of_several_sizes_the_figures_of_the_one_asked_for_are_shown() -> None:
    grown = replace(GOOD, sizes=(Figures(3, 0.1, 1, 1, 1), Figures(4, 0.2, 2, 2, 2), Figures(6, 0.3, 3, 3, 3)))
    assert "measured: error 2.0e-01, 2 two-qubit gates, 2 parameters, depth 2\n" in text_of([grown], "compact")


def test_a_circuit_inside_the_target_is_to_become_cheaper() -> None:
    assert text_of([GOOD], "compact").endswith("smaller error:")
    assert text_of([replace(GOOD, reward=0.9)], "compact").endswith("cheaper:")


def test_formats() -> None:
    messages = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    assert render(messages, "chatml") == messages
    assert render(messages, "instruction") == "### Instruction:\nS\n\nU\n\n### Response:\n"
    assert render(messages, "plain") == "S\n\nU\n\n"
    assert render_answer("A", "chatml") == [{"role": "assistant", "content": "A"}]
    assert render_answer("A", "plain") == "A"
