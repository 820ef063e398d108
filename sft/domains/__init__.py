"""The domains of the SFT stage, one module each, chosen by `domain:` in a config."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from quantum.errors import RequestError, did_you_mean
from sft.domains.base import Domain, Judgement

__all__ = ["DOMAINS", "Domain", "Judgement", "get_domain"]

DOMAINS: Final = ("ansatz", "fastformula", "text")
"""Each is a module of this package with a `create() -> Domain`."""


def get_domain(name: str) -> Domain:
    """A new domain of that name; raises `RequestError` for an unknown one, or for one whose package is missing."""
    if name not in DOMAINS:
        raise RequestError(f"unknown domain {name!r}{did_you_mean(name, DOMAINS)}")
    try:
        domain: Domain = import_module(f"sft.domains.{name}").create()
    except ModuleNotFoundError as error:
        raise RequestError(f"domain {name} needs {error.name}: pip install 'quantummind[train]'") from None
    return domain
