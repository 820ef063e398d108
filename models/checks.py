"""What can be wrong with a policy, found before anything long starts: each mistake is one line.

A file's header says how long the file must be, and an adapter's header says which base it was made for, so neither
needs the weights to be read.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.machine import free_memory
from models.memory_estimate import GIB, load_bytes
from models.profiles import Profile, list_profiles, resolve_profile
from models.quiet import one_line
from models.weight_files import damage, tensor_shapes
from quantum.errors import RequestError
from quantum.reading import read_json

if TYPE_CHECKING:
    import torch

HUB_SECONDS: Final = 12.0
"""How long the hub gets to say whether it has a repository: a name server may hang longer than HTTP's timeouts."""

WEIGHT_FILES: Final = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")


def choose_device(profile: Profile, device: str) -> torch.device:
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise RequestError("device cuda: torch sees no GPU here; use device auto or cpu")
    chosen = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    if profile.needs_gpu and chosen == "cpu":
        raise RequestError(f"profile {profile.name!r} needs a GPU; on a CPU use the profile 'embedded'")
    return torch.device(chosen)


def check_memory(profile: Profile, place: torch.device) -> None:
    """Whether the weights alone fit into what is free; `quantummind doctor --model` estimates training too."""
    shape = profile.known_shape()
    if shape is None:
        return
    need, free = load_bytes(profile, shape), free_memory(place)
    if need <= free:
        return
    if profile.use_peft and not profile.load_in_4bit:
        need_4bit = load_bytes(profile.model_copy(update={"load_in_4bit": True}), shape)
        way_out = "load_in_4bit: true" if need_4bit <= free else _largest_that_fits(free, place)
    else:
        way_out = _largest_that_fits(free, place)
    raise RequestError(
        f"profile {profile.name!r} needs {need / GIB:.1f} GiB to load and the {_place_name(place)} has "
        f"{free / GIB:.1f} GiB free; use {way_out}"
    )


def find_weights(profile: Profile) -> Path | None:
    """The directory of the weights on this machine; None when the hub has them and they are still to be downloaded.

    Raises RequestError when they are neither here nor to be had, and when a file that is here is cut off.
    """
    weights = profile.weights
    folder = Path(weights) if Path(weights).is_dir() else _cached(weights, profile.model_revision)
    if folder is not None:
        problem = damage(folder)
        if problem:
            raise RequestError(f"cannot load {weights}: {problem}")
        return folder
    reason = _ask_hub(weights, profile.model_revision)
    if reason:
        raise RequestError(
            f"weights of {profile.name!r} ({weights}) are not on this machine and the hub gave none: {reason}"
        )
    return None


def check_checkpoint(folder: Path) -> None:
    """Whether the last checkpoint-N in `folder`, which a trainer resumes from, has whole weights."""
    steps = [(int(path.name.rpartition("-")[2]), path) for path in folder.glob("checkpoint-*")]
    last = max(steps)[1]
    problem = damage(last) or damage(last, "adapter_model.safetensors")
    if problem:
        raise RequestError(f"{last}: {problem}; delete it to resume from the checkpoint before it")


def check_adapter(profile: Profile) -> None:
    """Whether the adapter is whole and made for the profile's base: by name, and by the shapes of its tensors."""
    if profile.adapter_name_or_path is None:
        return
    folder = Path(profile.adapter_name_or_path)
    if not (folder / "adapter_config.json").exists():
        raise RequestError(f"adapter {folder}: no adapter_config.json is in it")
    problem = damage(folder, "adapter_model.safetensors")
    if problem:
        raise RequestError(f"adapter {folder}: {problem}")
    trained_on = _adapter_config(folder).get("base_model_name_or_path")
    if trained_on and Path(trained_on).name != Path(profile.weights).name:
        raise RequestError(
            f"adapter {folder} was trained on {trained_on}, and the profile's base is {profile.weights}; "
            f"set model_name_or_path to {trained_on}"
        )
    _check_shapes(profile, folder)


def _check_shapes(profile: Profile, folder: Path) -> None:
    shape, path = profile.known_shape(), folder / "adapter_model.safetensors"
    if shape is None or not path.exists():
        return
    for name, (rows, *columns) in tensor_shapes(path).items():
        parts = name.split(".")
        module = next((part for part in parts if part in shape.layer_matrices), None)
        if module is None or not columns:
            continue
        inputs, outputs = shape.layer_matrices[module]
        layer = next(int(part) for part in parts if part.isdecimal())
        here = columns[0] if "lora_A" in parts else rows
        fits = here == (inputs if "lora_A" in parts else outputs) and layer < shape.num_hidden_layers
        if not fits:
            raise RequestError(
                f"adapter {folder} does not fit {profile.weights}: {module} of layer {layer} has another size there"
            )


def _adapter_config(folder: Path) -> dict[str, Any]:
    document = read_json(folder / "adapter_config.json")
    if not isinstance(document, dict):
        raise RequestError(f"{folder}/adapter_config.json is damaged: not a JSON object")
    return document


def _cached(repository: str, revision: str) -> Path | None:
    """The hub's cache of a repository whose weights are all there."""
    from huggingface_hub import try_to_load_from_cache

    for name in WEIGHT_FILES:
        found = try_to_load_from_cache(repository, name, revision=revision)
        if isinstance(found, str) and damage(Path(found).parent) is None:
            return Path(found).parent
    return None


def _ask_hub(repository: str, revision: str) -> str | None:
    """Why the hub does not give `repository`; None when it has it. Never takes longer than `HUB_SECONDS`."""
    answers: list[str | None] = []

    def ask() -> None:
        from huggingface_hub import HfApi

        try:
            HfApi().model_info(repository, revision=revision, timeout=HUB_SECONDS)
            answers.append(None)
        except Exception as error:  # offline mode, no route, no such or a gated repository: all have their reason
            answers.append(one_line(error))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_SECONDS)
    return answers[0] if answers else f"no answer in {HUB_SECONDS:.0f} s"


def _largest_that_fits(free: float, place: torch.device) -> str:
    """The shipped profile with the most parameters whose weights fit into `free` bytes of `place`."""
    sizes = {}
    for profile in map(resolve_profile, list_profiles()):
        shape = profile.known_shape()
        served = place.type == "cuda" or not profile.needs_gpu
        if served and shape is not None and load_bytes(profile, shape) <= free:
            sizes[profile.name] = shape.parameters
    return f"the profile {max(sizes, key=sizes.__getitem__)!r}" if sizes else "a machine with more memory"


def _place_name(place: torch.device) -> str:
    return "GPU" if place.type == "cuda" else "machine"
