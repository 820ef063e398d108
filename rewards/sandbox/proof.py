"""Shows that each layer works, by trying in a throw-away child what the layer must stop (`quantummind doctor`).

A return code of the kernel proves little; an attempt that fails proves the layer. For a layer that stands behind the
system call filter, the filter is taken away from that one child, and so on down. Nothing here is tried that would do
harm if it succeeded.
"""

from __future__ import annotations

import dataclasses
import platform
import re
import statistics
import time
from dataclasses import dataclass
from typing import Final

from quantum.errors import RequestError
from rewards.sandbox.host import Sandbox, SandboxError
from rewards.sandbox.levels import Hello
from rewards.sandbox.protection import Protection
from rewards.sandbox.settings import LEVELS, SandboxSettings
from rewards.sandbox.wire import Layers

NOTHING: Final = Layers(0)
_MAX_ADDRESS_SPACE: Final = 600 << 20
_TIMED_RUNS: Final = 50
_SLACK: Final = 64 << 20


@dataclass(frozen=True)
class LayerProof:
    """One line of the table: what was shown, whether it held, what was seen, whether the minimum level needs it."""

    name: str
    ok: bool
    detail: str
    required: bool = True


@dataclass(frozen=True)
class _Probe:
    """`code` must end in `expected` (a pattern for "reason: message"); `without` takes the layers above it away."""

    layer: str
    name: str
    expected: str
    code: str
    without: Layers = NOTHING
    machine: str = ""
    wall_seconds: float = 8.0


_DENIED: Final = r"exception: (PermissionError|FileNotFoundError|BlockingIOError|RuntimeError: can't start)"
_KILLED: Final = "policy_kill"
_RAW: Final = "import ctypes; ctypes.CDLL(None).syscall"
_INT80: Final = """
import ctypes
libc = ctypes.CDLL(None)
start = ctypes.cast(libc.getpid, ctypes.c_void_p).value & ~0xFFF
at = ctypes.string_at(start, 300_000).find(b"\\xcd\\x80")
if at < 0:
    raise PermissionError("these bytes do not occur")
ctypes.CFUNCTYPE(ctypes.c_int)(start + at)()
"""
_DESCRIPTORS: Final = """
import os
alive = []
for fd in range(1024):
    try:
        os.dup2(fd, fd)
        alive.append(fd)
    except OSError:
        pass
raise ValueError(alive)
"""
_WORLD: Final = (
    "import os, socket; raise ValueError(os.listdir('/'), [n for _, n in socket.if_nameindex()], os.getppid())"
)
_VARIES: Final = """
import os, time, numpy
raise ValueError(time.time(), time.monotonic(), numpy.datetime64("now").astype(int), os.getpid(), os.getuid())
"""
_CONSTANT: Final = r"exception: ValueError: \(0\.0, 0\.0, (np\.int64\()?0\)?, 0, 0\)"
_CAPABILITIES: Final = """
import ctypes, os
sets = (ctypes.c_uint32 * 6)()
ctypes.CDLL(None).capget((ctypes.c_uint32 * 2)(0x20080522, 0), sets)
if any(sets) or os.getuid() == 0 or ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) != 1:
    raise ValueError(list(sets), os.getuid())
try:
    os.setuid(0)
except OSError:
    raise PermissionError("no capability, and no way to become root")
"""
_RUST_BOMB: Final = """
from qiskit import QuantumCircuit
keep = []
while True:
    keep.append(QuantumCircuit(20))
    for _ in range(2000):
        keep[-1].x(0)
"""
_ONE_FORK: Final = "import os\nif os.fork() == 0:\n    os._exit(0)"
_NO_FILTER: Final = Layers.SECCOMP
_NO_FILTER_NO_LANDLOCK: Final = Layers.SECCOMP | Layers.LANDLOCK

