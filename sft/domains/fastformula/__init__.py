"""Oracle FastFormula: a domain with nothing quantum in it, valid by a grammar alone.

It shows that the SFT stage is not wired to ansaetze: `configs/sft/fastformula-cpu.yaml` trains a model for it with
tokens of its own. `grammar.lark` says which part of the language is covered, `generate` makes the rows that ship.
"""

from __future__ import annotations

import re
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Final

from sft.domains.base import Domain, Judgement, text_hash

if TYPE_CHECKING:
    from lark import Lark, Tree

_FENCED: Final = re.compile(r"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)


class FastFormulaDomain(Domain):
    """Reasons: `empty`, `syntax_error`, `no_return` (a formula that gives nothing back)."""

    name = "fastformula"

    def __init__(self) -> None:
        import lark  # noqa: F401  # missing: known at once, not at the first answer

    @cached_property
    def parser(self) -> Lark:
        from lark import Lark

        grammar = (resources.files(__name__) / "grammar.lark").read_text(encoding="utf-8")
        return Lark(grammar, parser="lalr", keep_all_tokens=True, maybe_placeholders=False)

    def clean(self, text: str) -> str:
        fenced = _FENCED.search(text)
        return (fenced.group(1) if fenced else text).strip()

    def judge(self, text: str) -> Judgement:
        from lark.exceptions import UnexpectedInput

        formula = self.clean(text)
        if not formula:
            return Judgement("empty", "the answer is empty")
        try:
            tree = self.parser.parse(formula)
            normal = _normalised(tree)
        except UnexpectedInput as error:
            at = f"line {error.line}, column {error.column}" if error.line > 0 else "at the end"
            return Judgement("syntax_error", f"{at}: not FastFormula")
        except RecursionError:
            return Judgement("syntax_error", "nested too deeply")
        if not any(tree.find_data("return")):
            return Judgement("no_return", "the formula has no RETURN")
        return Judgement(None, hash=text_hash(normal))


def _normalised(tree: Tree) -> str:
    """The tokens in order: no comments, and case only where it means something, in text constants."""
    tokens = tree.scan_values(lambda value: True)
    return " ".join(str(token) if token.type == "TEXT" else str(token).upper() for token in tokens)


create = FastFormulaDomain
