"""The few system calls that Python does not offer, through libc and ctypes: prctl, capset, unshare, mount and the like.

Every function raises `OSError` with the kernel's own errno. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import time
from typing import Any, Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
PR_CAPBSET_DROP: Final = 24

_CAPABILITY_VERSION_3: Final = 0x20080522
_libc: Final = ctypes.CDLL(None, use_errno=True)

# Calls without a libc wrapper in old C libraries. Landlock's, close_range's and pivot_root's differ only where stated.
_NUMBERS: Final = {
    "x86_64": {"pivot_root": 155, "seccomp": 317},
    "aarch64": {"pivot_root": 41, "seccomp": 277},
}.get(platform.machine(), {})
CLOSE_RANGE: Final = 436
MADV_COLLAPSE: Final = 25
HUGE_PAGE: Final = 2 << 20
LANDLOCK_CREATE_RULESET: Final = 444
LANDLOCK_RESTRICT_SELF: Final = 446


def check(result: int, what: str) -> int:
    """`result` of a libc call, or OSError with errno when it is negative."""
    if result < 0:
        errno = ctypes.get_errno()
        raise OSError(errno, f"{what}: {os.strerror(errno)}")
    return result


def syscall(number: int, *arguments: Any) -> int:
    """A raw system call; integers travel as longs, buffers as pointers."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return check(_libc.syscall(ctypes.c_long(number), *words), f"system call {number}")


def named_syscall(name: str, *arguments: Any) -> int:
    """A raw system call by name, for the calls whose number depends on the architecture."""
    if name not in _NUMBERS:
        raise OSError(f"{name}: no system call number known for {platform.machine()}")
    return syscall(_NUMBERS[name], *arguments)


def prctl(option: int, *arguments: int) -> int:
    words = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return check(_libc.prctl(ctypes.c_int(option), *words), f"prctl {option}")


def unshare(flags: int) -> None:
    check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    words = [None if text is None else text.encode() for text in (source, target, kind)]
    data = None if options is None else options.encode()
    check(_libc.mount(*words, ctypes.c_ulong(flags), data), f"mount {target}")


def unmount(target: str, flags: int) -> None:
    check(_libc.umount2(target.encode(), ctypes.c_int(flags)), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    named_syscall("pivot_root", ctypes.c_char_p(new_root.encode()), ctypes.c_char_p(put_old.encode()))


def close_from(first: int) -> None:
    """Closes every file descriptor from `first` up."""
    try:
        syscall(CLOSE_RANGE, first, 0xFFFFFFFF, 0)
    except OSError:  # kernels before 5.9
        os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def protect(address: int, length: int, access: int) -> None:
    """mprotect of the pages from `address` on."""
    words = ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_int(access)
    check(_libc.mprotect(*words), "mprotect")


def drop_bounding_set() -> None:
    """Makes every capability impossible to regain by exec; does nothing where this thread may not (no CAP_SETPCAP)."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last capability, or not privileged: no-new-privileges covers that case
            return


def drop_capabilities() -> None:
    """Empties the ambient, inheritable, permitted and effective sets of this thread."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def collapse_memory() -> None:
    """Puts this process's private memory on huge pages where the kernel can (Linux 6.1; elsewhere nothing happens).

    A fork then copies, and the exit of the child frees, a fraction of the page table entries.
    """
    with open("/proc/self/maps") as stream:
        regions = [line.split() for line in stream]
    for addresses, access, _, _, inode, *_ in regions:
        if access != "rw-p" or inode != "0":
            continue
        first, last = (int(address, 16) // HUGE_PAGE for address in addresses.split("-"))
        for page in range(first + 1, last):
            _libc.madvise(ctypes.c_void_p(page * HUGE_PAGE), ctypes.c_size_t(HUGE_PAGE), MADV_COLLAPSE)


def cpu_time_ns(pid: int) -> int:
    """CPU time of process `pid`, all its threads, in nanoseconds (clock_getcpuclockid's encoding)."""
    return time.clock_gettime_ns((~pid << 3) | 2)
