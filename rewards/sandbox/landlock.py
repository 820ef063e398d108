"""Landlock with an empty rule set: every kind of access that this kernel can deny, denied, on every path and port.

The second layer, not the first: it does not cover stat, chmod, chown, utime, UDP, memfd or System V IPC.
Reference: Linux, Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import ctypes
from typing import Final

from rewards.sandbox import kernel

_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # ABI -> how many of the file-system rights exist
_CREATE_RULESET_VERSION: Final = 1


def abi() -> int:
    """The kernel's Landlock ABI (1 = Linux 5.13). Raises OSError where Landlock is absent or switched off."""
    return kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)


def empty_ruleset() -> int:
    """A file descriptor of a rule set that handles everything and allows nothing."""
    version = abi()
    files = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    network = 0b11 if version >= 4 else 0  # TCP bind and connect
    scoped = 0b11 if version >= 6 else 0  # abstract Unix sockets and signals to processes outside
    attributes = (ctypes.c_uint64 * 3)(files, network, scoped)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    return kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, attributes, size, 0)


def restrict_self(ruleset: int) -> None:
    """Confines the calling thread for good; needs no-new-privileges."""
    kernel.syscall(kernel.LANDLOCK_RESTRICT_SELF, ruleset, 0)
