"""Which library loads a policy: transformers always can; unsloth trains LoRA adapters faster on a GPU.

unsloth changes trl, transformers and peft while it is imported, so `import_backend` comes before the first import of
trl. It can be had for NVIDIA GPUs only, and refuses to be imported on a machine without one.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache

from models.profiles import Backend, LoadedBackend, Profile
from models.quiet import one_line
from quantum.errors import RequestError


def import_backend(profile: Profile, device: str = "auto", backend: Backend | None = None) -> LoadedBackend:
    """The backend for `profile` on `device`, imported; `backend` overrides the profile's.

    Raises RequestError when unsloth is asked for by name and cannot serve; "auto" then takes transformers.
    """
    asked = backend or profile.backend
    if asked == "transformers":
        return "transformers"
    obstacle = _obstacle(profile, device)
    if obstacle is None:
        obstacle = _import_unsloth()
    if obstacle is None:
        return "unsloth"
    if asked == "unsloth":
        raise RequestError(f"backend unsloth: {obstacle}; use backend: transformers")
    return "transformers"


def _obstacle(profile: Profile, device: str) -> str | None:
    """Why unsloth cannot load `profile` here, as far as that is known without importing it."""
    if not profile.use_peft:
        return f"it trains adapters, and profile {profile.name!r} trains all weights (use_peft: false)"
    if importlib.util.find_spec("unsloth") is None:
        return "it is not installed: pip install 'quantummind[unsloth]'"
    import torch

    if device == "cpu" or not torch.cuda.is_available():
        return "it needs a CUDA GPU"
    return None


@cache
def _import_unsloth() -> str | None:
    """Import it, once; the reason when that fails, which is also printed, as "auto" goes on without it."""
    try:
        importlib.import_module("unsloth")
    except (ImportError, NotImplementedError) as error:  # NotImplementedError: it found no accelerator
        reason = f"it does not import: {one_line(error)}"
        print(f"unsloth: {reason}", file=sys.stderr)
        return reason
    return None
