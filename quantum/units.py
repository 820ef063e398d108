"""Units of energy that a Hamiltonian may be written in.

`hartree` and `eV` are units of chemistry, in which an absolute accuracy means something. `J` (spin chains), `t`
(Hubbard) and `w` (graphs) are names of a model's own coupling; there an error means something relative to the energies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from quantum.errors import RequestError, did_you_mean

CHEMICAL_ACCURACY: Final[Mapping[str, float]] = {"hartree": 1.6e-3, "eV": 4.3e-2}
"""1 kcal/mol, the usual target for molecules."""
ASSUMED: Final = "J"
"""What a Hamiltonian without a unit is taken to be in."""
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "hartree": ("hartree", "hartrees", "Ha", "Eh", "E_h", "a.u."),
    "eV": ("eV", "electronvolt", "electronvolts"),
    "J": ("J",),
    "t": ("t",),
    "w": ("w",),
}


def read_unit(text: str, where: str) -> str:
    """The unit that `text` names, in any case; raises `RequestError`, its line opened by `where`."""
    for unit, names in _NAMES.items():
        if text.strip().lower() in (name.lower() for name in names):
            return unit
    known = [name for names in _NAMES.values() for name in names]
    raise RequestError(f"{where}: unknown units {text[:40]!r}{did_you_mean(text[:40], known)}")
