"""Which columns hold the prompt and the code: as said on the command line, or guessed from the usual names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from quantum.errors import RequestError, did_you_mean

PROMPT_NAMES: Final = (
    *("prompt", "instruction", "question", "query", "problem", "task", "user"),
    *("problem_description", "description", "input", "text"),
)
CODE_NAMES: Final = (
    *("code", "answer", "completion", "response", "output", "solution", "canonical_solution"),
    *("assistant", "target", "label"),
)
EXTRA_NAMES: Final = ("input", "context")
"""Added to an `instruction` where a row has them, as in the Alpaca format."""

CHAT_NAMES: Final = ("messages", "conversations", "conversation")
ROLES: Final = {"human": "user", "gpt": "assistant"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns; those of the prompt are joined by blank lines. A chat column holds both, and is in both."""

    prompt: tuple[str, ...]
    code: str

    def __str__(self) -> str:
        return f"prompt={'+'.join(self.prompt)} code={self.code}"

    def take(self, fields: Mapping[str, Any]) -> tuple[list[dict[str, str]], str]:
        """The prompt as messages and the answer's text; raises ValueError, with a line, where a row has not both."""
        if self.prompt == (self.code,):
            _present(fields, self.code)
            return _question_and_answer(_messages(fields, self.code), self.code)
        answer = _present(fields, self.code)
        if isinstance(answer, list):
            answer = _question_and_answer([{}, *_messages(fields, self.code)], self.code)[1]
        else:
            answer = _text(fields, self.code)
        if isinstance(_present(fields, self.prompt[0]), list):
            return _messages(fields, self.prompt[0]), answer
        parts = [_text(fields, name) for name in self.prompt if name == self.prompt[0] or fields.get(name)]
        return [{"role": "user", "content": "\n\n".join(parts)}], answer


def choose_columns(sample: Iterable[Mapping[str, Any]], given: Sequence[str]) -> Columns:
    """The columns of `given` (`prompt=question`, `code=answer`), the others guessed by the names in `sample`."""
    counts = Counter(name for fields in sample for name in fields)
    said = dict(_setting(text) for text in given)
    for name in (name for value in said.values() for name in value.split("+")):
        if name not in counts:
            raise RequestError(f"no column {name!r} in the data{did_you_mean(name, counts)}")
    chat = next((name for name in CHAT_NAMES if counts[name]), None)
    if not said and chat:
        return Columns((chat,), chat)
    code = said.get("code") or _guess("code", CODE_NAMES, counts, taken=said.get("prompt", ""))
    if "prompt" in said:
        return Columns(tuple(said["prompt"].split("+")), code)
    prompt = _guess("prompt", PROMPT_NAMES, counts, taken=code)
    extra = [name for name in EXTRA_NAMES if prompt == "instruction" and counts[name] and name != code]
    return Columns((prompt, *extra), code)


def _setting(text: str) -> tuple[str, str]:
    role, _, name = text.partition("=")
    if role not in ("prompt", "code") or not name:
        raise RequestError(f"--column {text}: write it as prompt=NAME or code=NAME")
    return role, name


def _guess(role: str, names: Sequence[str], counts: Mapping[str, int], taken: str) -> str:
    """Of the usual names the one that most rows have, the first of those in doubt."""
    usual = [name for name in counts if name.lower() in names and name not in taken.split("+")]
    if not usual:
        known = ", ".join(counts) or "none"
        raise RequestError(f"no column looks like the {role}; say which: --column {role}=NAME (columns: {known})")
    return max(usual, key=lambda name: (counts[name], -names.index(name.lower())))


def _present(fields: Mapping[str, Any], name: str) -> Any:
    if fields.get(name) is None:
        raise ValueError(f"no column {name!r}")
    return fields[name]


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = _present(fields, name)
    if not isinstance(value, str):
        raise ValueError(f"column {name!r} holds no text but a {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"column {name!r} is empty")
    return value


def _messages(fields: Mapping[str, Any], name: str) -> list[dict[str, str]]:
    """The messages of a chat column; `role`/`content` and ShareGPT's `from`/`value` are known."""
    try:
        pairs = [(one.get("role") or one["from"], one.get("content") or one["value"]) for one in fields[name]]
    except (TypeError, KeyError, AttributeError):
        raise ValueError(f"column {name!r} holds no chat") from None
    if not pairs or not all(isinstance(part, str) for pair in pairs for part in pair):
        raise ValueError(f"column {name!r} holds messages that are no text")
    return [{"role": ROLES.get(role, role), "content": content} for role, content in pairs]


def _question_and_answer(messages: list[dict[str, str]], name: str) -> tuple[list[dict[str, str]], str]:
    """Messages up to the last answer, and that answer."""
    if len(messages) < 2 or messages[-1]["role"] != "assistant":
        raise ValueError(f"column {name!r} does not end with an answer")
    return messages[:-1], messages[-1]["content"]
