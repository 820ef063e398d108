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
    for family, first, more in _growth(num_qubits, hamiltonian):
        reps = _reps(num_parameters - first, more)
        if reps is None or reps > MAX_REPS_PER_QUBIT * num_qubits:
            continue
        circuit = family.build(reps)
        if circuit not in seen:
            seen.add(circuit)
            names.setdefault(canonical(circuit).ansatz_hash, family.name.format(reps=reps))
    return names


@lru_cache(maxsize=32)
def _growth(num_qubits: int, hamiltonian: Hamiltonian | None) -> list[tuple[Family, int, int]]:
    """Each family with its parameters at one repetition, and how many more each further one has (0: there is none)."""
    return [
        (family, first, 0 if family.fixed else family.build(2).num_parameters - first)
        for family in _families(num_qubits, hamiltonian)
        for first in [family.build(1).num_parameters]
    ]


def _reps(missing: int, more: int) -> int | None:
    """How many repetitions make up for `missing` parameters when each beyond the first has `more`."""
    if missing == 0:
        return 1
    return 1 + missing // more if more and missing > 0 and missing % more == 0 else None


def _families(num_qubits: int, hamiltonian: Hamiltonian | None) -> Iterator[Family]:
    if hamiltonian is not None and hamiltonian.num_qubits == num_qubits:
        yield from hva.families(hamiltonian)
    yield from two_local.families(num_qubits)
    yield from pair_excitation.families(num_qubits)
