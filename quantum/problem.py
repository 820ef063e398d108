"""A problem: a Hamiltonian family (or one Hamiltonian) with sizes, a target, limits on circuits, and a yardstick.

Written as a name with parameters (`tfim:field=0.5,boundary=periodic`), a problem YAML or a Hamiltonian JSON; see
`resolve_problem`, and `quantum.problem_file` for the keys of the YAML.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from quantum.circuit import MAX_QUBITS
from quantum.errors import RequestError, did_you_mean
from quantum.exact import ExactEnergy, exact_energy, trivial_energies
from quantum.families.base import Family, Reference
from quantum.hamiltonians import FAMILIES, Hamiltonian, Value, build_hamiltonian, find_family, load_hamiltonian
from quantum.limits import Limits, default_limits
from quantum.target import USUAL_FIDELITY, Goal, Measured, Target, usual_target
from quantum.units import CHEMICAL_ACCURACY

__all__ = [
    "Limits",
    "Problem",
    "Target",
    "default_limits",
    "family_problem",
    "list_problems",
    "resolve_problem",
    "single_problem",
]


@dataclass(frozen=True)
class Problem:
    """Everything that a run needs to know of its physics.

    Either `family` with `parameters` (all of them, defaults included: any allowed size can be built) or `instances`,
    one Hamiltonian a size. `sizes` are scored, `heldout_sizes` never. `limit_overrides` replace fields of
    `default_limits` at every size. Raises `RequestError` where a size does not fit.
    """

    name: str
    sizes: tuple[int, ...]
    heldout_sizes: tuple[int, ...]
    target: Target
    family: str | None = None
    parameters: tuple[tuple[str, Value], ...] = ()
    instances: tuple[Hamiltonian, ...] = ()
    limit_overrides: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if not self.sizes:
            raise RequestError(f"{self.name}: at least one size is needed")
        for k, n in enumerate(self._all_sizes):
            if type(n) is not int or not 1 <= n <= MAX_QUBITS:
                raise RequestError(f"{self.name}: a size must be a whole number from 1 to {MAX_QUBITS}, not {n!r}")
            if n in self._all_sizes[:k]:
                raise RequestError(f"{self.name}: size {n} is given twice")
            self.hamiltonian(n)
            self.limits_for(n)

    def hamiltonian(self, num_qubits: int) -> Hamiltonian:
        """Raises `RequestError` for a size that the problem does not have."""
        if self.family is not None:
            return build_hamiltonian(self.family, num_qubits, **dict(self.parameters))
        for instance in self.instances:
            if instance.num_qubits == num_qubits:
                return instance
        known = ", ".join(str(instance.num_qubits) for instance in self.instances)
        raise RequestError(f"{self.name} has {known or 'no'} qubits, not {num_qubits}")

    def limits_for(self, num_qubits: int) -> Limits:
        return Limits(**{**asdict(default_limits(num_qubits)), **dict(self.limit_overrides)})

    def reference(self, num_qubits: int) -> Reference:
        """What a known ansatz costs here at the first depth that meets the target, or a stated rule."""
        if self.family is None:
            return Reference.by_rule(num_qubits)
        return FAMILIES[self.family].reference(num_qubits, dict(self.parameters))

    def reference_two_qubit_gates(self, num_qubits: int) -> int:
        return self.reference(num_qubits).two_qubit_gates

    def reference_depth(self, num_qubits: int) -> int:
        return self.reference(num_qubits).depth

    def reference_parameters(self, num_qubits: int) -> int:
        return self.reference(num_qubits).parameters

    def level(self, num_qubits: int) -> ExactEnergy:
        """The ground level of the traceless part, whose energy is below 0."""
        return exact_energy(self.hamiltonian(num_qubits).traceless)

    def relative_error(self, num_qubits: int, error: float) -> float:
        """`error` over |exact energy - mean energy|."""
        return error / -self.level(num_qubits).energy

    def product_error(self, num_qubits: int) -> float:
        """The error of the best product state."""
        hamiltonian = self.hamiltonian(num_qubits).traceless
        return trivial_energies(hamiltonian).product_state - exact_energy(hamiltonian).energy

    def goal(self, num_qubits: int) -> Goal:
        """What the target comes to at one size."""
        if num_qubits not in self._goals:
            level = self.level(num_qubits)
            self._goals[num_qubits] = self.target.goal(-level.energy, level.gap)
        return self._goals[num_qubits]

    def threshold(self, num_qubits: int) -> float:
        """The largest error inside the target, absolute, in the Hamiltonian's unit."""
        return self.goal(num_qubits).error

    def excess(self, size: Measured) -> float:
        """How many times a measured size misses the target, at most 1 where it meets it (`Goal.excess`)."""
        return self.goal(size.num_qubits).excess(size.error, size.fidelity)

    def met(self, sizes: Iterable[Measured]) -> bool:
        """Whether the target is met at every one of the measured sizes."""
        return all(self.excess(size) <= 1 for size in sizes)

    @property
    def id(self) -> str:
        """16 hex characters of sha256 over what a score depends on; descriptions are left out."""
        document = self.to_document()
        document["hamiltonians"] = {str(n): self.hamiltonian(n).digest for n in self._all_sizes}
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]

    def describe_target(self) -> str:
        """What counts as found, in words: as asked, and what that comes to where a size asks for more."""
        target, unit = self.target, self.hamiltonian(self.sizes[0]).unit
        if target.kind == "relative":
            words = f"relative error of at most {target.value:g}"
        else:
            named = "chemical accuracy, " if target.value == CHEMICAL_ACCURACY.get(unit) else ""
            words = f"{named}an error of at most {target.value:g} {unit}"
        below = ", below half the gap" if target.below_gap else ""
        fidelity = target.fidelity or (USUAL_FIDELITY if target.below_gap else None)
        return f"{words}{below}" + (f", fidelity of at least {fidelity:g}" if fidelity else "")

    def warning(self, num_qubits: int) -> str | None:
        """A line where meeting the target need not mean much at this size, and what was done about it."""
        hamiltonian = self.hamiltonian(num_qubits)
        unit = hamiltonian.unit
        found = self.goal(num_qubits).remarks(self.product_error(num_qubits), unit)
        if not hamiltonian.unit_stated:
            found.insert(0, f"its file states no units: {unit} assumed (units: hartree for a molecule)")
        return f"{hamiltonian.name} on {num_qubits} qubits: {'; '.join(found)}" if found else None

    def warnings(self) -> list[str]:
        """The warnings of all sizes scored."""
        return [line for n in self.sizes if (line := self.warning(n))]

    def describe(self) -> str:
        """One paragraph for a person."""
        hamiltonian = self.hamiltonian(self.sizes[0])
        sentences = [
            hamiltonian.description.rstrip("."),
            f"Symmetries: {'; '.join(hamiltonian.symmetries) or 'none seen'}",
        ]
        held_out = f", held out: {', '.join(map(str, self.heldout_sizes))}" if self.heldout_sizes else ""
        sentences.append(f"Qubits: {', '.join(map(str, self.sizes))}{held_out}")
        sentences.append(f"Target: {self.describe_target()}")
        if self.family is not None and FAMILIES[self.family].parameters:
            sentences.append(f"Parameters: {'; '.join(_parameter_lines(FAMILIES[self.family]))}")
        return ". ".join(sentences) + "."

    def to_document(self) -> dict[str, Any]:
        """JSON-able and complete: the terms of every Hamiltonian and the resolved limits stand in it."""
        return {
            "name": self.name,
            "family": self.family,
            "parameters": dict(self.parameters),
            "sizes": list(self.sizes),
            "heldout_sizes": list(self.heldout_sizes),
            "target": asdict(self.target),
            "limit_overrides": {key: list(v) if isinstance(v, tuple) else v for key, v in self.limit_overrides},
            "limits": {str(n): _limits_document(self.limits_for(n)) for n in self._all_sizes},
            "hamiltonians": {str(n): self.hamiltonian(n).to_document() for n in self._all_sizes},
        }

    @staticmethod
    def from_document(document: object) -> Problem:
        """The problem of `to_document`. Raises `RequestError` where a field is off, and where the Hamiltonians or
        limits in the document are not those that this version makes from its other fields."""
        from quantum.problem_file import problem_from_document

        return problem_from_document(document)

    @cached_property
    def _goals(self) -> dict[int, Goal]:
        """Filled as asked for: everything that ranks circuits looks in here, and a Hamiltonian is long to hash."""
        return {}

    @property
    def _all_sizes(self) -> tuple[int, ...]:
        return self.sizes + self.heldout_sizes


