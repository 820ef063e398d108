from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.tiny import save_tiny


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random Qwen2 with tied embeddings."""
    return save_tiny(tmp_path_factory.mktemp("tiny") / "base")
