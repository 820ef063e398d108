"""The system call filter of a candidate: an allow-list in classic BPF, built once and installed in every child.

It is the layer that matters (docs/security.md). What is allowed works on memory, time, the process itself and the
descriptors it holds. The filter checks the architecture word first and, on x86_64, the x32 bit, so that a second system
call table is no way round. Reference: Linux, Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping
from typing import Final

from rewards.sandbox import kernel
from rewards.sandbox.syscalls import ABSENT, ALLOWED, CHECKED, CLOCKS, FATAL, NUMBERS, UNSUPPORTED

_ARCHITECTURES: Final[Mapping[str, tuple[int, int]]] = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""machine -> (column of the table, AUDIT_ARCH word)."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32_BIT: Final = 0x40000000
_PROT_EXEC: Final = 4
_FCNTL_COMMANDS: Final = (0, 1, 2, 3, 1030)
"""F_DUPFD, F_{GET,SET}FD, F_GETFL, F_DUPFD_CLOEXEC. No F_SETFL: its flags belong to the open file, here the null device
that all children share, and would carry bits from one to the next. No F_SETOWN, no F_SETSIG."""
_SET_MODE_FILTER, _GET_ACTION_AVAILABLE = 1, 2

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """A compiled filter, ready to install; keeps its buffer alive. Raises OSError where there is none.

    `clocks` is whether the system calls that tell the time are allowed.
    """

    def __init__(self, clocks: bool = True) -> None:
        kernel.named_syscall("seccomp", _GET_ACTION_AVAILABLE, 0, ctypes.byref(ctypes.c_uint32(_KILL)))
        program = compile_filter(platform.machine(), clocks)
        self._bytes = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *row) for row in program))
        self._program = _Program(len(program), ctypes.addressof(self._bytes))

    def install(self) -> None:
        """Filters the calling thread for good; needs no-new-privileges."""
        kernel.named_syscall("seccomp", _SET_MODE_FILTER, 0, ctypes.byref(self._program))


def compile_filter(machine: str, clocks: bool = True) -> list[Instruction]:
    """The filter as BPF instructions. Conditional jumps are 8-bit, so every rule is "compare, return" in one place."""
    if machine not in _ARCHITECTURES:
        raise OSError(f"no system call table for the {machine} architecture")
    column, word = _ARCHITECTURES[machine]

    def numbers(table: Mapping[str, tuple[int | None, int | None]]) -> list[int]:
        return [row[column] for row in table.values() if row[column] is not None]  # type: ignore[misc]

    program = [(_LOAD, 0, 0, _OFFSET_ARCHITECTURE), (_EQUAL, 1, 0, word), _return(_KILL), (_LOAD, 0, 0, _OFFSET_NUMBER)]
    if machine == "x86_64":
        program += [(_AT_LEAST, 0, 1, _X32_BIT), _return(_KILL)]
    for number in numbers({**ALLOWED, **(CLOCKS if clocks else {})}):
        program += [(_EQUAL, 0, 1, number), _return(_ALLOW)]
    for name, check in _argument_checks().items():
        (number,) = numbers({name: CHECKED[name]})
        program += [(_EQUAL, 0, len(check), number), *check]
    for table, answer in (
        (NUMBERS, _ERRNO),  # the error 0 is the result 0
        (ABSENT, _ERRNO | errno.ENOENT),
        (UNSUPPORTED, _ERRNO | errno.ENOSYS),
        (FATAL, _KILL),
    ):
        for number in numbers(table):
            program += [(_EQUAL, 0, 1, number), _return(answer)]
    return [*program, _return(_ERRNO | errno.EPERM)]


def _return(answer: int) -> Instruction:
    return (_RETURN, 0, 0, answer)


def _load_argument(index: int, high: bool = False) -> Instruction:
    return (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * index + 4 * high)  # little endian


def _argument_checks() -> dict[str, list[Instruction]]:
    allow, deny = _return(_ALLOW), _return(_ERRNO | errno.EPERM)
    no_exec: list[Instruction] = [_load_argument(2), (_ANY_BIT, 0, 1, _PROT_EXEC), deny, allow]
    commands: list[Instruction] = [_load_argument(1)]
    for command in _FCNTL_COMMANDS:
        commands += [(_EQUAL, 0, 1, command), allow]
    read_limit: list[Instruction] = []
    for high in (False, True):  # the new limit must be a null pointer
        read_limit += [_load_argument(2, high), (_EQUAL, 1, 0, 0), deny]
    return {"mmap": no_exec, "mprotect": no_exec, "fcntl": [*commands, deny], "prlimit64": [*read_limit, allow]}
