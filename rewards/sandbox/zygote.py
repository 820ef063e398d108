"""The warm process that candidates are forked from, and its keeper.

Started by the host with exec, so it has none of the host's memory; it loads everything a candidate may import, isolates
itself, says what it reached (the hello record), and then serves one job at a time. It passes descriptors on and never
reads code or results, so nothing of one candidate is left for the next. It holds no Hamiltonian and no energy.

The keeper is the small process that the host started: it forks the zygote (a pid namespace begins with the next fork)
and waits. Whichever of the two sees the host die first ends both.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import platform
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from rewards.sandbox import child, isolation, kernel, landlock, preload
from rewards.sandbox.clock import StoppedClock
from rewards.sandbox.seccomp import Filter
from rewards.sandbox.wire import Ending, Job, Status

_GRACE_NS: Final = 1_000_000  # how much later than the earliest possible moment a CPU limit is looked at


@dataclass
class Zygote:
    """The loaded and isolated process. `missing` says which layer could not be had, and the kernel's reason."""

    control: socket.socket
    host: int  # a pidfd
    wanted: frozenset[str]
    missing: dict[str, str] = field(default_factory=dict)
    ruleset: int | None = None
    program: Filter | None = None
    clock: StoppedClock | None = None
    address_space: int = 0

    def attempt(self, layer: str, action: Callable[[], Any]) -> Any:
        """The result of `action`; None, with the reason in `missing`, when the layer is unwanted or not to be had."""
        if layer not in self.wanted:
            self.missing[layer] = "switched off"
            return None
        try:
            return action()
        except OSError as error:
            self.missing.setdefault(layer, error.strerror or str(error))
            return None

    def host_lives(self) -> None:
        """Ends this process when the host is gone."""
        if _readable(self.host):
            os._exit(0)


def main(arguments: list[str]) -> NoReturn:
    """Arguments: the project's folder, two inherited descriptors (control socket, pidfd of the host), layers to use.

    The host's import paths are in `sys.path` by now.
    """
    project, control, host, wanted = arguments
    zygote = Zygote(socket.socket(fileno=int(control)), int(host), frozenset(wanted.split(",")))
    zygote.attempt("namespaces", isolation.enter_namespaces)
    identity = zygote.attempt("identity", isolation.choose_identity)
    pid = os.fork()
    if pid:
        _keep(zygote, pid, identity)
    status = os.open("/proc/self/status", os.O_RDONLY)
    hello = _prepare(zygote, project, identity, status)
    zygote.control.send(json.dumps(hello).encode())
    _silence()
    while True:
        _serve_one(zygote)


