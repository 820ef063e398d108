"""What the zygote does to itself, for every candidate to inherit: namespaces, an empty root, an own identity."""

from __future__ import annotations

import errno
import os
from typing import Final

from rewards.sandbox import kernel

_NEW_MOUNT, _NEW_CGROUP, _NEW_UTS, _NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEW_USER, _NEW_PID, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
_NAMESPACES: Final = _NEW_MOUNT | _NEW_CGROUP | _NEW_UTS | _NEW_IPC | _NEW_PID | _NEW_NETWORK

_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXEC, _RECURSIVE, _PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
_DETACH: Final = 2
_MOUNT_POINT: Final = "/proc"  # any directory that always exists; what lies below is not needed any more

_PRIVATE_IDS: Final = 0x60000000  # far above login, system and container ranges
_CONTAINER_IDS: Final = 50_000
_MAX_PID: Final = 1 << 22


def enter_namespaces() -> None:
    """New mount, pid (for the next fork), network, ipc, uts and cgroup namespaces, in a user namespace if need be."""
    try:
        kernel.unshare(_NAMESPACES)
        return
    except OSError as error:
        if error.errno != errno.EPERM:
            raise
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(_NEW_USER | _NAMESPACES)
    for file, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{file}", "w") as stream:
            stream.write(text)


def enter_empty_root() -> None:
    """Makes an empty read-only directory the root; the old tree is unmounted. Needs the mount namespace."""
    kernel.mount("none", "/", None, _RECURSIVE | _PRIVATE)
    kernel.mount("empty", _MOUNT_POINT, "tmpfs", _READ_ONLY | _NO_SUID | _NO_DEVICES | _NO_EXEC, "mode=0555")
    os.chdir(_MOUNT_POINT)
    kernel.pivot_root(".", ".")
    kernel.unmount(".", _DETACH)
    os.chdir("/")


def choose_identity() -> int | None:
    """A user and group id of the zygote's own, or None when it is not root and keeps the user's.

    Raises OSError where this (container's) user namespace maps no id but root.
    """
    if os.geteuid() != 0:
        return None
    with open("/proc/self/uid_map") as stream:
        mapped = [tuple(map(int, line.split())) for line in stream]
    for base, span in ((_PRIVATE_IDS, _MAX_PID), (_CONTAINER_IDS, 10_000)):
        if any(inside <= base and base + span <= inside + count for inside, _, count in mapped):
            return base + os.getpid() % span
    raise OSError(errno.EPERM, "no user id but root is mapped here")


def assume_identity(identity: int | None) -> None:
    """Takes the identity, gives up every capability for good, and hides this process from others of the same user."""
    if identity is not None:
        os.setgroups([])
    kernel.drop_bounding_set()
    if identity is not None:
        os.setresgid(identity, identity, identity)
        os.setresuid(identity, identity, identity)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    os.umask(0o777)
