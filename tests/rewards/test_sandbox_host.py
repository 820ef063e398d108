"""The sandbox under bad luck: killed, stopped, flooded, a full disk, many at once. Nothing hangs or is misjudged."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quantum.errors import RequestError
from rewards.sandbox import (
    Protection,
    Sandbox,
    SandboxError,
    SandboxResult,
    SandboxSettings,
    describe_level,
    host,
    prove_layers,
)
from tests.attacks.arena import PROJECT, processes_of
from tests.attacks.catalogue import ATTACKS, WELL_BEHAVED

BUSY = "while True:\n    pass"
PATIENCE = (
    10.0  # seconds that a condition may take to come true on a loaded machine; each takes milliseconds on an idle one
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """Tight limits and no restarts so far; a test may do to its zygote what it likes, the next run starts another."""
    shared.settings = SandboxSettings(cpu_seconds=0.5, wall_seconds=4.0)
    shared.restarts = 0
    return shared


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.005)


def parent_of(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as stream:
        return int(stream.read().rpartition(")")[2].split()[1])
    return 0


def group_of(sandbox: Sandbox) -> int:
    return sandbox._zygote.process.pid


def zygote_of(sandbox: Sandbox) -> int:
    keeper = group_of(sandbox)
    return next(pid for pid in processes_of(keeper) if parent_of(pid) == keeper)


def child_of(sandbox: Sandbox) -> int | None:
    zygote = zygote_of(sandbox)
    return next((pid for pid in processes_of(group_of(sandbox)) if parent_of(pid) == zygote), None)


def while_running(sandbox: Sandbox, code: str, action: Callable[[], None]) -> SandboxResult:
    """The result of `code`, with `action` taken once its child exists."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(sandbox.run, code, 4)
        eventually(lambda: child_of(sandbox) is not None)
        action()
        return future.result(timeout=60)


def ok(sandbox: Sandbox) -> bool:
    return sandbox.run(WELL_BEHAVED, 4).outcome == "ok"


@pytest.mark.parametrize("victim", ["zygote", "keeper", "group"])
def test_a_killed_zygote_is_replaced_and_the_candidate_tried_again(sandbox: Sandbox, victim: str) -> None:
    group, zygote = group_of(sandbox), zygote_of(sandbox)

    def kill() -> None:
        if victim == "group":
            os.killpg(group, signal.SIGKILL)
        else:
            os.kill(zygote if victim == "zygote" else group, signal.SIGKILL)

    assert while_running(sandbox, BUSY, kill).reason == "cpu_timeout"
    assert sandbox.restarts == 1
    eventually(lambda: processes_of(group) == [])
    assert ok(sandbox)


def test_a_zygote_killed_between_candidates(sandbox: Sandbox) -> None:
    os.kill(zygote_of(sandbox), signal.SIGKILL)
    assert ok(sandbox)
    assert sandbox.restarts == 1


def test_a_stopped_zygote_is_replaced(sandbox: Sandbox) -> None:
    sandbox.settings = dataclasses.replace(sandbox.settings, wall_seconds=0.6)
    os.kill(zygote_of(sandbox), signal.SIGSTOP)
    assert ok(sandbox)
    assert sandbox.restarts == 1


def test_a_stopped_child_is_no_verdict_on_the_zygote(sandbox: Sandbox) -> None:
    sandbox.settings = dataclasses.replace(sandbox.settings, wall_seconds=1.5)
    result = while_running(sandbox, BUSY, lambda: os.kill(child_of(sandbox) or 0, signal.SIGSTOP))
    assert result.reason == "cpu_timeout"  # the wall limit rescued the first try, the second was judged
    assert sandbox.restarts == 0


def test_a_killed_child_is_tried_again(sandbox: Sandbox) -> None:
    result = while_running(sandbox, BUSY, lambda: os.kill(child_of(sandbox) or 0, signal.SIGKILL))
    assert result.reason == "cpu_timeout"
    assert sandbox.restarts == 0


def test_a_child_killed_every_time_is_never_scored(sandbox: Sandbox) -> None:
    sandbox.settings = dataclasses.replace(sandbox.settings, cpu_seconds=4.0, wall_seconds=8.0)
    seen: set[int] = set()

    def kill_three() -> None:
        while len(seen) < 3:
            child = child_of(sandbox)
            if child and child not in seen:
                seen.add(child)
                os.kill(child, signal.SIGKILL)

    result = while_running(sandbox, BUSY, kill_three)
    assert (result.outcome, result.reason) == ("infrastructure", "child_killed")
    assert ok(sandbox)


_HOST = """
import sys
from rewards.sandbox import Sandbox, SandboxSettings
sandbox = Sandbox(SandboxSettings(cpu_seconds=60, wall_seconds=60))
print(sandbox._zygote.process.pid, flush=True)
sandbox.run("while True: pass", 4)
"""


