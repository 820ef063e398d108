"""The base of every model that is filled from a file that anybody may have written, such as a config or a certificate.

The protection of this process travels beside the settings and is no field of them, so no document can name it and none
ever holds it. Ceilings are applied by `under`; a `sandbox` section that would take a layer away does not parse.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, PrivateAttr

from quantum.errors import RequestError
from rewards.sandbox import Protection, SandboxSettings

logger = logging.getLogger(__name__)

_EVERY_LAYER = "every layer that this machine has is used"
_OF_EARLIER_VERSIONS: Final = {
    "namespaces": (True, _EVERY_LAYER),
    "landlock": (True, _EVERY_LAYER),
    "unsafe_no_sandbox": (False, "it is an option of the command that runs: --unsafe-no-sandbox"),
}
"""Keys that a run's config once held: the one value of each that asks for nothing, and what to do instead."""


class Guarded(BaseModel):
    """Settings out of a document, with the protection of this process beside them."""

    _protection: Protection = PrivateAttr(default_factory=Protection)

    @property
    def protection(self) -> Protection:
        return self._protection

    def excess(self, protection: Protection) -> list[tuple[str, float, float]]:
        """(dotted key, value, ceiling) of everything here that is above its ceiling."""
        found = []
        for key, ceiling in protection.ceilings.items():
            section, _, name = key.partition(".")
            value = getattr(getattr(self, section, None), name, None)
            if value is not None and value > ceiling:
                found.append((key, value, ceiling))
        return found

    def under(self, protection: Protection) -> Self:
        """The same settings under `protection`: what is above a ceiling comes down to it, and a line says so."""
        sections: dict[str, dict[str, float]] = {}
        for key, value, ceiling in self.excess(protection):
            line = f"{key} is {value:g}, this machine's ceiling is {ceiling:g}"
            logger.warning("%s; raise it with: --ceiling %s=%g", line, key, value)
            section, _, name = key.partition(".")
            sections.setdefault(section, {})[name] = type(value)(ceiling)
        result = self.model_copy(update={name: _replaced(getattr(self, name), new) for name, new in sections.items()})
        result._protection = protection
        return result


def _replaced(section: Any, values: Mapping[str, float]) -> Any:
    if isinstance(section, BaseModel):
        return section.model_copy(update=values)
    return dataclasses.replace(section, **values)


def _without_protection(section: object) -> object:
    """The `sandbox` section of a document; raises where it would take a layer away."""
    if not isinstance(section, Mapping):
        return section
    for key, (harmless, instead) in _OF_EARLIER_VERSIONS.items():
        if section.get(key, harmless) is not harmless:
            raise RequestError(f"no file and no --set can change {key}; {instead}")
    return {key: value for key, value in section.items() if key not in _OF_EARLIER_VERSIONS}


SandboxSection = Annotated[SandboxSettings, BeforeValidator(_without_protection)]
"""The type of a `sandbox` section in a model that is filled from a file."""
