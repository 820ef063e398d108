"""The host's side: start a zygote, hand it candidates one at a time, take nothing back but a checked gate list."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from types import TracebackType
from typing import Final

import rewards.sandbox.interpreter as interpreter
from quantum.circuit import MAX_QUBITS
from quantum.errors import InfrastructureError, RequestError
from rewards.sandbox.levels import Hello, require_level
from rewards.sandbox.protection import Protection
from rewards.sandbox.result import SandboxResult
from rewards.sandbox.settings import SandboxSettings
from rewards.sandbox.verdict import judge, without_run
from rewards.sandbox.wire import HELLO_BYTES, MAX_CODE_BYTES, STOP, Job, Layers, Status

_START_SECONDS: Final = 120.0
_GRACE_SECONDS: Final = 1.0
_ATTEMPTS: Final = 3
_END_SECONDS: Final = 0.5
_CHUNK: Final = 1 << 16
_STATUS_BYTES: Final = 1000


class SandboxError(InfrastructureError):
    """The sandbox itself could not be started; never about a candidate."""


class Sandbox:
    """One zygote and the candidates it runs, one at a time; `run` may be called from any thread.

    Starts at once (one to two seconds). Raises RequestError when this machine does not reach settings.minimum_level,
    SandboxError when no zygote starts at all. Belongs to the process that made it.
    """

    def __init__(
        self,
        settings: SandboxSettings = SandboxSettings(),  # noqa: B008  # frozen
        protection: Protection = Protection(),  # noqa: B008
    ) -> None:
        if not sys.platform.startswith("linux"):
            raise RequestError(f"the sandbox needs Linux, not {sys.platform}: use a Linux container or WSL 2")
        self.settings = settings
        self.protection = protection
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._closed = False
        self._zygote = _Zygote(protection)
        self.restarts = 0
        if not protection.unsafe_no_sandbox:
            try:
                require_level(self.hello, settings.minimum_level)
            except RequestError:
                self.close()
                raise

    @property
    def hello(self) -> Hello:
        """What the zygote reached: layers, missing layers with reasons, sizes."""
        return self._zygote.hello

    @property
    def level(self) -> str:
        """ "full", "strong", "basic" or "none"."""
        return self.hello.level

    def run(self, code: str, num_qubits: int) -> SandboxResult:
        """Runs `create_ansatz(num_qubits)` of `code` and gives its circuit or the reason why there is none.

        A lost zygote is started anew and the candidate tried again; so is one that waited until the wall limit.
        """
        return self.run_without(Layers(0), code, num_qubits)

    def run_without(self, without: Layers, code: str, num_qubits: int) -> SandboxResult:
        """`run` with some of the child's own layers taken away: for proofs and tests, never for a candidate."""
        if self._closed:
            raise SandboxError("this Sandbox is closed")
        if os.getpid() != self._owner:
            raise SandboxError("a Sandbox belongs to the process that made it; make one in each process")
        if type(num_qubits) is not int or not 1 <= num_qubits <= MAX_QUBITS:
            raise RequestError(f"num_qubits must be an integer from 1 to {MAX_QUBITS}, not {num_qubits!r}")
        try:
            source = code.encode()
        except UnicodeEncodeError:
            return without_run("syntax_error", "the code is not valid Unicode")
        if len(source) > MAX_CODE_BYTES:
            return without_run("code_too_big")
        job = Job(
            cpu_ns=round(self.settings.cpu_seconds * 1e9),
            wall_ns=round(self.settings.wall_seconds * 1e9),
            memory_bytes=self.settings.memory_mib << 20,
            layers=Layers.RLIMITS if self.protection.unsafe_no_sandbox else Layers.ALL & ~without,
        )
        with self._lock:
            for attempt in range(_ATTEMPTS):
                result = self._attempt(job, b"%d\n%s" % (num_qubits, source), num_qubits)
                final = result.reason == "wall_timeout" and attempt > 0
                if final or (result.outcome != "infrastructure" and result.reason != "wall_timeout"):
                    break
            return result

    def _attempt(self, job: Job, payload: bytes, num_qubits: int) -> SandboxResult:
        if self._zygote.lost:
            self._restart()
        started = time.monotonic()
        try:
            status, output = self._zygote.run(job, payload, self.settings.output_bytes)
        except _Lost as lost:
            return without_run("zygote_lost", str(lost))
        return judge(status, output, num_qubits, time.monotonic() - started)

    def _restart(self) -> None:
        """Another zygote, at the level that this sandbox has announced: a weaker one is no replacement."""
        level = self.level
        self._zygote.close()
        self._zygote = _Zygote(self.protection)
        self.restarts += 1
        if self.level != level:
            reached, reasons = self.level, dict(self.hello.missing)
            self.close()
            raise SandboxError(f"the sandbox had level {level} and restarted at level {reached}: {reasons}")

    def close(self) -> None:
        """Ends the zygote and everything below it. Further runs raise SandboxError."""
        self._closed = True
        self._zygote.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Lost(Exception):
    """The zygote died or stopped answering."""


