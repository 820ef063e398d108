"""One sandbox for all tests of this room that need no special one: it takes a second or two to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rewards.sandbox import Sandbox


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox
