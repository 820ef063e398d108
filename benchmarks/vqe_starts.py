"""Which starts find the lowest energy that a circuit reaches, and at what cost, side by side.

    OMP_NUM_THREADS=1 python -m benchmarks.vqe_starts --seeds 21,22

Five classes of 20 circuits a seed on 4, 5 and 6 qubits; Hamiltonians in turn: TFIM, XY, Heisenberg, a molecule (h2 and
beh2; random terms on 5 qubits), random Pauli terms. The reference of a circuit is the best of 50 starts of scipy's
BFGS, uniform over the period of every reduced parameter; it is kept in benchmarks/results/vqe_starts.json and computed
where it is missing. A circuit ends high when a strategy's best is more than 1e-3 above. Other seeds than the default's
served to choose the strategy. CPU is that of a whole candidate (compile, gradient variance, VQE, Aer's check) over the
same with the starts of before; the state form, which all share, is not in it.

Tried on circuits of shared angles, and not better than as many plain uniform starts as the same work buys: the best of
4 to 128 uniform points as a start (the basins of good points are the wide ones, seldom the deepest); stopping starts
that are behind after 4 to 12 evaluations (early ranks mislead); starts around the best minima with one or two
parameters drawn anew, or bred from two of them; slices along each parameter through the best minimum; starts near
Clifford points; Sobol points; scaling each parameter by its generator. Ending starts loosely and finishing only the
best few saves a sixth of the work, Sobol points in tournaments of eight perhaps a quarter: too little for what they
add.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.reward_engine import MIXED, cpu_seconds
from quantum.aer import aer_energy
from quantum.barren_plateau import gradient_variance
from quantum.bfgs import minimise_from
from quantum.circuit import GATES, Angle, Circuit, Gate
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.program import PauliProgram, compile_program
from quantum.starts import draw_starts
from quantum.state_form import state_form
from quantum.statevector import energies, energies_and_gradients
from quantum.vqe import VqeSettings, rules_for

RESULTS: Final = Path(__file__).parent / "results" / "vqe_starts.json"
CIRCUITS: Final = 20
REFERENCE_STARTS: Final = 50
HIGH: Final = 1e-3
SETTINGS: Final = VqeSettings()

Points = NDArray[np.float64]


def case(kind: str, seed: int, number: int) -> tuple[Circuit, Hamiltonian]:
    """Circuit `number` of a class, and its Hamiltonian."""
    rng = np.random.default_rng([seed, number, list(CLASSES).index(kind)])
    num_qubits = 4 + number % 3
    return CLASSES[kind](rng, num_qubits), _hamiltonian(rng, num_qubits, number // 3)


def _hamiltonian(rng: np.random.Generator, num_qubits: int, number: int) -> Hamiltonian:
    name = ("tfim", "xy", "heisenberg", {4: "h2", 6: "beh2"}.get(num_qubits, "random"), "random")[number % 5]
    if name != "random":
        return build_hamiltonian(name, num_qubits)
    labels = {"".join(rng.choice(list("IXYZ"), num_qubits)) for _ in range(3 * num_qubits)}
    return Hamiltonian(name, num_qubits, tuple((label, float(rng.normal())) for label in sorted(labels)))


def gate_list(rng: np.random.Generator, num_qubits: int, least: int = 2, most: int = 5, shared: float = 0.0) -> Circuit:
    """`least` to `most` gates a qubit, of sixteen kinds on random qubits; a share of the angles is an earlier one's."""
    gates: list[Gate] = []
    count = 0
    for name in rng.choice(MIXED, int(rng.integers(least * num_qubits, most * num_qubits + 1))):
        angles = []
        for _ in range(GATES[name].num_angles):
            repeats = count > 0 and rng.random() < shared
            angles.append(Angle(((int(rng.integers(count)) if repeats else count, 2.0 if repeats else 1.0),)))
            count += not repeats
        qubits = tuple(int(q) for q in rng.permutation(num_qubits)[: GATES[name].num_qubits])
        gates.append(Gate(str(name), qubits, tuple(angles)))
    return Circuit(num_qubits, count, tuple(gates))


def hardware_efficient(rng: np.random.Generator, num_qubits: int) -> Circuit:
    """One to three layers of one or two rotations a qubit, entangled along a line or all to all."""
    names = [("ry",), ("ry", "rz"), ("rx", "rz"), ("rx", "ry")][rng.integers(4)]
    full, entangler, reps = bool(rng.random() < 0.3), str(rng.choice(["cx", "cz"])), int(rng.integers(1, 4))
    bonds = [(a, b) for a in range(num_qubits) for b in range(a + 1, num_qubits) if full or b == a + 1]
    gates: list[Gate] = []
    count = 0
    for layer in range(reps + 1):
        for name in names:
            gates += [Gate(name, (q,), (Angle(((count + q, 1.0),)),)) for q in range(num_qubits)]
            count += num_qubits
        if layer < reps:
            gates += [Gate(entangler, bond) for bond in bonds]
    return Circuit(num_qubits, count, tuple(gates))


def few_shared(rng: np.random.Generator, num_qubits: int, multipliers: tuple[float, ...] = (1.0, 1.0, 2.0)) -> Circuit:
    """Blocks of one rotation on every qubit or bond, all of one angle: a small multiple of one of 1 to 6 parameters."""
    count = int(rng.integers(1, 7))
    chain = [(q, q + 1) for q in range(num_qubits - 1)]
    gates = [Gate("h", (q,)) for q in range(num_qubits)] if rng.random() < 0.5 else []
    for block in range(count + int(rng.integers(2, 8))):
        index = block if block < count else int(rng.integers(count))
        angle = Angle(((index, float(rng.choice(multipliers))),))
        if rng.random() < 0.5:
            gates += [Gate(str(rng.choice(["rx", "ry", "rz"])), (q,), (angle,)) for q in range(num_qubits)]
        else:
            bonds = chain if rng.random() < 0.7 else [*chain, (num_qubits - 1, 0)]
            gates += [Gate(str(rng.choice(["rxx", "ryy", "rzz"])), bond, (angle,)) for bond in bonds]
    return Circuit(num_qubits, count, tuple(gates))


