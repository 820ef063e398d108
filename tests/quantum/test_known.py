"""Textbook circuits are recognised in disguise; Qiskit's own library says what they are."""

from __future__ import annotations

import math
import random

import pytest
from qiskit.circuit.library import efficient_su2, n_local, real_amplitudes

from quantum.circuit import Angle, Circuit, Gate
from quantum.formats import circuit_from_qiskit
from quantum.hamiltonians import Hamiltonian
from quantum.known import known_as
from quantum.reference import statevector
from tests.quantum.drawn_circuits import circuit_of, theta

T = theta(0)


def chain(n: int, kinds: dict[str, float], periodic: bool = False, field: float = 0.0) -> Hamiltonian:
    """sum over neighbours of kinds' couplings, and field * sum X."""
    terms = []
    for q in range(n if periodic else n - 1):
        for kind, coupling in kinds.items():
            letters = ["I"] * n
            letters[q], letters[(q + 1) % n] = kind
            terms.append(("".join(reversed(letters)), coupling))
    terms += [("I" * (n - 1 - q) + "X" + "I" * q, field) for q in range(n) if field]
    return Hamiltonian("chain", n, tuple(terms))


@pytest.mark.parametrize("entanglement", ["linear", "reverse_linear", "circular", "full", "pairwise", "sca"])
@pytest.mark.parametrize("reps", [1, 2, 3])
def test_qiskits_own_circuits_go_by_their_names(entanglement: str, reps: int) -> None:
    for name, build in (("efficient_su2", efficient_su2), ("real_amplitudes", real_amplitudes)):
        found = known_as(circuit_from_qiskit(build(4, entanglement=entanglement, reps=reps)))
        # Equal unitaries: full and reverse_linear (Qiskit's page says so), and sca's first block is circular.
        same = {"full": "reverse_linear", "sca": "sca" if reps > 1 else "circular"}.get(entanglement, entanglement)
        assert found == f"{name}(reps={reps}, {same})"


def test_n_local_circuits_with_other_gates_are_known() -> None:
    circuit = n_local(3, ["rx", "rz"], "crx", "linear", reps=2)
    assert known_as(circuit_from_qiskit(circuit)) == "two_local(rx+rz, crx, reps=2, linear)"
    circuit = n_local(3, "ry", "cz", "linear", reps=2, skip_final_rotation_layer=True)
    assert known_as(circuit_from_qiskit(circuit)) == "two_local(ry, cz, reps=2, linear, skip_final_rotation_layer)"


def tfim_layers(n: int, reps: int, scale: float, plus: bool) -> Circuit:
    rows: list[tuple[object, ...]] = [("h", (q,)) for q in range(n)] if plus else []
    for r in range(reps):
        rows += [("rzz", (q, (q + 1) % n), theta(2 * r, scale)) for q in range(n)]
        rows += [("rx", (q,), theta(2 * r + 1, -scale)) for q in range(n)]
    return circuit_of(n, 2 * reps, *rows)


@pytest.mark.parametrize("plus", [True, False])
@pytest.mark.parametrize("scale", [1.0, 2.0, -0.5])
@pytest.mark.parametrize("reps", [1, 2, 3])
def test_the_hva_of_the_ising_chain_whatever_its_scale(reps: int, scale: float, plus: bool) -> None:
    hamiltonian = chain(6, {"ZZ": -1.0}, periodic=True, field=-0.7)
    circuit = tfim_layers(6, reps, scale, plus)
    assert known_as(circuit, hamiltonian) == f"hva(reps={reps})"
    assert known_as(circuit) is None


def test_a_disguise_changes_nothing_and_a_change_does() -> None:
    hamiltonian = chain(4, {"ZZ": -1.0}, periodic=True, field=-1.0)
    circuit = tfim_layers(4, 2, 2.0, plus=True)
    disguised = []
    for gate in circuit.gates:
        if gate.name == "rzz":
            a, b = gate.qubits
            renamed = Angle(tuple((3 - i, c) for i, c in gate.angles[0].terms))
            disguised += [Gate("cx", (b, a)), Gate("p", (a,), (renamed,)), Gate("cx", (b, a))]
        else:
            disguised.append(
                Gate(gate.name, gate.qubits, tuple(Angle(tuple((3 - i, c) for i, c in a.terms)) for a in gate.angles))
            )
    assert known_as(Circuit(4, 4, tuple(disguised)), hamiltonian) == "hva(reps=2)"
    assert known_as(Circuit(4, 4, tuple(disguised[:-1])), hamiltonian) is None