def resolve_problem(spec: str, sizes: Sequence[int] | None = None) -> Problem:
    """The problem called `spec`: a name (`tfim`), a name with parameters (`tfim:field=0.5,boundary=periodic`), the path
    of a problem YAML or of a Hamiltonian JSON. `sizes` replace the default ones. Raises `RequestError`."""
    name, colon, settings = spec.strip().partition(":")
    if name in FAMILIES:
        return family_problem(name, _parse_settings(name, settings) if colon else {}, sizes)
    if not name:
        raise RequestError(f"no problem named{did_you_mean('', FAMILIES)}")
    path = Path(spec.strip())
    if path.suffix in (".yaml", ".yml"):
        from quantum.problem_file import read_problem

        return read_problem(path, sizes)
    if path.suffix == ".json":
        return single_problem(load_hamiltonian(path), sizes)
    if "/" in spec or path.exists():
        what = "a folder" if path.is_dir() else "no problem"
        raise RequestError(f"{spec}: is {what}; give a problem .yaml or a Hamiltonian .json")
    raise RequestError(f"unknown problem {name!r}{did_you_mean(name, FAMILIES)} (or a .yaml or .json path)")


def family_problem(
    family: str,
    parameters: dict[str, Any],
    sizes: Sequence[int] | None = None,
    heldout_sizes: Sequence[int] | None = None,
    target: Target | None = None,
    limit_overrides: tuple[tuple[str, Any], ...] = (),
    name: str | None = None,
) -> Problem:
    """A problem of a family. What is None has the family's default; a scored size is not held out by default."""
    found = find_family(family)
    values = found.resolve(parameters)
    usual, usual_heldout = found.default_sizes(values)
    chosen = usual if sizes is None else tuple(sizes)
    if heldout_sizes is None:
        heldout_sizes = [n for n in usual_heldout if n not in chosen]
    return Problem(
        name=name or family,
        sizes=chosen,
        heldout_sizes=tuple(heldout_sizes),
        target=target or usual_target(found.unit),
        family=family,
        parameters=tuple(values.items()),
        limit_overrides=limit_overrides,
    )


