"""Plain text, for models that are trained on documents: anything but nothing is valid."""

from __future__ import annotations

from sft.domains.base import Domain, Judgement, text_hash


class TextDomain(Domain):
    name = "text"

    def judge(self, text: str) -> Judgement:
        return Judgement(None, hash=text_hash(text)) if text.strip() else Judgement("empty", "the answer is empty")


create = TextDomain