@pytest.mark.parametrize("shared", ["colour", "kind", "both"])
def test_the_hva_of_the_heisenberg_chain_from_singlets_and_neel(shared: str) -> None:
    n, reps = 4, 2
    hamiltonian = chain(n, {"XX": 1.0, "YY": 1.0, "ZZ": 1.0})
    singlets = [row for q in (0, 2) for row in (("x", (q,)), ("h", (q,)), ("x", (q + 1,)), ("cx", (q, q + 1)))]
    neel = [("x", (q,)) for q in (0, 2)]
    for start in (singlets, neel):
        rows: list[tuple[object, ...]] = list(start)
        names: dict[object, int] = {}
        for r in range(reps):
            for colour in (0, 1):
                for q in range(colour, n - 1, 2):
                    for kind in ("rxx", "ryy", "rzz"):
                        key = {"colour": (r, colour), "kind": (r, kind), "both": (r, colour, kind)}[shared]
                        rows.append((kind, (q, q + 1), theta(names.setdefault(key, len(names)))))
        assert known_as(circuit_of(n, len(names), *rows), hamiltonian) == "hva(reps=2)"


def test_couplings_as_coefficients_and_multi_angle() -> None:
    n = 3
    hamiltonian = Hamiltonian("uneven", n, (("IZZ", 0.5), ("ZZI", 1.5), ("IIX", 1.0), ("IXI", 1.0), ("XII", 1.0)))
    rows = [("rzz", (0, 1), theta(0)), ("rzz", (1, 2), theta(0, 3)), *(("rx", (q,), theta(1)) for q in range(n))]
    assert known_as(circuit_of(n, 2, *rows), hamiltonian) == "hva(reps=1)"
    own = [(name, qubits, theta(k)) for k, (name, qubits, _) in enumerate(rows)]
    assert known_as(circuit_of(n, len(own), *own), hamiltonian) == "multi_angle_hva(reps=1)"


def test_qaoa_for_a_diagonal_hamiltonian() -> None:
    hamiltonian = Hamiltonian("cut", 3, (("IZZ", 1.0), ("ZIZ", 1.0), ("III", -1.0)))
    rows = [
        *(("h", (q,)) for q in range(3)),
        ("rzz", (0, 1), theta(0, 2)),
        ("rzz", (0, 2), theta(0, 2)),
        *(("rx", (q,), theta(1, 2)) for q in range(3)),
    ]
    assert known_as(circuit_of(3, 2, *rows), hamiltonian) == "qaoa(reps=1)"


PAIR_EXCITATIONS = {
    "fan from a virtual orbital": [
        ("ry", (1,), T),
        ("cx", (1, 3)),
        ("cx", (1, 0)),
        ("cx", (1, 2)),
        ("x", (0,)),
        ("x", (2,)),
    ],
    "x first": [("x", (0,)), ("x", (2,)), ("ry", (1,), T), ("cx", (1, 2)), ("cx", (1, 0)), ("cx", (1, 3))],
    "line from an occupied orbital": [
        ("ry", (0,), theta(0, -2)),
        ("x", (0,)),
        ("cx", (0, 2)),
        ("cx", (2, 1)),
        ("x", (1,)),
        ("x", (3,)),
        ("cx", (2, 3)),
    ],
}


@pytest.mark.parametrize("name", PAIR_EXCITATIONS)
def test_a_pair_excitation_by_any_tree_of_cx(name: str) -> None:
    circuit = circuit_of(4, 1, *PAIR_EXCITATIONS[name])
    support = {f"{b:04b}" for b in abs(statevector(circuit, [0.8])).round(9).nonzero()[0]}
    assert support == {"0101", "1010"}
    assert known_as(circuit) == "pair_excitation(0,2 -> 1,3)"


def test_four_qubits_entangled_otherwise_are_no_pair_excitation() -> None:
    """|0001> and |1110>: one particle and three."""
    rows = [("x", (0,)), ("x", (2,)), ("ry", (1,), T), ("cx", (1, 3)), ("cx", (1, 0)), ("cx", (0, 2))]
    assert known_as(circuit_of(4, 1, *rows)) is None


def test_random_circuits_and_wider_hamiltonians_are_not_known() -> None:
    generator = random.Random(2)
    molecule = Hamiltonian("three-body", 4, (("XXYY", 0.1), ("ZIII", 0.5)))
    for _ in range(5):
        rows = [(generator.choice(("rx", "rz")), (generator.randrange(4),), theta(k)) for k in range(6)]
        rows += [("rzx", (0, 3), theta(6, 1.0, math.pi / 4))]
        assert known_as(circuit_of(4, 7, *rows), molecule) is None


def test_a_hamiltonian_of_another_size_is_left_aside() -> None:
    assert known_as(tfim_layers(4, 1, 1.0, plus=True), chain(6, {"ZZ": 1.0}, periodic=True, field=1.0)) is None


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_smallest_circuits_have_names_too(n: int) -> None:
    circuit = circuit_of(n, n, *[("ry", (q,), theta(q)) for q in range(n)])
    assert known_as(circuit) == "product_state(ry)"
    assert known_as(circuit_of(n, 0)) is None
