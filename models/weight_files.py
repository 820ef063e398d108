"""What a safetensors file says of itself: names, shapes, and whether it is whole. No tensor is read, no torch here.

The format: eight bytes with the length of the header, a JSON header with every tensor's place, the tensors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quantum.reading import Bounds, parse_json, read_json

INDEX = "model.safetensors.index.json"
HEADER = Bounds(100 << 20, "a header")


def damage(folder: Path, name: str = "model.safetensors") -> str | None:
    """What is wrong with the weights in `folder`, in one line; None for files that are whole or of another format."""
    index = folder / INDEX
    if name == "model.safetensors" and index.exists():
        try:
            names = sorted(set(read_json(index)["weight_map"].values()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return f"{INDEX} is damaged"
    else:
        names = [name] if (folder / name).exists() else []
    for file in names:
        if not (folder / file).exists():
            return f"{file} is missing"
        try:
            _read_header(folder / file)
        except ValueError as error:
            return f"{file} is damaged: {error}"
    return None


def tensor_shapes(path: Path) -> dict[str, list[int]]:
    """Names and shapes of the tensors in a file; raises ValueError for one that is damaged."""
    return {name: tensor["shape"] for name, tensor in _read_header(path).items()}


def _read_header(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    with path.open("rb") as handle:
        length = int.from_bytes(handle.read(8), "little")
        if size < 8 or length > min(size - 8, HEADER.bytes):
            raise ValueError(f"it has only {size} bytes")
        try:
            header: dict[str, Any] = parse_json(handle.read(length).decode(), "its header", HEADER)
            header.pop("__metadata__", None)
            expected = 8 + length + max((tensor["data_offsets"][1] for tensor in header.values()), default=0)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError("its header is no JSON of tensors") from error
    if size != expected:
        raise ValueError(f"it has {size} bytes and should have {expected}")
    return header
