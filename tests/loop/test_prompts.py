from __future__ import annotations

from dataclasses import replace

import pytest

from loop.config import MemorySection
from loop.memory import Memory
from loop.prompts import MAX_FAILURE, build_prompts
from quantum.problem import resolve_problem
from tests.loop.helpers import failed, valid

ALWAYS = MemorySection(share=1.0, epsilon=0.0)
TFIM = resolve_problem("tfim")


@pytest.fixture
def memory(tmp_path):
    with Memory(tmp_path / "memory.sqlite") as opened:
        yield opened


def text(prompt) -> str:
    return "\n".join(message["content"] for message in prompt.messages)


@pytest.mark.parametrize("style", ["compact", "full"])
def test_the_memory_reaches_the_prompt_with_its_measured_figures(memory, style):
    memory.add([valid("marker", 0.9, error=2.5e-3, two_qubit_gates=7)])
    prompt = build_prompts(TFIM, memory, ALWAYS, style, run_seed=0, step=1, count=1)[0]
    assert "# marker" in text(prompt)
    assert "2.5e-03" in text(prompt)
    assert "7 two-qubit gates" in text(prompt)
    assert prompt.parents == ("s00001-marker",)
    assert [(one.hash, one.cost) for one in prompt.shown] == [("marker", (7, 8, 7))]


def test_without_memory_nothing_is_shown(memory):
    prompt = build_prompts(TFIM, memory, ALWAYS, "compact", run_seed=0, step=1, count=1)[0]
    assert (prompt.parents, prompt.shown) == ((), ())


def test_what_does_not_fit_is_neither_shown_nor_a_parent(memory):
    long = valid("long", 0.9)
    memory.add([type(long)(**{**vars(long), "code": "# long\n" + "x = 1\n" * 2000})])
    prompt = build_prompts(TFIM, memory, ALWAYS, "compact", run_seed=0, step=1, count=1)[0]
    assert "# long" not in text(prompt)
    assert (prompt.parents, prompt.shown) == ((), ())


def test_a_prompt_is_a_function_of_seed_step_group_and_memory(memory):
    memory.add([valid(f"c{k}", k / 10) for k in range(8)])
    settings = MemorySection(share=0.5)

    def prompts(seed: int) -> list[object]:
        return [build_prompts(TFIM, memory, settings, "compact", seed, step, 4) for step in range(5)]

    assert prompts(1) == prompts(1)
    assert prompts(1) != prompts(2)


def test_with_several_sizes_every_size_is_asked_for(memory):
    problem = resolve_problem("tfim", [2, 4])
    asked = {prompt.num_qubits for prompt in build_prompts(problem, memory, ALWAYS, "compact", 0, 1, 20)}
    assert asked == {2, 4}


def test_failures_are_one_capped_line_a_family_beside_a_shown_circuit(memory):
    memory.add([failed("x"), failed("y"), failed("z", "syntax_error"), valid("a", 0.5)])
    long = failed("w", "memory")
    memory.add([replace(long, score=replace(long.score, message="m" * 300))])
    full = text(build_prompts(TFIM, memory, ALWAYS, "full", 0, 1, 1)[0])
    assert "- exception (2 times): it failed" in full
    assert "- syntax_error (1 times)" in full
    assert max(len(line) for line in full.splitlines() if line.startswith("- memory")) == MAX_FAILURE
    without = text(build_prompts(TFIM, memory, MemorySection(share=0.0), "full", 0, 1, 1)[0])
    assert "it failed" not in without
    assert "it failed" not in text(build_prompts(TFIM, memory, ALWAYS, "compact", 0, 1, 1)[0])
