"""The files of an exported folder against those that the exporter writes again.

Equal bytes are the same file. Where they differ and the maker's versions were these, the file is another one. Where
the versions differ it cannot be told, but for QPY: that is read in the sandbox, as if a candidate had made it, and
compared gate by gate; so is QPY whose bytes came in another order, which Qiskit leaves to chance within an angle of
several parameters.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping

from loop.agree import Agreement, Check, agreement
from loop.certificate import NAME, Certificate
from loop.environment import package_versions
from loop.export import Contents
from quantum.circuit import MAX_QUBITS, Circuit
from rewards.sandbox import Sandbox

READER = """
from base64 import b64decode
from io import BytesIO
from zlib import decompress
from qiskit import qpy

def create_ansatz(num_qubits):
    return qpy.load(BytesIO(decompress(b64decode({data!r}))))[0]
"""


def check_files(
    claim: Certificate, files: Mapping[str, bytes], made: Contents, sandbox: Sandbox, same_engine: bool
) -> Iterator[Check]:
    """A check for every file on either side but the certificate, angles bound at the stated parameters."""
    for name in sorted({*files, *made.files} - {NAME}):
        if name not in files or name not in made.files:
            stated, derived = ("missing", "a file") if name not in files else ("a file", "no file of this export")
            yield Check(name, stated, derived, False)
        elif files[name] == made.files[name]:
            yield Check(name, "the circuit", "the circuit", True)
        else:
            ours = _made_with_ours(claim, name, same_engine)
            yield _other_bytes(name, files[name], made.files[name], sandbox, ours)


def _made_with_ours(claim: Certificate, name: str, same_engine: bool) -> bool:
    """Whether the maker says to have had the versions that decide the bytes of this file."""
    if name.endswith(".py"):
        return True
    if ".transpiled." in name:
        return same_engine
    packages = ("qiskit", "matplotlib") if name.endswith(".svg") else ("qiskit",)
    here = package_versions()
    return all(claim.versions.get(package) == here.get(package) for package in packages)


def _other_bytes(name: str, stated: bytes, made: bytes, sandbox: Sandbox, ours: bool) -> Check:
    """The check of a file that is not the one made here, byte by byte."""
    if name.endswith(".qpy") and (sorted(stated) == sorted(made) or not ours):
        return _other_qpy(name, stated, made, sandbox, ours)
    if ours:
        return Check(name, "the circuit", "another file", False)
    return Check(name, "the circuit", "not derived here: made with other versions", None)


def _other_qpy(name: str, stated: bytes, made: bytes, sandbox: Sandbox, ours: bool) -> Check:
    here = next(filter(None, (_read_qpy(made, sandbox, n) for n in range(1, MAX_QUBITS + 1))), None)
    found = _read_qpy(stated, sandbox, here.num_qubits) if here else None
    if here and found and _same_gates(found, here):
        return Check(name, "the circuit", "the circuit", True)
    if here and (ours or (found and ".transpiled." not in name)):  # another version may route another way
        return Check(name, "the circuit", "another circuit", False)
    return Check(name, "the circuit", "not derived here: it cannot be read", None)


def _read_qpy(data: bytes, sandbox: Sandbox, num_qubits: int) -> Circuit | None:
    """The circuit of QPY data, read by a child that is no more believed than a candidate; None where it fails."""
    source = READER.format(data=b64encode(zlib.compress(data, 9)).decode())
    return sandbox.run(source, num_qubits).circuit


def _same_gates(one: Circuit, other: Circuit) -> bool:
    """Gate by gate: names, qubits, angles as affine functions."""
    return agreement(list(one.to_document().values()), list(other.to_document().values())) < Agreement.OTHER