class _Zygote:
    """The process group of one zygote (keeper, zygote, child) and its control socket."""

    def __init__(self, protection: Protection) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        host = os.pidfd_open(os.getpid())
        wanted = ",".join(_wanted(protection))
        try:
            self.process = subprocess.Popen(
                interpreter.command(str(theirs.fileno()), str(host), wanted),
                env=interpreter.environment(),
                pass_fds=(theirs.fileno(), host),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            self.control.close()
            raise SandboxError(f"the sandbox did not start: {error}") from error
        finally:
            theirs.close()
            os.close(host)
        self.lost = False
        self._finalizer = weakref.finalize(self, _end, self.process, self.control)
        self.hello = self._greet()

    def _greet(self) -> Hello:
        self.control.settimeout(_START_SECONDS)
        try:
            record = self.control.recv(HELLO_BYTES)
        except OSError:
            record = b""
        if not record:
            os.killpg(self.process.pid, signal.SIGKILL)
            assert self.process.stderr is not None
            lines = self.process.stderr.read().decode(errors="replace").strip().splitlines()
            self.close()
            raise SandboxError(f"the sandbox did not start: {lines[-1] if lines else 'no answer'}")
        self.control.settimeout(None)
        return Hello(**json.loads(record))

    def run(self, job: Job, payload: bytes, most: int) -> tuple[Status, bytes | None]:
        """How the child ended and what it wrote, None when that was more than `most` bytes. Raises _Lost."""
        code = os.memfd_create("code")
        result, theirs = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            os.set_blocking(theirs, True)
            _write_all(code, payload)
            os.lseek(code, 0, os.SEEK_SET)
            try:
                socket.send_fds(self.control, [job.pack()], [code, theirs])
            except OSError as error:
                self.lost = True
                raise _Lost("the zygote is gone") from error
            os.close(theirs)
            theirs = -1
            return self._collect(result, time.monotonic() + job.wall_ns / 1e9 + _GRACE_SECONDS, most)
        except BaseException:
            self.lost = True  # also on Ctrl-C: its answer would be taken for the next candidate's
            raise
        finally:
            for fd in (code, result, theirs):
                if fd >= 0:
                    os.close(fd)

    def _collect(self, result: int, deadline: float, most: int) -> tuple[Status, bytes | None]:
        output, status = bytearray(), b""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(result, select.POLLIN)
        reading = True
        while not status:
            ready = {fd for fd, _ in poll.poll(max(0, round((deadline - time.monotonic()) * 1000)))}
            if not ready and time.monotonic() >= deadline:
                raise _Lost("the zygote stopped answering")
            if self.control.fileno() in ready:  # the child is reaped: what it wrote is in the pipe
                with contextlib.suppress(OSError):
                    status = self.control.recv(_STATUS_BYTES)
                if not status:
                    raise _Lost("the zygote died")
            if reading and (status or result in ready):
                reading = _drain(result, output, most)
                if not reading:
                    poll.unregister(result)
                if len(output) > most and not status:
                    with contextlib.suppress(OSError):  # the zygote is gone: the next turn finds out
                        self.control.send(STOP)
        return Status.unpack(status), None if len(output) > most else bytes(output)

    def close(self) -> None:
        self.lost = True
        self._finalizer()


def _drain(pipe: int, output: bytearray, most: int) -> bool:
    """Appends what is there; False when there is no more to come, or none is wanted beyond `most` bytes."""
    while len(output) <= most:
        try:
            chunk = os.read(pipe, _CHUNK)
        except BlockingIOError:
            return True
        if not chunk:
            return False
        output += chunk
    return False


def _wanted(protection: Protection) -> list[str]:
    if protection.unsafe_no_sandbox:
        return ["none"]
    optional = [name for name in ("landlock", "namespaces") if getattr(protection, name)]
    return ["seccomp", "identity", "clock", *optional]


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _end(process: subprocess.Popen[bytes], control: socket.socket) -> None:
    """Lets the group end on the closed socket, which leaves no zombies; kills it if it does not.

    The leader is not reaped before the group is gone, so the group's number cannot have become somebody else's.
    """
    control.close()
    if process.returncode is None:
        leader = os.pidfd_open(process.pid)
        ended = select.poll()
        ended.register(leader, select.POLLIN)
        ended.poll(round(_END_SECONDS * 1000))
        os.close(leader)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stderr is not None:
        process.stderr.close()
