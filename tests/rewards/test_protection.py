"""What protects this machine comes from no document."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from quantum.errors import RequestError
from rewards.sandbox import CEILINGS, Protection
from rewards.settings import ScoreSettings


@pytest.mark.parametrize("key", ["unsafe_no_sandbox", "namespaces", "landlock"])
def test_no_document_takes_a_layer_away(key: str) -> None:
    with pytest.raises(ValidationError, match=f"no file and no --set can change {key}"):
        ScoreSettings.model_validate({"sandbox": {key: key == "unsafe_no_sandbox"}})
    for name in ("protection", "_protection"):
        with pytest.raises(ValidationError, match="extra_forbidden"):
            ScoreSettings.model_validate({name: {"unsafe_no_sandbox": True}})


def test_documents_of_earlier_versions_are_read() -> None:
    earlier = {"cpu_seconds": 0.5, "namespaces": True, "landlock": True, "unsafe_no_sandbox": False}
    settings = ScoreSettings.model_validate({"sandbox": earlier})
    assert settings.sandbox.cpu_seconds == 0.5
    assert settings.protection == Protection()


def test_the_protection_stands_in_no_document_and_survives_a_copy() -> None:
    unsafe = ScoreSettings().under(Protection(unsafe_no_sandbox=True))
    assert ScoreSettings.model_validate(unsafe.model_dump(mode="json")).protection == Protection()
    assert unsafe.model_copy(update={"seed": 7}).protection.unsafe_no_sandbox
    assert "unsafe" not in unsafe.model_dump_json()


def test_what_a_document_asks_for_is_granted_up_to_the_ceilings(caplog: pytest.LogCaptureFixture) -> None:
    asked = {"vqe": {"restarts": 2_000_000}, "sandbox": {"cpu_seconds": 1e6, "wall_seconds": 2e6, "memory_mib": 64}}
    settings = ScoreSettings.model_validate(asked).under(Protection())
    assert (settings.vqe.restarts, settings.sandbox.cpu_seconds, settings.sandbox.wall_seconds) == (1024, 10.0, 60.0)
    assert type(settings.vqe.restarts) is int
    assert settings.sandbox.memory_mib == 64
    assert "vqe.restarts is 2e+06, this machine's ceiling is 1024; raise it with: --ceiling" in caplog.text
    assert not settings.excess(Protection())


def test_the_command_line_raises_a_ceiling() -> None:
    protection = Protection.of_command_line(False, ["vqe.restarts=5000"])
    settings = ScoreSettings.model_validate({"vqe": {"restarts": 4000, "max_evaluations": 10**9}}).under(protection)
    assert (settings.vqe.restarts, settings.vqe.max_evaluations) == (4000, CEILINGS["vqe.max_evaluations"])
    with pytest.raises(RequestError, match=r"did you mean 'vqe.restarts'"):
        Protection.of_command_line(False, ["vqe.restart=5"])
    with pytest.raises(RequestError, match=r"write it as vqe.restarts=NUMBER"):
        Protection.of_command_line(False, ["vqe.restarts=many"])
