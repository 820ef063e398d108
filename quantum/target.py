"""What counts as found: the target of a problem, what it comes to at one size, and how far a circuit is from it.

A relative error is the error over |E - c|, c the coefficient of the identity: the distance from the mean energy of all
states to the ground energy. It is above zero for every Hamiltonian that is no multiple of the identity, and a constant
added to H changes nothing.

A circuit of error e has a fidelity of at least 1 - e / gap with the ground space, so an error of half the gap may be an
equal mixture of two levels. A target `below_gap`, as every problem has that states none of its own, is therefore
lowered to half the gap where it is not below it, and asks for `USUAL_FIDELITY` too where the error does not vouch for
it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from quantum.errors import RequestError
from quantum.units import CHEMICAL_ACCURACY

RELATIVE_ACCURACY: Final = 1e-3
USUAL_FIDELITY: Final = 0.9


class Measured(Protocol):
    """One size of a measured circuit (`rewards.record.SizeScore` is one)."""

    @property
    def num_qubits(self) -> int: ...
    @property
    def error(self) -> float: ...
    @property
    def fidelity(self) -> float | None: ...


@dataclass(frozen=True)
class Target:
    """The error up to which a ground energy counts as found, and the least fidelity with the ground space.

    `relative` means relative to |exact energy - mean energy|, `absolute` in the Hamiltonian's unit. A target that is
    not `below_gap` is taken as it is.
    """

    kind: Literal["relative", "absolute"]
    value: float
    fidelity: float | None = None
    below_gap: bool = False

    def __post_init__(self) -> None:
        if self.kind not in ("relative", "absolute"):
            raise RequestError(f"target: kind must be relative or absolute, not {self.kind!r}")
        if not (math.isfinite(self.value) and self.value > 0):
            raise RequestError(f"target: value must be a positive number, not {self.value!r}")
        if self.fidelity is not None and not 0 < self.fidelity < 1:
            raise RequestError(f"target: fidelity must lie between 0 and 1, such as 0.99, not {self.fidelity!r}")

    def changed(
        self,
        kind: Literal["relative", "absolute"] | None = None,
        value: float | None = None,
        fidelity: float | None = None,
        below_gap: bool | None = None,
    ) -> Target:
        """With what is not None in place of its own. A new value is taken as asked unless `below_gap` is given too.
        Raises `RequestError`."""
        if value is None and kind not in (None, self.kind):
            raise RequestError(f"target: kind {kind} needs a value too, such as target.value=1e-3")
        return replace(
            self,
            kind=kind or self.kind,
            value=self.value if value is None else value,
            fidelity=self.fidelity if fidelity is None else fidelity,
            below_gap=(self.below_gap and value is None) if below_gap is None else below_gap,
        )

    def goal(self, scale: float, gap: float | None) -> Goal:
        """What it comes to where |exact energy - mean energy| is `scale` and the next level lies `gap` higher.

        Where the gap is not resolved nothing can be lowered, so the usual fidelity is asked for instead.
        """
        asked = self.value * scale if self.kind == "relative" else self.value
        if not self.below_gap:
            return Goal(asked, self.fidelity, asked, gap)
        error = asked if gap is None else min(asked, gap / 2)
        vouched = gap is not None and error <= (1 - USUAL_FIDELITY) * gap
        usual = None if vouched else USUAL_FIDELITY
        return Goal(error, usual if self.fidelity is None else self.fidelity, asked, gap)


def usual_target(unit: str) -> Target:
    """Chemical accuracy where the unit is one of chemistry, else a relative error of 1e-3; below half the gap."""
    if unit in CHEMICAL_ACCURACY:
        return Target("absolute", CHEMICAL_ACCURACY[unit], below_gap=True)
    return Target("relative", RELATIVE_ACCURACY, below_gap=True)


@dataclass(frozen=True, slots=True)
class Goal:
    """A target at one size: the largest `error` and the least `fidelity` (None: any), beside the error `asked` for
    before it was lowered and the `gap` (None: not resolved). Energies are absolute, in the Hamiltonian's unit."""

    error: float
    fidelity: float | None
    asked: float
    gap: float | None

    def excess(self, error: float, fidelity: float | None) -> float:
        """How many times the goal is missed, 1 where it is just met: the larger of the error over the largest error
        and of the infidelity over the largest infidelity. A fidelity that nobody knows counts as 0."""
        if self.fidelity is None:
            return error / self.error
        infidelity = 1.0 - (fidelity if fidelity is not None else 0.0)
        return max(error / self.error, infidelity / (1.0 - self.fidelity))

    def remarks(self, product_error: float, unit: str) -> list[str]:
        """Why meeting it need not mean much, and what was done about it; empty where there is nothing to say."""
        found = []
        fidelity = "" if self.fidelity is None else f" with a fidelity of at least {self.fidelity:g}"
        if not self.inside_gap:
            half = (
                "half the gap, which is not resolved"
                if self.gap is None
                else f"half the gap ({self.gap / 2:.2g} {unit})"
            )
            taken = f"taken as asked{fidelity or ', so that meeting it need not mean the ground state'}"
            done = f"lowered to {self.error:.2g} {unit}{fidelity}" if self.error < self.asked else taken
            found.append(f"the target of {self.asked:.2g} {unit} is not below {half}; {done}")
        if product_error <= self.error:
            decides = "" if self.fidelity is None else f", so that the fidelity of at least {self.fidelity:g} decides"
            found.append(f"a product state has an error of {product_error:.2g} {unit}, inside the target{decides}")
        return found

    @property
    def inside_gap(self) -> bool:
        """Whether the error that was asked for is below half the gap."""
        return self.gap is not None and self.asked < self.gap / 2
