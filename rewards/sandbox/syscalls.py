"""Linux system call numbers, `name: (x86_64, aarch64)`, sorted by what the sandbox answers. None: no such call there.

Taken from the kernel's headers (asm/unistd_64.h, asm-generic/unistd.h); a test compares them where the headers are
installed. Every call that is not named here is denied with EPERM.
"""

from __future__ import annotations

from typing import Final

# fmt: off
Table = dict[str, tuple[int | None, int | None]]

ALLOWED: Final[Table] = {
    "read": (0, 63), "write": (1, 64), "writev": (20, 66), "close": (3, 57), "lseek": (8, 62), "brk": (12, 214),
    "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132), "futex": (202, 98),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123), "exit": (60, 93), "exit_group": (231, 94),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "poll": (7, None), "ppoll": (271, 73),
    "select": (23, None), "pselect6": (270, 72), "uname": (63, 160), "getrlimit": (97, 163),
    "set_robust_list": (273, 99), "rseq": (334, 293), "restart_syscall": (219, 128), "getcwd": (79, 17),
}
"""Work on memory, itself and the descriptors it already holds. None of them takes a path, a pid or an address."""

NUMBERS: Final[Table] = {
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177),
}
"""Who one is, answered 0: the numbers differ from child to child, and a circuit must not."""

CLOCKS: Final[Table] = {"clock_gettime": (228, 113), "gettimeofday": (96, 169), "time": (201, None)}
"""Allowed only where the clock could not be stopped (`clock.py`): then what reads it needs an answer."""

CHECKED: Final[Table] = {"mmap": (9, 222), "mprotect": (10, 226), "fcntl": (72, 25), "prlimit64": (302, 261)}
"""Allowed with some arguments only (`seccomp.py`): no executable memory, no signal owner, no change of a limit."""

ABSENT: Final[Table] = {
    "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "creat": (85, None), "stat": (4, None),
    "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78), "chdir": (80, 49), "execve": (59, 221),
    "execveat": (322, 281),
}
"""Look-ups by path, answered ENOENT: to a candidate the file system is empty, and it learns nothing of what exists."""

UNSUPPORTED: Final[Table] = {"clone3": (435, 435)}
"""Answered ENOSYS so that libc falls back to a call whose arguments a filter can see."""

FATAL: Final[Table] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "userfaultfd": (323, 282), "bpf": (321, 280), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsmount": (432, 432), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "perf_event_open": (298, 241), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "personality": (135, 92),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "modify_ldt": (154, None), "iopl": (172, None),
    "ioperm": (173, None),
}
"""Calls that no circuit needs and every escape wants: the process is killed."""
# fmt: on
