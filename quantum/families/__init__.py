"""Hamiltonian families by name. A new family is one file here and one entry below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from quantum.families.base import Family
from quantum.families.heisenberg import HEISENBERG, XXZ
from quantum.families.hubbard import HUBBARD
from quantum.families.maxcut import MAXCUT
from quantum.families.molecules import MOLECULES
from quantum.families.tfim import TFIM
from quantum.families.xy import XY

FAMILIES: Final[Mapping[str, Family]] = {
    family.name: family for family in (TFIM, XY, HEISENBERG, XXZ, HUBBARD, MAXCUT, *MOLECULES)
}