def single_problem(
    hamiltonian: Hamiltonian,
    sizes: Sequence[int] | None = None,
    target: Target | None = None,
    limit_overrides: tuple[tuple[str, Any], ...] = (),
    name: str | None = None,
) -> Problem:
    """A problem of one Hamiltonian. What is None has the default."""
    return Problem(
        name=name or hamiltonian.name,
        sizes=(hamiltonian.num_qubits,) if sizes is None else tuple(sizes),
        heldout_sizes=(),
        target=target or usual_target(hamiltonian.unit),
        instances=(hamiltonian,),
        limit_overrides=limit_overrides,
    )


def list_problems() -> list[dict[str, Any]]:
    """One row a family: what `quantummind problems` prints."""
    rows = []
    for family in FAMILIES.values():
        sizes, heldout = family.default_sizes(family.resolve({}))
        rows.append(
            {
                "name": family.name,
                "about": family.title,
                "formula": family.formula,
                "unit": family.unit,
                "sizes": list(sizes),
                "heldout_sizes": list(heldout),
                "parameters": _parameter_lines(family),
            }
        )
    return rows


def _limits_document(limits: Limits) -> dict[str, Any]:
    return {**asdict(limits), "gates": list(limits.gates)}


def _parameter_lines(family: Family) -> list[str]:
    """'field=1.0 (h, the transverse field; also h, g)' for every parameter."""
    lines = []
    for parameter in family.parameters:
        also = f"; also {', '.join(parameter.aliases)}" if parameter.aliases else ""
        choices = f"; {', '.join(map(str, parameter.choices))}" if parameter.choices else ""
        lines.append(f"{parameter.name}={parameter.default} ({parameter.help}{choices}{also})")
    return lines


def _parse_settings(name: str, settings: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in settings.split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise RequestError(f"{name}: {part!r} is no parameter; write {name}:parameter=value,parameter=value")
        if key in given:
            raise RequestError(f"{name}: {key} is given twice")
        given[key] = value
    return given