def test_a_killed_host_leaves_no_process() -> None:
    with subprocess.Popen([sys.executable, "-c", _HOST], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        group = int(host.stdout.readline())
        eventually(lambda: len(processes_of(group)) == 3)  # keeper, zygote, child
        host.kill()
        host.wait()
        eventually(lambda: processes_of(group) == [])


def test_a_host_killed_while_its_zygote_is_stopped_leaves_no_process() -> None:
    with subprocess.Popen([sys.executable, "-c", _HOST], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        group = int(host.stdout.readline())
        zygote = next(pid for pid in processes_of(group) if parent_of(pid) == group)
        os.kill(zygote, signal.SIGSTOP)
        host.kill()
        host.wait()
        eventually(lambda: processes_of(group) == [])


def test_closing_leaves_no_process() -> None:
    sandbox = Sandbox()
    group = group_of(sandbox)
    assert len(processes_of(group)) == 2
    sandbox.close()
    assert processes_of(group) == []
    sandbox.close()
    with pytest.raises(SandboxError, match="closed"):
        sandbox.run(WELL_BEHAVED, 4)
    forgotten = Sandbox()
    group = group_of(forgotten)
    del forgotten
    eventually(lambda: processes_of(group) == [])


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root to mount a full disk")
def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    needed = (Path(PROJECT), Path(sys.prefix))
    place = tmp_path if any(path.is_relative_to("/tmp") for path in needed) else Path("/tmp")
    fill = f"for d in {place} /dev/shm; do mount -t tmpfs -o size=4k full $d; head -c 4096 /dev/zero > $d/full; done"
    code = "from rewards.sandbox import *; from tests.attacks.catalogue import WELL_BEHAVED\n"
    code += "with Sandbox() as s: print(s.run(WELL_BEHAVED, 4).outcome, s.level)"
    script = f'set -e; {fill}; cd {place}; ! echo more > {place}/more 2>&1; exec "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, sys.executable, code],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split()[:1] == ["ok"], done.stderr


def test_two_hundred_at_once_each_get_their_own_circuit() -> None:
    def candidate(k: int) -> str:
        return f"def create_ansatz(n):\n    return __import__('qiskit').QuantumCircuit(n).compose(X, [0])\n{marker(k)}"

    def marker(k: int) -> str:
        return f"X = __import__('qiskit').QuantumCircuit(1)\nfor _ in range({k}):\n    X.x(0)\n"

    with contextlib.ExitStack() as stack:
        sandboxes = [stack.enter_context(Sandbox()) for _ in range(3)]
        pool = stack.enter_context(ThreadPoolExecutor(200))
        results = list(pool.map(lambda k: sandboxes[k % 3].run(candidate(k), 2), range(200)))
        assert [r.circuit and len(r.circuit.gates) for r in results] == list(range(200)), results[0]
        assert [sandbox.restarts for sandbox in sandboxes] == [0, 0, 0]


def soak(runs: int) -> None:
    """A third of `runs` are attacks; two sandboxes. Nothing may grow, nothing may be lost."""
    quick = [a for a in ATTACKS if a.expected <= {"exception", "policy_kill", "bad_output", "no_output", "crash"}]
    places = {"CANARY": "/nowhere/canary", "FOLDER": "/nowhere", "PROJECT": "/nowhere"}
    with contextlib.ExitStack() as stack:
        sandboxes = [stack.enter_context(Sandbox(SandboxSettings(cpu_seconds=0.5))) for _ in range(2)]
        known = sandboxes[0].run(WELL_BEHAVED, 4).circuit
        before = [footprint(sandbox) for sandbox in sandboxes]
        gc.collect()  # what earlier tests in this process left behind is not to be counted, now or later
        descriptors = len(os.listdir("/proc/self/fd"))

        def work(index: int) -> int:
            done = 0
            for k in range(index, runs, 2):
                attack = quick[k // 3 % len(quick)] if k % 3 == 0 else None
                code = attack.code(**places) if attack else WELL_BEHAVED
                result = sandboxes[index].run(code, 4)
                assert (result.circuit == known) if attack is None else (result.reason in attack.expected), result
                done += 1
            return done

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(work, range(2))) == runs
        assert [sandbox.restarts for sandbox in sandboxes] == [0, 0]
        assert len(os.listdir("/proc/self/fd")) <= descriptors
        for sandbox, (processes, files, resident) in zip(sandboxes, before, strict=True):
            now = footprint(sandbox)
            assert (now[0], now[1]) == (processes, files)
            assert now[2] <= resident + 4096  # KiB


def footprint(sandbox: Sandbox) -> tuple[list[int], int, int]:
    """Processes of the group, open files and resident KiB of the zygote (as far as this user may look)."""
    zygote = zygote_of(sandbox)
    files = len(os.listdir(f"/proc/{zygote}/fd")) if os.geteuid() == 0 else 0
    with open(f"/proc/{zygote}/status") as stream:
        resident = next(int(line.split()[1]) for line in stream if line.startswith("VmRSS"))
    return processes_of(group_of(sandbox)), files, resident


def test_soak() -> None:
    soak(1_500)


@pytest.mark.slow
def test_long_soak() -> None:
    soak(10_000)


def test_threads_of_one_host_share_a_sandbox(sandbox: Sandbox) -> None:
    results: list[SandboxResult] = []
    threads = [threading.Thread(target=lambda: results.append(sandbox.run(WELL_BEHAVED, 4))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({str(result.circuit) for result in results}) == 1


def test_a_forked_host_may_not_use_it(sandbox: Sandbox) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            sandbox.run(WELL_BEHAVED, 4)
        except SandboxError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert ok(sandbox)


def test_limits_are_where_they_are_said_to_be(sandbox: Sandbox) -> None:
    pad = "#" * (60_000 - len(WELL_BEHAVED.encode()))
    assert sandbox.run(WELL_BEHAVED + pad, 4).outcome == "ok"
    assert sandbox.run(WELL_BEHAVED + pad + "#", 4).reason == "code_too_big"
    used = sandbox.run("x = bytearray(300 << 20)" + WELL_BEHAVED, 4)
    assert used.outcome == "ok"
    assert used.peak_rss_bytes > 300 << 20
    assert sandbox.run("x = bytearray(600 << 20)" + WELL_BEHAVED, 4).reason == "memory"
    assert 0 < used.cpu_seconds < 0.5


def test_wrong_requests_say_what_is_right(sandbox: Sandbox) -> None:
    for wrong in (0, 21, True, 4.0):
        with pytest.raises(RequestError, match="1 to 20"):
            sandbox.run(WELL_BEHAVED, wrong)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="did you mean 'strong'"):
        SandboxSettings(minimum_level="stron")
    with pytest.raises(RequestError, match="no level 'none'"):
        SandboxSettings(minimum_level="none")
    with pytest.raises(RequestError, match="wall_seconds"):
        SandboxSettings(cpu_seconds=3.0, wall_seconds=1.0)


def test_below_the_minimum_level_it_refuses_in_one_line() -> None:
    with pytest.raises(
        RequestError, match=r"level basic here and sandbox\.minimum_level is strong: no landlock"
    ) as error:
        Sandbox(SandboxSettings(minimum_level="strong"), Protection(landlock=False))
    assert "\n" not in str(error.value)


def test_a_weaker_zygote_is_no_replacement(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        monkeypatch.setattr(host, "_wanted", lambda protection: ["seccomp", "identity"])
        os.kill(zygote_of(sandbox), signal.SIGKILL)
        with pytest.raises(SandboxError, match="restarted at level basic"):
            sandbox.run(WELL_BEHAVED, 4)
        with pytest.raises(SandboxError, match="closed"):
            sandbox.run(WELL_BEHAVED, 4)


def test_a_child_without_its_filter_sees_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "_wanted", lambda protection: ["identity"])
    monkeypatch.setattr(host, "require_level", lambda hello, minimum: None)
    with Sandbox() as sandbox:
        result = sandbox.run(WELL_BEHAVED, 4)
    assert (result.outcome, result.reason) == ("infrastructure", "setup_failed")
    assert "no system call filter" in result.message


def test_no_sandbox_is_said_loudly() -> None:
    with Sandbox(SandboxSettings(), Protection(unsafe_no_sandbox=True)) as sandbox:
        assert sandbox.level == "none"
        assert "UNCONFINED" in describe_level(sandbox.hello)
        assert sandbox.hello.to_document()["warning"] == describe_level(sandbox.hello)
        assert ok(sandbox)
        assert sandbox.run(f"open({__file__!r}).read()" + WELL_BEHAVED, 4).outcome == "ok"
        assert sandbox.run("bytearray(8 << 30)", 4).reason == "memory"
    with Sandbox() as sandbox:
        assert sandbox.level == "none" or "UNCONFINED" not in describe_level(sandbox.hello)


def test_the_zygote_holds_neither_secrets_nor_the_project(sandbox: Sandbox) -> None:
    code = "import sys, os\nraise ValueError(sorted(os.environ), [m for m in sys.modules if m.startswith('quantum')])"
    message = sandbox.run(code, 4).message
    assert "'PYTHONHASHSEED'" in message
    assert message.split("], ")[1].startswith("[])")
    if os.geteuid() == 0:
        with open(f"/proc/{zygote_of(sandbox)}/maps") as stream:
            assert not [
                line for line in stream if line.split()[1] == "rw-s"
            ]  # nothing that a child could write back to


def test_every_layer_is_proved_here() -> None:
    proofs = prove_layers(SandboxSettings())
    assert [proof for proof in proofs if proof.required and not proof.ok] == []
    weaker = prove_layers(SandboxSettings(minimum_level="strong"), Protection(landlock=False))
    assert {proof.name for proof in weaker if proof.required and not proof.ok} == {
        "level",
        "landlock: list a directory",
    }
