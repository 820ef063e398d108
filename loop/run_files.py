"""What stands in the files of a run, checked against its form: somebody else may have written them."""

from __future__ import annotations

import re
from typing import Any, Final, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from loop.attempt import Attempt
from quantum.errors import RequestError

_CODE: Final = re.compile(r"[a-z0-9_]{1,60}")


class _Finite(BaseModel):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False)


class _AttemptLine(BaseModel):
    """The config holds for the dataclasses inside too: no unknown key, no infinite number."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    attempt: Attempt

    @model_validator(mode="after")
    def _whole(self) -> Self:
        score = self.attempt.score
        if score.outcome == "ok" and (not score.sizes or score.reward is None):
            raise ValueError("a valid score has sizes and a reward")
        if score.reason is not None and not _CODE.fullmatch(score.reason):
            raise ValueError("a reason is a code such as cpu_timeout")
        return self


class _Step(_Finite):
    """What is read of a line of metrics.jsonl."""

    step: int = Field(ge=0)
    reward_mean: float | None = None
    reward_max: float | None = None
    valid: float | None = None
    best_error: float | None = None
    evaluations: int | None = None
    stopped: str | None = None
    seconds: dict[str, float] = {}
    __pydantic_extra__: dict[str, int | float | str | dict[str, Any] | None]


class _Source(_Finite):
    commit: str | None = None
    changed: bool | None = None


class _Environment(_Finite):
    """What is read of environment.json."""

    machine: dict[str, Any] | None = None
    source: _Source | None = None
    sandbox: dict[str, Any] | None = None
    packages: dict[str, Any] | None = None


def attempt_of(line: object, where: str) -> Attempt:
    """The attempt of one line of attempts.jsonl; `where` opens the error."""
    return _checked(_AttemptLine, {"attempt": line}, f"{where} is no attempt of this version").attempt


def step_of(line: object, where: str) -> dict[str, Any]:
    """One line of metrics.jsonl."""
    _checked(_Step, line, f"{where} is no step of this version")
    return dict(line)  # type: ignore[call-overload, no-any-return]


def environment_of(document: object, where: str) -> dict[str, Any]:
    """What environment.json holds."""
    _checked(_Environment, document, f"cannot read {where}: the run is damaged")
    return dict(document)  # type: ignore[call-overload, no-any-return]


Form = TypeVar("Form", bound=BaseModel)


def _checked(form: type[Form], document: object, wrong: str) -> Form:
    try:
        return form.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise RequestError(f"{wrong} ({key[:80]}: {first['msg']})") from None
