"""What a corpus is made of: the dials of `corpus:` in an SFT config."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from models.config import Strict
from models.prompts import Style
from quantum.errors import RequestError, did_you_mean
from sft.corpus.families import families


class CorpusSettings(Strict):
    """Equal settings make equal rows."""

    seed: int = Field(default=0, description="every row is drawn from it and the row's number")
    functions: int = Field(default=4000, ge=1, description="ansaetze of the plain rows, each written in two hands")
    lineages: int = Field(default=200, ge=0, description="hill climbs, whose steps are the improvement rows")
    generations: int = Field(default=12, ge=1, description="steps of a climb at most")
    proposals: int = Field(default=8, ge=1, description="edits measured in one step")
    hands: int = Field(default=2, ge=1, le=3, description="sets of names in which each improvement is written")
    two_shown: float = Field(
        default=0.35, ge=0.0, le=1.0, description="share of improvement rows that show two circuits"
    )
    restarts: int = Field(default=8, ge=1, description="VQE starts by which an improvement is measured")
    sizes: tuple[Annotated[int, Field(ge=2, le=16)], ...] = Field(
        default=(2, 3, 3, 4, 4, 4, 4, 4, 5, 5, 6, 6, 6, 7, 8, 8, 8, 9, 10, 11, 12),
        description="numbers of qubits of plain rows, drawn with these weights",
    )
    measured_sizes: tuple[Annotated[int, Field(ge=2, le=8)], ...] = Field(
        default=(2, 3, 3, 4, 4, 4, 4, 4, 5, 5, 6, 6, 6, 8), description="the same for improvement rows"
    )
    any_gates: float = Field(default=0.55, ge=0.0, le=1.0, description="share of prompts that allow every gate")
    tight_depth: float = Field(
        default=0.4, ge=0.0, le=1.0, description="share of prompts with a maximum depth below the problem's own"
    )
    style: Style = "compact"
    max_characters: int = Field(
        default=880, ge=200, description="longer answers are left out: they would outgrow completion and memory"
    )
    held_out_families: tuple[str, ...] = Field(default=(), description="families that are for validation alone")
    held_out_sizes: tuple[int, ...] = Field(default=(), description="numbers of qubits that are for validation alone")
    validation_share: float = Field(default=0.03, ge=0.0, lt=0.5, description="share of functions for validation")

    @model_validator(mode="after")
    def _knows_its_families(self) -> CorpusSettings:
        for name in self.held_out_families:
            if name not in families():
                raise RequestError(f"corpus.held_out_families: unknown family '{name}'{did_you_mean(name, families())}")
        return self
