"""What each layer is for: with it the attack is stopped, without it the same attack gets through.

Attacks run here without the filter harm nothing when they succeed; `Arena.run` refuses the others.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from rewards.sandbox import host
from rewards.sandbox.wire import Layers
from tests.attacks.arena import LEVELS, NONE, Arena
from tests.attacks.catalogue import ATTACKS, WELL_BEHAVED

BY_NAME = {attack.name: attack for attack in ATTACKS}
NO_FILTER = Layers.SECCOMP
NO_LANDLOCK = Layers.SECCOMP | Layers.LANDLOCK
ONLY_THE_FILTER_STOPS = """
    fs_read_canary fs_read_etc_passwd fs_list_root fs_stat fs_memfd net_udp net_unix net_netlink net_socketpair
    net_tcp_listen sys_inotify_init sys_eventfd sys_pipe sys_timerfd_create sys_prctl_pdeathsig sys_personality
    sys_executable_memory proc_new_namespaces proc_affinity proc_nice
"""


@pytest.fixture(scope="module")
def arenas() -> Iterator[dict[str, Arena]]:
    arenas = {level: Arena(level) for level in LEVELS}
    yield arenas
    for arena in arenas.values():
        arena.close()


def reason(arena: Arena, name: str, without: Layers) -> str:
    return arena.run(BY_NAME[name], without).reason or "ok"


@pytest.mark.parametrize("name", ONLY_THE_FILTER_STOPS.split())
def test_without_the_filter_the_attack_gets_through(arenas: dict[str, Arena], name: str) -> None:
    assert reason(arenas["basic"], name, NONE) in BY_NAME[name].expected
    assert reason(arenas["basic"], name, NO_FILTER) == "ok"


@pytest.mark.parametrize("name", ["fs_read_canary", "fs_list_root", "fs_append_canary", "fs_mkdir", "fs_truncate"])
def test_landlock_alone_stops_file_access(arenas: dict[str, Arena], name: str) -> None:
    arena = arenas["only landlock"]
    assert reason(arena, name, NO_FILTER) == "exception"
    arena.assert_unharmed()


def test_without_landlock_either_files_are_open(arenas: dict[str, Arena]) -> None:
    assert reason(arenas["only landlock"], "fs_read_canary", NO_LANDLOCK) == "ok"


def test_namespaces_alone_hide_the_files(arenas: dict[str, Arena]) -> None:
    assert reason(arenas["only namespaces"], "fs_read_canary", NO_FILTER) == "exception"
    assert reason(arenas["basic"], "fs_read_canary", NO_FILTER) == "ok"


def test_namespaces_alone_hide_the_network(arenas: dict[str, Arena]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"import socket\nsocket.create_connection(('127.0.0.1', {server.getsockname()[1]}))" + WELL_BEHAVED
        assert arenas["only namespaces"].sandbox.run_without(NO_FILTER, code, 4).reason == "exception"
        assert arenas["basic"].sandbox.run_without(NO_FILTER, code, 4).outcome == "ok"


def test_namespaces_alone_hide_other_processes(arenas: dict[str, Arena]) -> None:
    code = f"import os\ntry:\n    os.kill({os.getpid()}, 0)\nexcept PermissionError:\n    pass" + WELL_BEHAVED
    assert arenas["only namespaces"].sandbox.run_without(NO_FILTER, code, 4).reason == "exception"  # no such process
    assert arenas["basic"].sandbox.run_without(NO_FILTER, code, 4).outcome == "ok"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no identity to give up")
def test_the_own_identity_alone_protects_private_files(monkeypatch: pytest.MonkeyPatch) -> None:
    with_identity = Arena("basic")
    monkeypatch.setattr(host, "_wanted", lambda settings: ["seccomp"])
    without = Arena("basic")
    try:
        for arena, expected in ((with_identity, "exception"), (without, "ok")):
            arena.canary.chmod(0o600)
            assert reason(arena, "fs_read_canary", NO_FILTER) == expected
    finally:
        with_identity.close()
        without.close()


def test_without_limits_memory_is_endless(arenas: dict[str, Arena]) -> None:
    code = "import mmap\nmmap.mmap(-1, 2 << 30)" + WELL_BEHAVED
    sandbox = arenas["full"].sandbox
    assert sandbox.run(code, 4).reason == "memory"
    assert sandbox.run_without(Layers.RLIMITS, code, 4).outcome == "ok"


def test_limits_alone_stop_a_fork(arenas: dict[str, Arena]) -> None:
    assert reason(arenas["basic"], "fork_once", NO_FILTER) == "exception"
    both = NO_FILTER | Layers.RLIMITS
    assert reason(arenas["basic"], "fork_once", both) == "ok"


def test_with_two_layers_away_the_third_still_stands(arenas: dict[str, Arena]) -> None:
    """At level full the canary stays closed whichever two of filter, Landlock and empty root are broken."""
    assert reason(arenas["full"], "fs_read_canary", NO_LANDLOCK) == "exception"
    assert reason(arenas["only landlock"], "fs_read_canary", NO_FILTER) == "exception"
    assert reason(arenas["basic"], "fs_read_canary", NONE) == "exception"