CLASSES: Final[dict[str, Callable[[np.random.Generator, int], Circuit]]] = {
    "random": gate_list,
    "hardware-efficient": hardware_efficient,
    "few shared": few_shared,
    "larger random": lambda rng, n: gate_list(rng, n, 5, 8, shared=0.2),
    "mixed multiples": lambda rng, n: few_shared(rng, n, (1.0, 1.0, 2.0, -1.0, 0.5, 3.0)),
}
"""The last two are harder, and outside what is promised."""


def before(program: PauliProgram, seed: int, restarts: int = 16) -> Points:
    """Of every four starts two N(0, 0.1), one N(0, 0.5), one uniform on (-pi, pi), in the parameters themselves."""
    stream = np.random.default_rng(seed)
    size = program.num_parameters
    draws = [
        stream.uniform(-np.pi, np.pi, size) if k % 4 == 3 else stream.normal(0.0, 0.5 if k % 4 == 1 else 0.1, size)
        for k in range(restarts)
    ]
    return np.array(draws)


def uniform(program: PauliProgram, seed: int, count: int = 16) -> Points:
    """Over the period of every parameter."""
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (count, program.num_parameters)) * program.periods


def now(program: PauliProgram, seed: int) -> Points:
    return draw_starts(program, SETTINGS.restarts, seed).points


def screened(program: PauliProgram, seed: int) -> Points:
    """As many as now, or at least 16; a quarter of them is kept, the best of every four."""
    points = uniform(program, seed, max(64, 4 * (len(now(program, seed)) // 4)))
    best = energies(program, points).reshape(-1, 4).argmin(axis=1)
    return points.reshape(len(best), 4, -1)[np.arange(len(best)), best]


STRATEGIES: Final[dict[str, Callable[[PauliProgram, int], Points]]] = {
    "before": before,
    "before, 32": lambda program, seed: before(program, seed, 32),
    "uniform, 16": uniform,
    "screened": screened,
    "now": now,
}


def reference(program: PauliProgram, seed: int) -> float:
    """The best of 50 uniform starts of scipy's BFGS."""
    from scipy.optimize import minimize

    def objective(point: Points) -> tuple[float, Points]:
        values, gradients = energies_and_gradients(program, point[None])
        return float(values[0]), gradients[0]

    points = uniform(program, seed + 10_000, REFERENCE_STARTS)
    if not program.num_parameters:
        return float(energies(program, points[:1])[0])
    return min(float(minimize(objective, point, jac=True, method="BFGS").fun) for point in points)


def references(seeds: list[int]) -> dict[str, float]:
    """Those of the file, and those of `seeds`, which are added to it."""
    known: dict[str, float] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    wanted = [(kind, seed, number) for kind in CLASSES for seed in seeds for number in range(CIRCUITS)]
    for kind, seed, number in wanted:
        key = f"{kind} {seed} {number}"
        if key not in known:
            circuit, hamiltonian = case(kind, seed, number)
            program = compile_program(state_form(circuit, hamiltonian.relabellings), hamiltonian)
            known[key] = round(reference(program, number), 9)
    RESULTS.write_text(json.dumps(dict(sorted(known.items())), indent=0) + "\n")
    return known


def measured(kind: str, seed: int, number: int, repeats: int) -> tuple[float, dict[str, tuple[float, int, float]]]:
    """CPU seconds of what all strategies share; of each the best energy, its evaluations, its CPU seconds."""
    circuit, hamiltonian = case(kind, seed, number)
    form = state_form(circuit, hamiltonian.relabellings)
    program, rules = compile_program(form, hamiltonian), rules_for(hamiltonian, SETTINGS)
    theta = form.theta([0.0] * form.num_parameters)

    def common() -> None:
        gradient_variance(replace(form), hamiltonian)  # a copy is compiled anew
        aer_energy(circuit, theta, hamiltonian)

    found = {}
    for name, draw in STRATEGIES.items():
        minima = minimise_from(program, draw(program, number), rules)
        seconds = cpu_seconds(lambda d=draw: minimise_from(program, d(program, number), rules), repeats)
        found[name] = float(minima.energies.min()), int(minima.evaluations.sum()), seconds
    return cpu_seconds(common, repeats), found


def print_table(seeds: list[int], repeats: int) -> None:
    known = references(seeds)
    headings = ["class", *(f"{name}: high, evaluations, CPU" for name in STRATEGIES)]
    print("| " + " | ".join(headings) + " |\n" + "|---" * len(headings) + "|")
    for kind in CLASSES:
        high, work, seconds = (dict.fromkeys(STRATEGIES, 0.0) for _ in range(3))
        for seed in seeds:
            for number in range(CIRCUITS):
                common, found = measured(kind, seed, number, repeats)
                for name, (energy, evaluations, spent) in found.items():
                    high[name] += energy > known[f"{kind} {seed} {number}"] + HIGH
                    work[name] += evaluations
                    seconds[name] += common + spent
        cells = [
            f"{high[name]:.0f} of {CIRCUITS * len(seeds)}, {work[name] / CIRCUITS / len(seeds):.0f}, "
            f"{seconds[name] / seconds['before']:.2f}"
            for name in STRATEGIES
        ]
        print("| " + " | ".join([kind, *cells]) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[21, 22])
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    print_table(arguments.seeds, arguments.repeats)


if __name__ == "__main__":
    main()
