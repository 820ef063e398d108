from __future__ import annotations

import pytest

from models import quiet
from quantum.errors import RequestError


def test_missing_training_packages_are_one_line_with_the_cure(monkeypatch):
    monkeypatch.setattr(quiet.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RequestError, match=r"pip install 'quantummind\[train\]'"):
        quiet.quiet_libraries()
