#!/usr/bin/env python3
"""What a GRPO step on a CPU gains from our sampler and from training without padding, side by side in one run.

    OMP_NUM_THREADS=1 python benchmarks/grpo_step_cpu.py [--groups 2] [--repeats 5]

The packaged model, groups of 8, every other prompt with a circuit of the memory (a known one for tfim), at most 256 new
tokens at temperature 1. "generate" and "whole batch" are what TRL does. One thread, medians; ratios are what counts.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from grpo.packing import Logps, in_parts
from models.loader import load_policy
from models.policy import Policy
from models.profiles import resolve_profile
from models.prompts import MemoryEntry, build_messages
from models.sampler import FastSampler
from quantum.problem import resolve_problem

GROUP = 8
NEW_TOKENS = 256
SHOWN = '''from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    """ry layers, cx chain"""
    t = ParameterVector("t", 3 * num_qubits)
    circuit = QuantumCircuit(num_qubits)
    k = 0
    for layer in range(3):
        for q in range(num_qubits):
            circuit.ry(t[k], q)
            k += 1
        for q in range(num_qubits - 1):
            circuit.cx(q, q + 1)
    return circuit
'''


def prompt_texts(policy: Policy, groups: int) -> list[str]:
    problem = resolve_problem("tfim", [4])
    entry = MemoryEntry(SHOWN, 1.6e-2, 9, 12, 7, "known")
    style = policy.profile.prompt_style
    shown: list[list[MemoryEntry]] = [[entry] if k % 2 else [] for k in range(groups)]
    return [policy.prompt_text(build_messages(problem, 4, entries, style)) for entries in shown for _ in range(GROUP)]


def median(action: Callable[[], object], repeats: int) -> float:
    seconds = []
    for k in range(repeats):
        torch.manual_seed(k)
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def report(name: str, ours: float, theirs: float, other: str) -> None:
    print(f"{name}: {ours:.2f} s, {other} {theirs:.2f} s, ratio {theirs / ours:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    policy = load_policy(resolve_profile("embedded"), "cpu")
    model, tokenizer = policy.model.eval(), policy.tokenizer
    texts = prompt_texts(policy, arguments.groups)
    ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
    padded = tokenizer(texts, add_special_tokens=False, return_tensors="pt", padding=True)
    sampler = FastSampler(model, [tokenizer.eos_token_id], tokenizer.pad_token_id, NEW_TOKENS)

    def generate() -> torch.Tensor:
        with torch.inference_mode():
            return model.generate(**padded, do_sample=True, top_k=0, max_new_tokens=NEW_TOKENS)

    ours = median(lambda: sampler.sample(ids, 1.0), arguments.repeats)
    report("sampling", ours, median(generate, arguments.repeats), "generate")

    whole = generate().clone()
    prompt = padded["input_ids"].shape[1]
    used = torch.cat([padded["attention_mask"], (whole[:, prompt:] != tokenizer.pad_token_id).long()], 1)
    keep = whole.shape[1] - prompt

    def logps(part: torch.Tensor, mask: torch.Tensor, width: int) -> Logps:
        logits = model(input_ids=part, attention_mask=mask, logits_to_keep=width + 1).logits[:, :-1].float()
        return logits.log_softmax(-1).gather(-1, part[:, -width:, None])[..., 0], None

    def train(compute: Callable[[], Logps]) -> None:
        model.zero_grad()
        (compute()[0] * used[:, -keep:]).sum().backward()

    in_one = median(lambda: train(lambda: logps(whole, used, keep)), arguments.repeats)
    parts = median(lambda: train(lambda: in_parts(logps, whole, used, keep, GROUP)), arguments.repeats)
    report("training", parts, in_one, "whole batch")


if __name__ == "__main__":
    main()
