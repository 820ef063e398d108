"""A template is a program: one that does not come to an end is refused before it is used."""

from __future__ import annotations

import pytest

from models.chat_template import check_chat_template
from models.config import parse_config
from models.profiles import Profile
from models.tokenizer import CHAT_TEMPLATE
from quantum.errors import RequestError

QWEN_LIKE = """{%- for message in messages %}
{%- if message.role == "tool" %}{{ raise_exception("no tools") }}{%- endif %}
{{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' }}
{%- if loop.index > 40 %}{% break %}{% endif %}
{%- endfor %}{{ strftime_now("%Y") }}{{ messages | tojson }}"""


@pytest.mark.parametrize("template", [CHAT_TEMPLATE, QWEN_LIKE, {"default": QWEN_LIKE}, "{% this is no template"])
def test_templates_that_end_are_taken(template: object) -> None:
    check_chat_template(template, "here")


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set x = 'a' * 4000000000 %}{{ x }}",
    ],
)
def test_a_template_that_loops_or_fills_the_memory_is_refused(template: str) -> None:
    with pytest.raises(RequestError, match="the chat template of here does not come to an end") as error:
        check_chat_template(template, "here")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("folder", ["package:antigravity/x", "package:os", "package:models/../../etc", "package:"])
def test_package_stands_for_our_own_packages_alone(folder: str) -> None:
    with pytest.raises(RequestError, match="no part of QuantumMind"):
        parse_config(Profile, {"name": "x", "model_name_or_path": folder}, "profile.yaml")
