"""Hardware-efficient circuits: rotation layers between entangling layers, as in Qiskit's `n_local` functions.

    RealAmplitudes, reps=1, linear        EfficientSU2, reps=1, linear
    q0: RY--o-----RY                      q0: RY-RZ--o-----RY-RZ
    q1: RY--X--o--RY                      q1: RY-RZ--X--o--RY-RZ
    q2: RY-----X--RY                      q2: RY-RZ-----X--RY-RZ

The entanglements are Qiskit's: linear, reverse_linear, circular, full, pairwise, sca (shifted circular alternating).
Kandala et al., Nature 549, 242 (2017); controlled rotations: Sim et al., Adv. Quantum Technol. 2, 1900070 (2019).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, product
from typing import Final

from quantum.ansatze.family import Draft, Family
from quantum.circuit import GATES, Circuit

Bonds = list[tuple[int, int]]

ROTATIONS: Final = (("ry",), ("ry", "rz"), ("rx",), ("rx", "rz"), ("rz", "ry"), ("rx", "ry"))
FIXED_ENTANGLERS: Final = ("cx", "cz")
ROTATING_ENTANGLERS: Final = ("crx", "cry", "crz", "cp", "rxx", "rzz")
_NAMES: Final = {("ry", "cx"): "real_amplitudes(", ("ry+rz", "cx"): "efficient_su2("}


def families(num_qubits: int) -> Iterator[Family]:
    """All rotations with all entanglers and entanglements; cx and cz also from |+>, or without the last layer."""
    for rotations in ROTATIONS:
        layer = "+".join(rotations)
        yield Family(f"product_state({layer})", partial(build, num_qubits, rotations, None, _linear), fixed=True)
        for entangler, (entanglement, bonds) in product(FIXED_ENTANGLERS, ENTANGLEMENTS.items()):
            name = _NAMES.get((layer, entangler), f"two_local({layer}, {entangler}, ")
            for plus, last in product((False, True), (True, False)):
                extra = ", plus" * plus + ", skip_final_rotation_layer" * (not last)
                make = partial(build, num_qubits, rotations, entangler, bonds, plus=plus, last=last)
                yield Family(f"{name}reps={{reps}}, {entanglement}{extra})", make)
        for entangler, (entanglement, bonds) in product(ROTATING_ENTANGLERS, ENTANGLEMENTS.items()):
            make = partial(build, num_qubits, rotations, entangler, bonds)
            yield Family(f"two_local({layer}, {entangler}, reps={{reps}}, {entanglement})", make)


def build(
    num_qubits: int,
    rotations: tuple[str, ...],
    entangler: str | None,
    bonds: Callable[[int, int], Bonds],
    reps: int,
    plus: bool = False,
    last: bool = True,
) -> Circuit:
    """`reps` times rotations and entanglers, then rotations again if `last`; `bonds(n, block)` lists the pairs."""
    draft = Draft(num_qubits)
    if plus:
        for q in range(num_qubits):
            draft.fixed("h", q)
    for block in range(reps if entangler else 0):
        _rotation_layer(draft, rotations)
        for pair in bonds(num_qubits, block):
            if entangler and GATES[entangler].num_angles:
                draft.rotate(entangler, pair, draft.parameter())
            elif entangler:
                draft.fixed(entangler, *pair)
    if last:
        _rotation_layer(draft, rotations)
    return draft.circuit()


def _rotation_layer(draft: Draft, rotations: tuple[str, ...]) -> None:
    for name in rotations:
        for q in range(draft.num_qubits):
            draft.rotate(name, (q,), draft.parameter())


def _linear(n: int, block: int) -> Bonds:
    return [(q, q + 1) for q in range(n - 1)]


def _reverse_linear(n: int, block: int) -> Bonds:
    return _linear(n, block)[::-1]


def _circular(n: int, block: int) -> Bonds:
    return [(n - 1, 0), *_linear(n, block)] if n > 2 else _linear(n, block)


def _full(n: int, block: int) -> Bonds:
    return list(combinations(range(n), 2))


def _pairwise(n: int, block: int) -> Bonds:
    return [(q, q + 1) for first in (0, 1) for q in range(first, n - 1, 2)]


def _sca(n: int, block: int) -> Bonds:
    bonds = _circular(n, block)
    shift = len(bonds) - block % len(bonds) if bonds else 0
    bonds = bonds[shift:] + bonds[:shift]
    return [(b, a) for a, b in bonds] if block % 2 else bonds


ENTANGLEMENTS: Final[dict[str, Callable[[int, int], Bonds]]] = {
    "linear": _linear,
    "reverse_linear": _reverse_linear,
    "circular": _circular,
    "full": _full,
    "pairwise": _pairwise,
    "sca": _sca,
}
