"""`verify` on folders that no exporter made: an answer or one line, in seconds and within memory."""

from __future__ import annotations

import json
import resource
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from loop.certificate import NAME
from loop.verify import Verifier
from quantum.errors import RequestError
from tests.forgeries.workshop import Export

SECONDS = 10
KIB = 1 << 20
QASM = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=20,
)
certificates = st.one_of(
    st.binary(max_size=2000),
    values.map(lambda value: json.dumps(value).encode()),
    st.builds(lambda depth, bracket: (bracket * depth).encode(), st.integers(1, 200_000), st.sampled_from('[{"')),
    st.integers(10, 100_000).map(lambda digits: b'{"format": ' + b"1" * digits + b"}"),
    st.integers(1, 2000).map(lambda count: json.dumps({"format": 1, "score": [{}] * count}).encode()),
)
programs = st.one_of(
    st.binary(max_size=2000),
    st.integers(1, 10**10).map(lambda n: f"{QASM}qubit[{n}] q;\nh q[0];\n".encode()),
    st.integers(1, 40).map(
        lambda depth: (
            QASM
            + "gate g0 a { x a; }\n"
            + "".join(f"gate g{k} a {{ g{k - 1} a; g{k - 1} a; }}\n" for k in range(1, depth))
            + f"qubit[3] q;\ng{depth - 1} q[0];\n"
        ).encode()
    ),
)
calm = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture
def folder(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(honest, tmp_path / "export"))


def verified(verifier: Verifier, folder: Path) -> str:
    """The outcome, or the line of the refusal; within the limits."""
    start, peak = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        said: str = verifier.verify(folder).outcome
    except RequestError as error:
        said = str(error)
        assert said
        assert "\n" not in said
    assert time.monotonic() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < KIB
    return said


@pytest.mark.slow
@seed(1)
@settings(calm, max_examples=200)
@given(data=certificates)
def test_any_certificate(data: bytes, folder: Path, verifier: Verifier) -> None:
    (folder / NAME).write_bytes(data)
    assert verified(verifier, folder) != "holds"


@pytest.mark.slow
@seed(2)
@settings(calm, max_examples=200)
@given(data=st.data())
def test_a_certificate_with_anything_in_a_place(
    data: st.DataObject, honest: Path, folder: Path, verifier: Verifier
) -> None:
    document: Any = json.loads((honest / NAME).read_text())
    holder, key = document, data.draw(st.sampled_from(sorted(document)))
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
        holder = holder[key]
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(values)
    export = Export(honest)
    export.folder, export.document = folder, document
    export.seal()
    verified(verifier, folder)


@pytest.mark.slow
@seed(3)
@settings(calm, max_examples=150)
@given(data=programs, qiskit=st.sampled_from(["ours", "2.6.0"]))
def test_any_qasm(data: bytes, qiskit: str, honest: Path, folder: Path, verifier: Verifier) -> None:
    assert _with_file("circuit.qasm3", data, qiskit, honest, folder, verifier) != "holds"


@pytest.mark.slow
@seed(4)
@settings(calm, max_examples=150)
@given(
    place=st.integers(0, 10_000),
    data=st.binary(min_size=1, max_size=8),
    cut=st.booleans(),
    qiskit=st.sampled_from(["ours", "2.6.0"]),
)
def test_any_qpy(
    place: int, data: bytes, cut: bool, qiskit: str, honest: Path, folder: Path, verifier: Verifier
) -> None:
    whole = (honest / "circuit.qpy").read_bytes()
    place %= len(whole)
    changed = whole[:place] + data + (b"" if cut else whole[place + len(data) :])
    if changed != whole:
        said = _with_file("circuit.qpy", changed, qiskit, honest, folder, verifier)
        assert said != "holds" or qiskit != "ours"


def _with_file(name: str, data: bytes, qiskit: str, honest: Path, folder: Path, verifier: Verifier) -> str:
    export = Export(honest)
    export.folder = folder
    if qiskit != "ours":
        export.document["versions"]["qiskit"] = qiskit
    export.write(name, data)
    export.digest_files()
    export.seal()
    return verified(verifier, folder)
