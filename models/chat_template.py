"""A chat template is a program that comes with a model: it is tried in a process with limits before it is used.

transformers renders templates in Jinja's sandbox, which keeps them from files and names but not from looping for ever
or filling the memory. The trial renders the prompts that are asked here, of one to four messages.

Not covered: a template that loops only at certain words of a prompt.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any, Final

from models.tokenizer import CHAT_TEMPLATE
from quantum.errors import RequestError

CPU_SECONDS: Final = 5
MEMORY_BYTES: Final = 1 << 30
_WALL_SECONDS: Final = 60.0
_BOOT: Final = "import sys; sys.path[:] = sys.argv[1:]; from models.chat_template import main; main()"
_SAID: Final = "def create_ansatz(num_qubits):\n    return None\n"
_TALK: Final = [{"role": role, "content": _SAID} for role in ("system", "user", "assistant", "user")]
CONVERSATIONS: Final = (_TALK[1:2], _TALK[:2], _TALK[1:3], _TALK[:3], _TALK)


def check_chat_template(template: object, source: str) -> None:
    """Raises RequestError for a template that does not come to an end, or takes too much memory."""
    if template == CHAT_TEMPLATE:
        return
    texts = list(template.values()) if isinstance(template, dict) else [template]
    task = json.dumps({"templates": texts, "conversations": CONVERSATIONS})
    command = [sys.executable, "-P", "-c", _BOOT, *sys.path]
    try:
        done = subprocess.run(command, input=task.encode(), capture_output=True, timeout=_WALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode != 0:
        raise RequestError(
            f"the chat template of {source} does not come to an end within {CPU_SECONDS} s and "
            f"{MEMORY_BYTES >> 30} GiB; set prompt_format: instruction (or plain) in its profile"
        )


def main() -> None:
    """The child: limits first, then every template on every conversation. That it refuses one is no harm."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    task = json.load(sys.stdin)
    for text in task["templates"]:
        try:
            template = _environment().from_string(text)
        except Exception:  # no Jinja: transformers will say so
            continue
        for messages in task["conversations"]:
            for prompt in (True, False):
                try:
                    template.render(messages=messages, add_generation_prompt=prompt, bos_token="", eos_token="")
                except MemoryError:
                    sys.exit(1)
                except Exception:  # a role that it does not know, by its own raise_exception
                    continue


def _environment() -> Any:
    """Jinja as transformers sets it up."""
    from jinja2 import TemplateError, nodes
    from jinja2.ext import Extension, loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """{% generation %}, which marks what the assistant says."""

        tags = {"generation"}  # noqa: RUF012

        def parse(self, parser: Any) -> nodes.Node:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.Scope(body, lineno=line)

    def refuse(message: str) -> None:
        raise TemplateError(message)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = lambda value, **_: json.dumps(value)
    environment.globals["raise_exception"] = refuse
    environment.globals["strftime_now"] = lambda form: form
    return environment
