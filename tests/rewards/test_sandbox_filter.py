"""The filter program itself, run by a small BPF interpreter: every system call number, both architectures."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest

from rewards.sandbox.seccomp import compile_filter
from rewards.sandbox.syscalls import ABSENT, ALLOWED, CHECKED, CLOCKS, FATAL, NUMBERS, UNSUPPORTED

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
WORDS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMNS = {"x86_64": 0, "aarch64": 1}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def answer(machine: str, number: int, *arguments: int, word: int | None = None, clocks: bool = True) -> int:
    """What the kernel would do with this call."""
    data = {0: number, 4: WORDS[machine] if word is None else word}
    for k, argument in enumerate((*arguments, 0, 0, 0, 0, 0, 0)[:6]):
        data[16 + 8 * k], data[20 + 8 * k] = argument & 0xFFFFFFFF, argument >> 32
    program, position, accumulator = compile_filter(machine, clocks), 0, 0
    while True:
        code, if_true, if_false, constant = program[position]
        position += 1
        match code:
            case 0x20:
                accumulator = data[constant]
            case 0x15:
                position += if_true if accumulator == constant else if_false
            case 0x35:
                position += if_true if accumulator >= constant else if_false
            case 0x45:
                position += if_true if accumulator & constant else if_false
            case 0x06:
                return constant


@pytest.mark.parametrize("clocks", [True, False])
@pytest.mark.parametrize("machine", WORDS)
def test_every_number_has_the_answer_of_its_table(machine: str, clocks: bool) -> None:
    expected = {}
    for table, reply in (
        (ALLOWED, ALLOW),
        (CLOCKS, ALLOW if clocks else ERRNO | errno.EPERM),
        (NUMBERS, ERRNO),
        (ABSENT, ERRNO | errno.ENOENT),
        (UNSUPPORTED, ERRNO | errno.ENOSYS),
        (FATAL, KILL),
    ):
        expected |= {row[COLUMNS[machine]]: reply for row in table.values()}
    checked = {row[COLUMNS[machine]] for row in CHECKED.values()}
    for number in range(600):
        if number not in checked:
            assert answer(machine, number, clocks=clocks) == expected.get(number, ERRNO | errno.EPERM), number


@pytest.mark.parametrize("machine", WORDS)
def test_checked_calls_look_at_their_arguments(machine: str) -> None:
    number = {name: row[COLUMNS[machine]] for name, row in CHECKED.items()}
    denied = ERRNO | errno.EPERM
    for name in ("mmap", "mprotect"):
        assert answer(machine, number[name], 0, 4096, 3) == ALLOW
        assert answer(machine, number[name], 0, 4096, 7) == denied
        assert answer(machine, number[name], 0, 4096, 4) == denied
    assert [answer(machine, number["fcntl"], 0, command) == ALLOW for command in (0, 1, 2, 3, 1030)] == [True] * 5
    others = (4, 5, 6, 7, 8, 10, 15, 1024, 1031, 1033, 1038)  # 4 is F_SETFL: flags that all children share
    assert {answer(machine, number["fcntl"], 3, command) for command in others} == {denied}
    assert answer(machine, number["prlimit64"], 0, 7, 0, 0x7000) == ALLOW
    assert answer(machine, number["prlimit64"], 0, 7, 0x7000, 0) == denied
    assert answer(machine, number["prlimit64"], 0, 7, 0x7000 << 32, 0) == denied


@pytest.mark.parametrize("machine", WORDS)
def test_other_system_call_tables_kill(machine: str) -> None:
    for word in (0x40000003, 0x40000028, 0):  # i386, arm, nothing
        assert answer(machine, 0, word=word) == KILL
    if machine == "x86_64":
        assert {answer(machine, 0x40000000 | number) for number in (0, 1, 39, 512, 547)} == {KILL}


def test_an_unknown_architecture_is_an_error() -> None:
    with pytest.raises(OSError, match="riscv64"):
        compile_filter("riscv64")


def test_the_program_fits() -> None:
    for machine in WORDS:
        assert len(compile_filter(machine)) < 4096


@pytest.mark.parametrize("machine", WORDS)
def test_numbers_agree_with_the_kernel_s_headers(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip("kernel headers are not installed")
    rows = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$", HEADERS[machine].read_text(), re.MULTILINE)
    known = {name: int(number) for name, number in reversed(rows)}
    known.setdefault("newfstatat", known.get("fstatat", -1))
    for table in (ALLOWED, CHECKED, CLOCKS, NUMBERS, ABSENT, UNSUPPORTED, FATAL):
        for name, row in table.items():
            assert row[COLUMNS[machine]] == known.get(name), name
