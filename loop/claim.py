"""What a certificate claims, as far as it has the form of a claim: its parts, its problem, its function.

Each reader gives its part, or None behind the checks that failed; nothing is run or computed here.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from pydantic import ValidationError

from loop.agree import Check
from loop.certificate import Certificate
from loop.export import model_source
from quantum.errors import RequestError
from quantum.hamiltonians import FAMILIES
from quantum.problem import Problem
from rewards.policy import parse

MOST_ERRORS = 20


def parsed(document: Mapping[str, Any]) -> Generator[Check, None, Certificate | None]:
    """The document by its schema."""
    try:
        return Certificate.model_validate(document)
    except ValidationError as error:
        for one in error.errors()[:MOST_ERRORS]:
            yield Check(".".join(map(str, one["loc"])), one["input"], one["msg"], False)
    return None


def problem_of(claim: Certificate) -> Generator[Check, None, Problem | None]:
    """The problem as this version makes it of what was chosen; a family's name belongs to that family."""
    stated = claim.problem
    try:
        if any("exact_ground_energy" in one for one in stated["hamiltonians"].values()):
            raise RequestError("an exact energy stands in the problem")  # reading it would mean computing it
        problem = Problem.from_document(stated)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        yield Check("problem", stated.get("name"), str(error), False)
        return None
    if problem.family and problem.name in FAMILIES:
        yield Check("problem.name", problem.name, problem.family, problem.name == problem.family)
    return problem


def function_in(files: Mapping[str, bytes]) -> Generator[Check, None, str | None]:
    """The model's part of ansatz.py, which must be a module as it stands, as it is for `python ansatz.py`."""
    try:
        code = model_source(files["ansatz.py"].decode())
    except (KeyError, UnicodeDecodeError):
        yield Check("ansatz.py", "the function", "missing or no text", False)
        return None
    if isinstance(tree := parse(code), str):
        yield Check("ansatz.py", "the function", tree, False)
        return None
    return code
