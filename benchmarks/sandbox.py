"""What the sandbox costs a candidate: python -m benchmarks.sandbox [--runs 200] [--json]

Four ways to run the same candidate (8 qubits, 69 gates, 48 parameters), one after the other in every round, so that
whatever else the machine does falls on all of them alike:

    fresh interpreter   python -c, which imports Qiskit each time: what one would write first
    plain fork          the same zygote without any layer: the least that separate processes cost
    sandbox             every layer that this machine has
    in this process     exec, no protection at all: the candidate's own work

and the throughput of one sandbox and of one a core. Times are wall times from the source to the checked circuit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from quantum.circuit import Circuit
from rewards.sandbox import Protection, Sandbox, SandboxSettings
from rewards.sandbox.wire import Layers

QUBITS = 8
CANDIDATE = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    theta = iter(ParameterVector("theta", 6 * num_qubits))
    for layer in range(3):
        for qubit in range(num_qubits):
            circuit.ry(next(theta), qubit)
        for qubit in range(num_qubits - 1):
            circuit.cx(qubit, qubit + 1)
        for qubit in range(num_qubits):
            circuit.rz(next(theta), qubit)
    return circuit
"""
FRESH = """
import json, sys
from rewards.sandbox.serialise import to_document
scope = {}
exec(sys.argv[1], scope)
print(json.dumps(to_document(scope["create_ansatz"](int(sys.argv[2])))))
"""
FRESH_EVERY = 10
"""One round in so many also runs the fresh interpreter, which takes as long as all the others of ten rounds."""


def fresh_interpreter() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FRESH, CANDIDATE, str(QUBITS)], capture_output=True, check=True, cwd=os.getcwd()
    )
    Circuit.from_document(json.loads(done.stdout))


def in_this_process() -> None:
    from rewards.sandbox.serialise import to_document

    scope: dict[str, Callable[[int], object]] = {}
    exec(CANDIDATE, scope)
    Circuit.from_document(json.loads(json.dumps(to_document(scope["create_ansatz"](QUBITS)))))


def through(sandbox: Sandbox, without: Layers = Layers(0)) -> None:  # noqa: B008  # a constant
    result = sandbox.run_without(without, CANDIDATE, QUBITS)
    assert result.outcome == "ok", result


def measure(runs: int) -> dict[str, dict[str, float]]:
    """Milliseconds: {way: {"p50", "p95", "best" (the fastest 5 %), "runs"}}."""
    with Sandbox() as sandbox, Sandbox(SandboxSettings(), Protection(unsafe_no_sandbox=True)) as bare:
        ways: dict[str, Callable[[], None]] = {
            "plain fork": lambda: through(bare, Layers.ALL),
            "sandbox": lambda: through(sandbox),
            "in this process": in_this_process,
            "fresh interpreter": fresh_interpreter,
        }
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(-10, runs):
            for way, run in ways.items():
                if way == "fresh interpreter" and turn % FRESH_EVERY:
                    continue
                start = time.perf_counter()
                run()
                if turn >= 0:  # the first ten warm up
                    seconds[way].append(time.perf_counter() - start)
    return {way: _summary(taken) for way, taken in seconds.items()}


def _summary(seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=20)
    return {"p50": 1e3 * statistics.median(seconds), "p95": 1e3 * cuts[-1], "best": 1e3 * cuts[0], "runs": len(seconds)}


def throughput(sandboxes: int, runs: int) -> float:
    """Candidates a second of so many sandboxes, one thread feeding each."""
    opened = [Sandbox() for _ in range(sandboxes)]
    try:
        with ThreadPoolExecutor(sandboxes) as pool:
            for sandbox in opened:
                through(sandbox)
            start = time.perf_counter()
            list(pool.map(lambda k: through(opened[k % sandboxes]), range(runs)))
            return runs / (time.perf_counter() - start)
    finally:
        for sandbox in opened:
            sandbox.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    times = measure(arguments.runs)
    rates = {str(n): throughput(n, arguments.runs) for n in sorted({1, cores})}
    ratios = {
        "sandbox over plain fork": times["sandbox"]["p50"] / times["plain fork"]["p50"],
        "fresh interpreter over sandbox": times["fresh interpreter"]["p50"] / times["sandbox"]["p50"],
    }
    with Sandbox() as sandbox:
        level = sandbox.level
    if arguments.json:
        print(json.dumps({"level": level, "load": load, "ms": times, "per_second": rates, "ratios": ratios}))
        return
    print(f"level {level}, {cores} cores, load {load:.1f} at the start\n")
    print(f"{'':20}{'p50 ms':>10}{'p95 ms':>10}{'best 5 %':>10}{'runs':>8}")
    for way, row in times.items():
        print(f"{way:20}{row['p50']:10.2f}{row['p95']:10.2f}{row['best']:10.2f}{row['runs']:8.0f}")
    print()
    for count, rate in rates.items():
        print(f"{count} sandbox(es): {rate:.0f} candidates a second")
    for what, ratio in ratios.items():
        print(f"{what}: {ratio:.2f}")


if __name__ == "__main__":
    main()
