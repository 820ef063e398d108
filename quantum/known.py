"""Whether a circuit is a known one: its `ansatz_hash` against a library of textbook and published families.

The library (`quantum/ansatze`) is built for the circuit's own number of qubits and of parameters, on demand, and kept.
Names of parameters, their signs and scales, the order of commuting gates and everything else that the normal form knows
make no difference. A circuit that prepares the same states by another unitary, or with its qubits relabelled, is not
recognised: None means "not in the library", never "new".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from quantum.ansatze import hva, pair_excitation, two_local
from quantum.ansatze.family import Family
from quantum.canonical import canonical
from quantum.circuit import Circuit

if TYPE_CHECKING:
    from quantum.hamiltonians import Hamiltonian


MAX_REPS_PER_QUBIT: Final = 1
"""Known circuits are looked for up to this many repetitions a qubit; half a repetition a qubit solves a ring."""


def known_as(circuit: Circuit, hamiltonian: Hamiltonian | None = None) -> str | None:
    """The name of the known circuit that `circuit` equals, such as "hva(reps=2)"; None when the library has none.

    With a Hamiltonian on as many qubits, its own variational circuits come first.
    """
    found = canonical(circuit)
    names = _names(circuit.num_qubits, len(found.parameter_order), hamiltonian)
    return names.get(found.ansatz_hash)


@lru_cache(maxsize=512)
def _names(num_qubits: int, num_parameters: int, hamiltonian: Hamiltonian | None) -> Mapping[str, str]:
    """Names by ansatz hash of the library circuits with these numbers of qubits and parameters; the first one stays."""
    names: dict[str, str] = {}
    seen: set[Circuit] = set()
    for family in _families(num_qubits, hamiltonian):
        reps = _reps(family, num_parameters)
        if reps is None or reps > MAX_REPS_PER_QUBIT * num_qubits:
            continue
        circuit = family.build(reps)
        if circuit not in seen:
            seen.add(circuit)
            names.setdefault(canonical(circuit).ansatz_hash, family.name.format(reps=reps))
    return names


def _reps(family: Family, num_parameters: int) -> int | None:
    """How many repetitions have that many parameters; each repetition adds as many as the one before."""
    missing = num_parameters - family.build(1).num_parameters
    if missing == 0 or family.fixed:
        return 1 if missing == 0 else None
    more, rest = divmod(missing, family.build(2).num_parameters - family.build(1).num_parameters)
    return 1 + more if more > 0 and rest == 0 else None


def _families(num_qubits: int, hamiltonian: Hamiltonian | None) -> Iterator[Family]:
    if hamiltonian is not None and hamiltonian.num_qubits == num_qubits:
        yield from hva.families(hamiltonian)
    yield from two_local.families(num_qubits)
    yield from pair_excitation.families(num_qubits)
