"""One candidate's process, from fork to `_exit`: lock down, read the code, run it, write one document, die.

Nothing here returns to the zygote's loop: every path, also a failure of the set-up, ends in `os._exit`.
"""

from __future__ import annotations

import errno
import fcntl
import gc
import json
import os
import random
import resource
import signal
import sys
from dataclasses import dataclass
from types import ModuleType, TracebackType
from typing import Any, Final, NoReturn

import numpy as np

from rewards.sandbox import kernel, landlock, serialise
from rewards.sandbox.clock import StoppedClock
from rewards.sandbox.result import Refusal
from rewards.sandbox.seccomp import Filter
from rewards.sandbox.wire import Job, Layers

READY: Final = b"ready"
_FILENAME: Final = "<candidate>"
_RESULT: Final = 3  # descriptors of a candidate: 0, 1, 2 the null device, 3 the result pipe, nothing else
_MAX_MESSAGE: Final = 500
_OUT_OF_MEMORY: Final = b'{"error": "memory", "message": "MemoryError"}'  # made before memory is short


@dataclass(frozen=True, slots=True)
class Parts:
    """What the zygote made once for all children: a Landlock descriptor, the filter, the clock to stop, its own size.

    `size` is the zygote's address space in bytes.
    """

    ruleset: int | None
    program: Filter | None
    clock: StoppedClock | None
    size: int


def run(job: Job, code: int, result: int, ready: int, parts: Parts) -> NoReturn:
    """`code`, `result` and `ready` are descriptors.

    `ready` gets READY before the first byte of the candidate's code is read, or the error that kept the child from
    locking itself down; it is closed by then, so a candidate can fake neither.
    """
    try:
        if _set_up(job, code, result, ready, parts):
            document = _evaluate()
            while document:
                document = document[os.write(_RESULT, document) :]
    finally:
        os._exit(0)  # the code says nothing; what was written does


def _set_up(job: Job, code: int, result: int, ready: int, parts: Parts) -> bool:
    try:
        ready, ruleset = _arrange_descriptors(code, result, ready, parts.ruleset)
        _lock_down(job, ruleset, parts)
        os.write(ready, READY)
        os.close(ready)
        return True
    except BaseException as error:
        os.write(ready, f"{type(error).__name__}: {error}".encode()[:_MAX_MESSAGE])
        return False


def _arrange_descriptors(code: int, result: int, ready: int, ruleset: int | None) -> tuple[int, int | None]:
    """Puts the code on 0 and the result on 3, `ready` and `ruleset` above them, and closes everything else."""
    wanted = [code, result, ready] + ([] if ruleset is None else [ruleset])
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 64) for fd in wanted]
    for target, fd in zip((0, _RESULT, 4, 5), high, strict=False):
        os.dup2(fd, target)
    kernel.close_from(_RESULT + len(wanted) - 1)
    return 4, None if ruleset is None else 5


def _lock_down(job: Job, ruleset: int | None, parts: Parts) -> None:
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if job.layers & Layers.RLIMITS:
        _limit(job, parts.size)
    if parts.clock is not None:
        parts.clock.stop()
    if ruleset is not None:
        if job.layers & Layers.LANDLOCK:
            landlock.restrict_self(ruleset)
        os.close(ruleset)
    if job.layers & Layers.SECCOMP:
        if parts.program is None:
            raise OSError("no system call filter to install")
        parts.program.install()


def _limit(job: Job, size: int) -> None:
    cpu = -(-job.cpu_ns // 1_000_000_000) + 1  # a backstop in whole seconds; the zygote watches the CPU clock
    for which, soft, hard in (
        (resource.RLIMIT_AS, size + job.memory_bytes, size + job.memory_bytes),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_STACK, 8 << 20, 8 << 20),
        (resource.RLIMIT_NOFILE, 16, 16),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        ceiling = resource.getrlimit(which)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (soft, hard))


def _evaluate() -> bytes:
    """Runs the code on descriptor 0 and gives the document to write, of a circuit or of what went wrong."""
    try:
        source, num_qubits = _read_code()
        circuit = _create_ansatz(source)(num_qubits)
        return json.dumps(serialise.to_document(circuit), allow_nan=False).encode()
    except MemoryError:
        return _OUT_OF_MEMORY
    except Refusal as refusal:
        return _error(refusal.reason, str(refusal))
    except BaseException as error:
        return _describe(error)


def _read_code() -> tuple[bytes, int]:
    header, _, source = b"".join(iter(lambda: os.read(0, 1 << 16), b"")).partition(b"\n")
    os.dup2(1, 0)  # standard input is the null device from here on
    return source, int(header)


def _create_ansatz(source: bytes) -> Any:
    """Executes the source as a module of its own, from a fixed state: collector on, random generators seeded."""
    gc.enable()
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  # the legacy generator is shared state that a fork copies
    module = ModuleType("candidate")
    sys.modules["candidate"] = module  # dataclasses and pickling look a class's module up there
    exec(compile(source, _FILENAME, "exec", dont_inherit=True), module.__dict__)
    function = module.__dict__.get("create_ansatz")
    if not callable(function):
        raise Refusal("no_function", "the code defines no function create_ansatz(num_qubits)")
    return function


def _describe(error: BaseException) -> bytes:
    """The document of an exception; its text is the candidate's own and may itself raise, loop or be endless."""
    try:
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return _OUT_OF_MEMORY
        if isinstance(error, SyntaxError) and error.filename == _FILENAME:
            return _error("syntax_error", f"{type(error).__name__}: {error.msg} (line {error.lineno})")
        where = _line(error.__traceback__)
        return _error("exception", f"{type(error).__name__}: {str(error)[:_MAX_MESSAGE]}{where}")
    except BaseException:
        return _error("exception", "an exception that cannot be described")


def _line(traceback: TracebackType | None) -> str:
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == _FILENAME:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return "" if line is None else f" (line {line})"


def _error(reason: str, message: str) -> bytes:
    return json.dumps({"error": reason, "message": message}).encode()
