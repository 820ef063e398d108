"""How many candidates a second one core scores: ours, stage by stage, and what else one would use, side by side.

    OMP_NUM_THREADS=1 python -m benchmarks.reward_engine              ours
    OMP_NUM_THREADS=1 python -m benchmarks.reward_engine --peers      and every peer that can be imported

Peers are not dependencies; they have an environment of their own:
    python -m venv .bench-venv
    .bench-venv/bin/pip install -e . qulacs pennylane pennylane-lightning qiskit-algorithms

Task: from a gate list to an Aer-checked energy, TFIM open chain, ten candidates a size (EfficientSU2 linear and full,
RealAmplitudes, the HVA with n/2 layers, six random mixtures of sixteen kinds of gates with P = 30). Ours: 64-sample
gradient variance, 20 starts or more to convergence, Aer's check. A peer: the same 64 samples and ONE start, on one
candidate, `--peer-candidate`. All times are CPU seconds of one process (every thread counts); medians over `--repeats`.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quantum import aer
from quantum.barren_plateau import gradient_variance
from quantum.circuit import GATES, Angle, Circuit, Gate
from quantum.ground_space import fidelity
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.program import compile_program
from quantum.state import statevector
from quantum.state_form import state_form
from quantum.statevector import energies_and_gradients
from quantum.vqe import VqeSettings, engine_fingerprint, minimise

NEEDED = {4: 100, 6: 80, 8: 35, 10: 8, 12: 2}
HOPED = {4: 150, 6: 120, 8: 70, 10: 20, 12: 5}
MIXED = ["rx", "ry", "rz", "h", "x", "cx", "cz", "swap", "rzz", "rxx", "ryy", "crx", "cry", "crz", "p", "u"]


def two_local(num_qubits: int, rotations: tuple[str, ...], reps: int, full: bool = False) -> Circuit:
    gates: list[Gate] = []
    count = 0
    for layer in range(reps + 1):
        for name in rotations:
            for q in range(num_qubits):
                gates.append(Gate(name, (q,), (Angle(((count, 1.0),)),)))
                count += 1
        if layer < reps:
            bonds = [(a, b) for a in range(num_qubits) for b in range(a + 1, num_qubits) if full or b == a + 1]
            gates += [Gate("cx", bond) for bond in bonds]
    return Circuit(num_qubits, count, tuple(gates))


def hva(num_qubits: int) -> Circuit:
    gates = [Gate("h", (q,)) for q in range(num_qubits)]
    for layer in range(num_qubits // 2):
        gates += [Gate("rzz", (q, q + 1), (Angle(((2 * layer, 2.0),)),)) for q in range(num_qubits - 1)]
        gates += [Gate("rx", (q,), (Angle(((2 * layer + 1, 2.0),)),)) for q in range(num_qubits)]
    return Circuit(num_qubits, 2 * (num_qubits // 2), tuple(gates))


def mixture(seed: int, num_qubits: int, num_parameters: int = 30) -> Circuit:
    """Random kinds on random qubits until every parameter is in; some angles are shared, some are 2 a + b - 0.3."""
    rng = np.random.default_rng(seed)
    gates: list[Gate] = []
    used = 0

    def angle() -> Angle:
        nonlocal used
        if used < num_parameters and (used < 2 or rng.random() < 0.8):
            used += 1
            return Angle(((used - 1, 1.0),))
        a, b = sorted(int(index) for index in rng.permutation(used)[:2])
        return Angle(((a, 2.0), (b, 1.0)), -0.3) if rng.random() < 0.5 else Angle(((a, 1.0),))

    while used < num_parameters or len(gates) < 60:
        name = str(rng.choice(MIXED))
        qubits = tuple(int(q) for q in rng.permutation(num_qubits)[: GATES[name].num_qubits])
        gates.append(Gate(name, qubits, tuple(angle() for _ in range(GATES[name].num_angles))))
    return Circuit(num_qubits, num_parameters, tuple(gates))


def candidates(num_qubits: int) -> dict[str, Circuit]:
    return {
        "su2 linear": two_local(num_qubits, ("ry", "rz"), 2 if num_qubits < 8 else 1),
        "su2 full": two_local(num_qubits, ("ry", "rz"), 1, full=True),
        "real amplitudes": two_local(num_qubits, ("ry",), 3),
        "hva": hva(num_qubits),
        **{f"mixture {seed}": mixture(seed, num_qubits) for seed in range(6)},
    }


def cpu_seconds(call: Callable[[], object], repeats: int) -> float:
    """Median CPU seconds of one call."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        call()
        times.append(time.process_time() - started)
    return statistics.median(times)