_PROBES: Final = (
    _Probe("seccomp", "open a file", _DENIED, "open('/etc/hostname')"),
    _Probe("seccomp", "open a socket", _DENIED, "import socket; socket.socket()"),
    _Probe("seccomp", "fork", _DENIED, _ONE_FORK),
    _Probe("seccomp", "start a thread", _DENIED, "import threading; threading.Thread(target=print).start()"),
    _Probe("seccomp", "run a program", _DENIED, "import os; os.execv('/bin/true', ['true'])"),
    _Probe("seccomp", "send a signal", _DENIED, "import os; os.kill(os.getppid(), 0)"),
    _Probe("seccomp", "map executable memory", _DENIED, "import mmap; mmap.mmap(-1, 4096, prot=7)"),
    _Probe("seccomp", "trace a process", _KILLED, f"{_RAW}(101, 0, 0, 0, 0)", machine="x86_64"),
    _Probe("seccomp", "the x32 system call table", _KILLED, f"{_RAW}(0x40000000 | 39)", machine="x86_64"),
    _Probe("seccomp", "the 32-bit system call table", f"{_KILLED}|{_DENIED}", _INT80, machine="x86_64"),
    _Probe("clock", "read the time, or a number that changes", _CONSTANT, _VARIES),
    _Probe("landlock", "list a directory", _DENIED, "import os; os.open('/', os.O_DIRECTORY)", _NO_FILTER),
    _Probe(
        "namespaces",
        "see files, networks, processes",
        r"exception: ValueError: \(\[\], \['lo'\], 1\)",
        _WORLD,
        _NO_FILTER_NO_LANDLOCK,
    ),
    _Probe("identity", "hold a capability, become root", _DENIED, _CAPABILITIES, _NO_FILTER_NO_LANDLOCK),
    _Probe("rlimits", "fork (process limit)", _DENIED, _ONE_FORK, _NO_FILTER),
    _Probe("rlimits", "allocate 64 GiB", "memory", "bytearray(64 << 30)"),
    _Probe("rlimits", "fill the Rust allocator", "memory|crash|cpu_timeout|exception", _RUST_BOMB),
    _Probe("limits", "run for ever", "cpu_timeout", "while True: pass"),
    _Probe("limits", "wait for ever", "wall_timeout", "import time; time.sleep(100)", wall_seconds=0.6),
    _Probe("limits", "write for ever", "output_flood", "import os\nwhile True: os.write(3, bytes(65536))"),
    _Probe("child", "descriptors of a child", r"exception: ValueError: \[0, 1, 2, 3\]", _DESCRIPTORS),
    _Probe("child", "import this project", "exception: ModuleNotFoundError", "import quantum.exact"),
    _Probe(
        "child",
        "hash randomisation",
        "exception: ValueError: 0",
        "import sys; raise ValueError(sys.flags.hash_randomization)",
    ),
)
_TIMED: Final = "from qiskit.circuit.library import real_amplitudes as create_ansatz"


def prove_layers(settings: SandboxSettings, protection: Protection | None = None) -> list[LayerProof]:
    """Starts a sandbox with `settings` and tries every layer, in a few seconds. Never raises for one that fails."""
    eased = dataclasses.replace(settings, cpu_seconds=0.5, wall_seconds=8.0, minimum_level="basic")
    minimum = settings.minimum_level
    try:
        with Sandbox(eased, protection or Protection()) as sandbox:
            proofs = [_try(sandbox, probe, minimum) for probe in _PROBES if probe.machine in ("", platform.machine())]
            return [_level(sandbox.hello, minimum), *proofs, *_zygote(sandbox.hello), _speed(sandbox)]
    except (RequestError, SandboxError) as error:
        return [LayerProof("level", False, str(error))]


def _try(sandbox: Sandbox, probe: _Probe, minimum: str) -> LayerProof:
    name = f"{probe.layer}: {probe.name}"
    if probe.layer in sandbox.hello.missing:
        reason = sandbox.hello.missing[probe.layer]
        return LayerProof(name, False, f"layer missing: {reason}", required=_needed(probe.layer, minimum))
    sandbox.settings = dataclasses.replace(sandbox.settings, wall_seconds=probe.wall_seconds)
    result = sandbox.run_without(probe.without, probe.code, 2)
    seen = f"{result.reason or 'ok'}: {result.message}"
    ok = re.match(probe.expected, seen) is not None
    budget = sandbox.hello.resident_bytes + (sandbox.settings.memory_mib << 20) + _SLACK
    if result.peak_rss_bytes > budget:
        ok, seen = False, f"{result.peak_rss_bytes >> 20} MiB resident, {budget >> 20} MiB allowed"
    return LayerProof(name, ok, seen)


def _needed(layer: str, minimum: str) -> bool:
    if layer == "clock":
        return False
    first = {"landlock": "strong", "namespaces": "full", "identity": "full"}.get(layer, "basic")
    return LEVELS.index(minimum) >= LEVELS.index(first)


def _level(hello: Hello, minimum: str) -> LayerProof:
    ok = LEVELS.index(hello.level) >= LEVELS.index(minimum)
    return LayerProof("level", ok, f"{hello.level} on Linux {hello.kernel} {hello.machine}, at least {minimum} wanted")


def _zygote(hello: Hello) -> list[LayerProof]:
    size = f"{hello.address_space_bytes >> 20} MiB of address space, {hello.resident_bytes >> 20} MiB resident"
    modules = f"{hello.modules} modules ready, {len(hello.modules_failed)} optional ones not"
    return [
        LayerProof("zygote: allocator reserve is off", hello.address_space_bytes < _MAX_ADDRESS_SPACE, size),
        LayerProof("zygote: one thread when loaded", hello.threads_before_pool == 1, f"{hello.threads_before_pool}"),
        LayerProof("zygote: modules loaded", hello.modules > 500, modules),
        LayerProof("zygote: import paths, read once", bool(hello.import_paths), ", ".join(hello.import_paths)),
    ]


def _speed(sandbox: Sandbox) -> LayerProof:
    seconds, failures = [], 0
    for _ in range(_TIMED_RUNS):
        start = time.perf_counter()
        failures += sandbox.run(_TIMED, 4).outcome != "ok"
        seconds.append(time.perf_counter() - start)
    detail = f"{1e3 * statistics.median(seconds):.1f} ms a candidate (median of {_TIMED_RUNS}), {failures} failed"
    return LayerProof("speed", failures == 0, detail)
