"""Which backend a profile gets, and what is said when unsloth cannot serve. Its own work needs a GPU."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from models import backends
from models.backends import import_backend, with_unsloth
from models.profiles import Profile, resolve_profile
from quantum.errors import RequestError

QLORA = resolve_profile("qwen2.5-coder-7b")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)


@pytest.fixture
def unsloth(monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """A module of that name that records what it is asked to do."""
    module = types.ModuleType("unsloth")
    module.__spec__ = types.SimpleNamespace()  # type: ignore[assignment]
    module.calls = calls = {}  # type: ignore[attr-defined]

    class FastLanguageModel:
        @staticmethod
        def from_pretrained(**arguments: Any) -> tuple[str, str]:
            calls["load"] = arguments
            return "model", "tokenizer"

        @staticmethod
        def get_peft_model(model: str, **arguments: Any) -> str:
            calls["adapt"] = arguments
            return f"adapted {model}"

    module.FastLanguageModel = FastLanguageModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "unsloth", module)
    backends._import_unsloth.cache_clear()
    yield module
    backends._import_unsloth.cache_clear()


def without_adapter(profile: Profile) -> Profile:
    return profile.model_copy(update={"use_peft": False})


def test_auto_takes_unsloth_for_an_adapter_on_a_gpu(gpu: None, unsloth: types.ModuleType) -> None:
    assert import_backend(QLORA) == "unsloth"
    assert import_backend(QLORA, device="cpu") == "transformers"
    assert import_backend(without_adapter(QLORA)) == "transformers"
    assert import_backend(QLORA, backend="transformers") == "transformers"
    assert import_backend(QLORA.model_copy(update={"backend": "transformers"})) == "transformers"


def test_auto_takes_transformers_where_unsloth_is_not(gpu: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_backend(QLORA) == "transformers"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [ImportError("no torchvision::nms"), NotImplementedError("You need a GPU.")])
def test_an_unsloth_that_does_not_import_is_said_and_left(
    error: Exception,
    gpu: None,
    unsloth: types.ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(name: str) -> None:
        raise error

    monkeypatch.setattr(backends.importlib, "import_module", fail)
    assert import_backend(QLORA) == "transformers"
    assert capsys.readouterr().err == f"unsloth: it does not import: {error}\n"
    with pytest.raises(RequestError, match=r"backend unsloth: it does not import: .*; use backend: transformers"):
        import_backend(QLORA, backend="unsloth")


def test_unsloth_by_name_says_why_not(unsloth: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RequestError, match="backend unsloth: it needs a CUDA GPU; use backend: transformers"):
        import_backend(QLORA, backend="unsloth")
    with pytest.raises(RequestError, match=r"it trains adapters, and profile 'qwen2\.5-coder-7b' trains all weights"):
        import_backend(without_adapter(QLORA), backend="unsloth")
    monkeypatch.delitem(sys.modules, "unsloth")
    with pytest.raises(RequestError, match=r"it is not installed: pip install 'quantummind\[unsloth\]'"):
        import_backend(QLORA, backend="unsloth")


def test_unsloth_gets_the_profile_and_the_dropout_that_was_asked_for(
    unsloth: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    cpu = torch.device("cpu")
    policy = with_unsloth.load(QLORA, None, cpu, torch.bfloat16, seed=5)  # type: ignore[arg-type]
    assert (policy.model, policy.peft_config, policy.backend) == ("adapted model", None, "unsloth")
    assert unsloth.calls["load"]["model_name"] == "Qwen/Qwen2.5-Coder-7B-Instruct"
    assert unsloth.calls["load"]["load_in_4bit"]
    adapt = unsloth.calls["adapt"]
    assert (adapt["r"], adapt["lora_alpha"], adapt["lora_dropout"], adapt["random_state"]) == (32, 64, 0.05, 5)
    assert "LoRA dropout 0.05 is kept as asked" in capsys.readouterr().err

    unsloth.calls.clear()
    saved = QLORA.model_copy(update={"adapter_name_or_path": "builds/x"})
    assert with_unsloth.load(saved, None, cpu, torch.bfloat16, seed=None).model == "model"  # type: ignore[arg-type]
    assert unsloth.calls["load"]["model_name"] == "builds/x"
    assert "adapt" not in unsloth.calls


def test_choosing_a_backend_imports_no_training_library_first() -> None:
    """unsloth has to come before trl, transformers and peft."""
    import subprocess

    code = (
        "import sys; from models.quiet import quiet_libraries; quiet_libraries()\n"
        "from models.backends import import_backend; from models.profiles import resolve_profile\n"
        "import models.loader, sft.train, loop.discover\n"
        "import_backend(resolve_profile('qwen2.5-coder-7b'))\n"
        "print([name for name in ('trl', 'transformers', 'peft') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