def stages(circuit: Circuit, hamiltonian: Hamiltonian, repeats: int) -> dict[str, float]:
    """CPU seconds of each stage of our score."""
    settings = VqeSettings()

    theta = minimise(circuit, hamiltonian, settings, seed=1).parameters  # and everything is warm
    form = state_form(circuit, hamiltonian.relabellings)
    checked = cpu_seconds(lambda: aer.aer_energy(circuit, theta, hamiltonian), repeats)
    gradient_variance(form, hamiltonian)
    return {
        "form": cpu_seconds(lambda: state_form.__wrapped__(circuit, hamiltonian.relabellings), repeats),
        "compile": cpu_seconds(lambda: compile_program(replace(form), hamiltonian), repeats),
        "variance": cpu_seconds(lambda: gradient_variance(form, hamiltonian), repeats),
        "vqe": cpu_seconds(lambda: minimise(circuit, hamiltonian, settings, seed=1), repeats) - checked,
        "aer": checked,
        # After the first one, which finds the ground space.
        "fidelity": cpu_seconds(lambda: fidelity(statevector(circuit, theta), hamiltonian), 10 * repeats),
    }


def print_ours(sizes: list[int], repeats: int) -> None:
    rates = "| n | needed /s | hoped /s | ours /s (mean) | ours /s (median) |"
    print(f"{rates} form | compile | variance | vqe | aer check | fidelity |")
    print("|---" * 11 + "|")
    for n in sizes:
        hamiltonian = build_hamiltonian("tfim", n)
        rows = [stages(circuit, hamiltonian, repeats) for circuit in candidates(n).values()]
        totals = [sum(row.values()) for row in rows]
        shares = {stage: sum(row[stage] for row in rows) / sum(totals) for stage in rows[0]}
        mean, median = len(totals) / sum(totals), 1 / statistics.median(totals)
        cells = [n, NEEDED.get(n, "-"), HOPED.get(n, "-"), f"{mean:.3g}", f"{median:.3g}"]
        print("| " + " | ".join(map(str, [*cells, *(f"{share:.1%}" for share in shares.values())])) + " |", flush=True)


def print_gradients(sizes: list[int], repeats: int) -> None:
    print("\nOne full gradient in a batch of 64, microseconds (rotations in brackets):")
    print("| n | " + " | ".join(list(candidates(4))[:5]) + " |")
    print("|---" * 6 + "|")
    for n in sizes:
        cells = []
        for circuit in list(candidates(n).values())[:5]:
            compiled = compile_program(circuit, build_hamiltonian("tfim", n))
            points: NDArray[np.float64] = np.random.default_rng(0).uniform(-3, 3, (64, circuit.num_parameters))
            seconds = cpu_seconds(lambda c=compiled, p=points: energies_and_gradients(c, p), 5 * repeats)
            cells.append(f"{seconds / 64 * 1e6:.2f} ({compiled.num_rotations})")
        print(f"| {n} | " + " | ".join(cells) + " |", flush=True)


def print_peers(sizes: list[int], candidate: str, peer_samples: int) -> None:
    from benchmarks.reward_engine_peers import available_peers

    print(
        f"\nOne candidate ({candidate}), seconds for 64 gradient samples + VQE; the energy error reached in brackets:"
    )
    peers = available_peers()
    print("| n | ours | " + " | ".join(f"{name} (1 start)" for name in peers) + " |")
    print("|---" * (2 + len(peers)) + "|")
    for n in sizes:
        circuit, hamiltonian = candidates(n)[candidate], build_hamiltonian("tfim", n)
        exact = exact_ground_energy(hamiltonian)
        seconds = sum(stages(circuit, hamiltonian, 3).values())
        cells = [f"{seconds:.4f} ({minimise(circuit, hamiltonian, VqeSettings(), 1).energy - exact:.1e})"]
        for peer in peers.values():
            measured = peer(circuit, hamiltonian, peer_samples)
            total = measured.variance_seconds * 64 / peer_samples + measured.vqe_seconds
            cells.append(f"{total:.3g} ({measured.energy - exact:.1e}), {total / seconds:.0f}x")
        print(f"| {n} | " + " | ".join(cells) + " |", flush=True)


def exact_ground_energy(hamiltonian: Hamiltonian) -> float:
    from quantum.exact import exact_energy

    return exact_energy(hamiltonian).energy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")], default=[4, 6, 8, 10, 12])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--peer-candidate", default="su2 linear", choices=list(candidates(4)))
    parser.add_argument("--peer-samples", type=int, default=4, help="gradient samples measured; 64 are charged")
    arguments = parser.parse_args()
    print(engine_fingerprint(), "\n")
    print_ours(arguments.sizes, arguments.repeats)
    print_gradients(arguments.sizes, arguments.repeats)
    if arguments.peers:
        print_peers(arguments.sizes, arguments.peer_candidate, arguments.peer_samples)


if __name__ == "__main__":
    main()
