"""No candidate leaves anything for the next, and the same source sees the same world at any time, in any sandbox."""

from __future__ import annotations

import time

from rewards.sandbox import Protection, Sandbox, SandboxSettings
from tests.attacks.arena import LEVELS

WORLD = """
import ctypes, datetime, fcntl, os, random, resource, secrets, socket, time, uuid
import numpy as np
from qiskit.circuit import Parameter

seen = [
    time.time(), time.monotonic(), np.datetime64("now").astype(int), datetime.datetime.now().year,
    os.getpid(), os.getppid(), os.getuid(), os.getegid(),
    [(fcntl.fcntl(fd, fcntl.F_GETFL), fcntl.fcntl(fd, fcntl.F_GETFD)) for fd in range(4)],
    [os.lseek(fd, 0, os.SEEK_CUR) for fd in range(3)],
    os.urandom(4), secrets.token_hex(4), uuid.uuid4().hex[:8], random.random(), random.Random().random(),
    int(np.random.default_rng().integers(1 << 30)), float(np.random.rand()), random.SystemRandom().random(),
]
raise ValueError(hash(repr(seen)), seen[:8], seen[8][1])
"""
MARKS = """
import fcntl, os
for fd in range(4):
    for attempt in (
        lambda: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK),
        lambda: os.set_blocking(fd, False),
        lambda: fcntl.fcntl(fd, fcntl.F_SETFD, 1),
        lambda: os.lseek(fd, 5, os.SEEK_SET),
        lambda: fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB),
    ):
        try:
            attempt()
        except OSError:
            pass
"""


def test_a_candidate_sees_the_same_world_whatever_ran_before_it_and_whenever() -> None:
    worlds = []
    for level in ("full", "basic"):
        with Sandbox(SandboxSettings(), Protection(**LEVELS[level])) as sandbox:
            assert "clock" not in sandbox.hello.missing
            for before in ("pass", MARKS, "import random; random.seed(9)"):
                sandbox.run(before, 2)
                worlds.append(sandbox.run(WORLD, 2).message)
        time.sleep(1.1)
    assert worlds[0].startswith("ValueError: (")
    assert set(worlds) == {worlds[0]}


def test_sleeping_takes_its_time_without_a_clock() -> None:
    with Sandbox() as sandbox:
        assert sandbox.run("import time\ntime.sleep(0.3)", 2).wall_seconds > 0.3
