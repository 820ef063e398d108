"""A clock that stands still, so that the same source gives the same circuit at any time.

Programs read the time from the vDSO, code that the kernel maps into every process; no system call filter sees that.
Each child writes over its own copy of these functions: every clock says 0 (1970, and no time passes). With that, the
filter can refuse the system calls that tell the time too (`syscalls.CLOCKS`), and the processor's time stamp counter is
switched off where the kernel can. Sleeping still takes its time.

Raises OSError where this cannot be done: no such code here for the processor, or a vDSO that is sealed.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
from typing import Final

from rewards.sandbox import kernel

_SETS_TWO_WORDS: Final = bytes.fromhex("f30f1efa 4885ff 740f 48c70700000000 48c7470800000000 31c0 c3")
_STUBS: Final = {
    "__vdso_clock_gettime": bytes.fromhex("f30f1efa 48c70600000000 48c7460800000000 31c0 c3"),
    "__vdso_gettimeofday": _SETS_TWO_WORDS,
    "__vdso_time": bytes.fromhex("f30f1efa 4885ff 7407 48c70700000000 31c0 c3"),
}
"""x86_64: store zeros where the argument points (where there is one), return 0."""
_READ_RUN, _READ_WRITE_RUN = 5, 7
_PR_SET_TSC, _PR_TSC_SIGSEGV = 26, 2


class StoppedClock:
    """Where the functions are, found before the child has lost its files; `stop` is for the child."""

    def __init__(self) -> None:
        if platform.machine() != "x86_64":
            raise OSError(f"no code for the {platform.machine()} architecture")
        vdso = ctypes.CDLL("linux-vdso.so.1")
        try:
            self._code = {_address(getattr(vdso, name)): stub for name, stub in _STUBS.items()}
        except AttributeError as error:
            raise OSError(f"the vDSO is another one: {error}") from None
        self._region = _mapping()
        self._protect(_READ_WRITE_RUN)  # says now whether it can be written
        self._protect(_READ_RUN)

    def stop(self) -> None:
        """Stops every clock of this process, for good. Before the filter, which allows no memory that can be run."""
        self._protect(_READ_WRITE_RUN)
        for at, stub in self._code.items():
            ctypes.memmove(at, stub, len(stub))
        self._protect(_READ_RUN)
        with contextlib.suppress(OSError):
            kernel.prctl(_PR_SET_TSC, _PR_TSC_SIGSEGV)

    def _protect(self, access: int) -> None:
        kernel.protect(*self._region, access)


def _mapping() -> tuple[int, int]:
    """Start and length of the vDSO; its access can only be changed as a whole."""
    with open("/proc/self/maps") as stream:
        for line in stream:
            if line.rstrip().endswith("[vdso]"):
                first, last = (int(address, 16) for address in line.split()[0].split("-"))
                return first, last - first
    raise OSError("no vDSO here")


def _address(function: object) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0  # type: ignore[arg-type]