def _keep(zygote: Zygote, pid: int, identity: int | None) -> NoReturn:
    """The keeper's whole life: no privileges, no control socket; waits, and leaves no zombie to a host without init."""
    process = os.pidfd_open(pid)
    zygote.control.close()
    _silence()
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    isolation.assume_identity(identity)
    if not any(fd == process for fd, _ in _poller(process, zygote.host).poll()):
        with contextlib.suppress(OSError):  # still root and loading: then it watches the host itself
            signal.pidfd_send_signal(process, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(0)


def _prepare(zygote: Zygote, project: str, identity: int | None, status: int) -> dict[str, Any]:
    """Loads, isolates, builds what each child needs; gives the hello record."""
    preload.clean_path(project)
    paths = [entry for entry in sys.path if os.path.isdir(entry)]
    loaded, failed = preload.load(zygote.host_lives)
    preload.warm_up()
    preload.adapt()
    gc.collect()
    kernel.collapse_memory()
    zygote.clock = zygote.attempt("clock", StoppedClock)
    if "namespaces" not in zygote.missing:
        zygote.attempt("namespaces", isolation.enter_empty_root)
    isolation.assume_identity(identity)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of identity, which clears it
    threads = _status_field(status, "Threads")
    preload.start_thread_pool()
    preload.forget_unwanted()
    zygote.ruleset = zygote.attempt("landlock", landlock.empty_ruleset)
    zygote.program = zygote.attempt("seccomp", lambda: Filter(clocks=zygote.clock is None))
    gc.collect()
    gc.freeze()  # the collector of a child must not touch, and so copy, the zygote's pages
    gc.disable()
    zygote.address_space = _status_field(status, "VmSize") << 10
    resident = _status_field(status, "VmRSS") << 10
    os.close(status)
    return {
        "machine": platform.machine(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "missing": zygote.missing,
        "landlock_abi": landlock.abi() if zygote.ruleset is not None else None,
        "uid": os.getuid(),
        "pid": os.getpid(),
        "threads_before_pool": threads,
        "address_space_bytes": zygote.address_space,
        "resident_bytes": resident,
        "modules": loaded,
        "modules_failed": failed[:50],
        "import_paths": paths,
    }


def _serve_one(zygote: Zygote) -> None:
    poll = _poller(zygote.control.fileno(), zygote.host)
    poll.poll()
    zygote.host_lives()
    record, descriptors, _, _ = socket.recv_fds(zygote.control, Job.FORMAT.size, 2)
    if not record:
        os._exit(0)
    if len(record) != Job.FORMAT.size or len(descriptors) != 2:
        return  # a late "stop" for a job that has just ended
    zygote.control.send(_run_child(zygote, Job.unpack(record), *descriptors).pack())


def _run_child(zygote: Zygote, job: Job, code: int, result: int) -> Status:
    """Forks the child, watches its clocks, reaps it. An error in here ends the zygote, and the child with it."""
    ready, ready_child = os.pipe()
    try:
        try:
            pid = os.fork()
        except OSError as error:
            return Status(Ending.FORK_FAILED, detail=str(error))
        if pid == 0:
            parts = child.Parts(zygote.ruleset, zygote.program, zygote.clock, zygote.address_space)
            child.run(job, code, result, ready_child, parts)
        os.close(ready_child)
        ready_child = -1
        ending = _watch(zygote, job, pid)
        _, wait_status, usage = os.wait4(pid, 0)
        report = os.read(ready, 1000)
        killed = os.WIFSIGNALED(wait_status) and os.WTERMSIG(wait_status) == signal.SIGKILL
        if report != child.READY and ending is Ending.ENDED and not killed:
            return Status(Ending.SETUP_FAILED, wait_status, detail=report.decode(errors="replace"))
        cpu_ns = round((usage.ru_utime + usage.ru_stime) * 1e9)
        if ending is Ending.ENDED and cpu_ns >= job.cpu_ns:  # on a busy machine it may end before it is looked at
            ending = Ending.CPU_LIMIT
        return Status(ending, wait_status, cpu_ns, usage.ru_maxrss << 10)
    finally:
        for fd in (code, result, ready, ready_child):
            if fd >= 0:
                os.close(fd)


def _watch(zygote: Zygote, job: Job, pid: int) -> Ending:
    """Waits until the child ends, and kills it at a limit or when the host says so; does not reap it.

    A child has one thread, so it cannot reach its CPU limit earlier than `limit - used` from now: that is when to look.
    """
    process = os.pidfd_open(pid)
    deadline = time.monotonic_ns() + job.wall_ns
    poll = _poller(process, zygote.control.fileno(), zygote.host)
    try:
        while True:
            wall_left = deadline - time.monotonic_ns()
            try:
                cpu_left = job.cpu_ns - kernel.cpu_time_ns(pid)
            except OSError:  # it has just ended
                cpu_left = wall_left = _GRACE_NS
            if min(wall_left, cpu_left) <= 0:
                signal.pidfd_send_signal(process, signal.SIGKILL)
                return Ending.CPU_LIMIT if cpu_left <= 0 else Ending.WALL_LIMIT
            ready = {fd for fd, _ in poll.poll((min(wall_left, cpu_left) + _GRACE_NS) // 1_000_000 + 1)}
            if process in ready:
                return Ending.ENDED
            if ready:
                signal.pidfd_send_signal(process, signal.SIGKILL)
                if _readable(zygote.host) or not zygote.control.recv(Job.FORMAT.size):
                    os.waitpid(pid, 0)
                    os._exit(0)
                return Ending.STOPPED
    finally:
        os.close(process)


def _status_field(status: int, name: str) -> int:
    """A number from /proc/self/status, read through a descriptor that outlives the change of root."""
    for line in os.pread(status, 8192, 0).decode().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise OSError(f"no {name} in /proc/self/status")


def _silence() -> None:
    """Standard error was for failures at start; from here on all three standard descriptors are the null device."""
    for fd in (1, 2):
        os.dup2(0, fd)


def _poller(*descriptors: int) -> select.poll:
    poll = select.poll()
    for fd in descriptors:
        poll.register(fd, select.POLLIN)
    return poll


def _readable(descriptor: int) -> bool:
    return bool(_poller(descriptor).poll(0))
