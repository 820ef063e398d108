"""The records that host and zygote exchange. Code and results never travel here: they have descriptors of their own.

A job carries two descriptors beside it: the code to read and the pipe for the result. Anything else that the host sends
while a job runs means "stop it".
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Final

MAX_CODE_BYTES: Final = 60_000
HELLO_BYTES: Final = 60_000
STOP: Final = b"stop"


class Layers(enum.IntFlag):
    """The layers that a child puts on itself. All of them, but for the proofs and tests that take one away."""

    RLIMITS = 1
    LANDLOCK = 2
    SECCOMP = 4
    ALL = 7


class Ending(enum.IntEnum):
    """How a child ended, in the zygote's eyes."""

    ENDED = 0  # by itself or by a signal: `wait_status` says which
    CPU_LIMIT = 1
    WALL_LIMIT = 2
    STOPPED = 3  # the host asked
    SETUP_FAILED = 4  # before it had seen any of the candidate's code
    FORK_FAILED = 5


@dataclass(frozen=True, slots=True)
class Job:
    """Limits of one candidate: CPU and wall time in nanoseconds, memory in bytes beyond the zygote's own size."""

    cpu_ns: int
    wall_ns: int
    memory_bytes: int
    layers: Layers = Layers.ALL

    FORMAT = struct.Struct("<qqqI")

    def pack(self) -> bytes:
        return self.FORMAT.pack(self.cpu_ns, self.wall_ns, self.memory_bytes, int(self.layers))

    @classmethod
    def unpack(cls, record: bytes) -> Job:
        cpu_ns, wall_ns, memory_bytes, layers = cls.FORMAT.unpack(record)
        return cls(cpu_ns, wall_ns, memory_bytes, Layers(layers))


@dataclass(frozen=True, slots=True)
class Status:
    """What became of one child; `detail` is the zygote's own text, never the candidate's."""

    ending: Ending
    wait_status: int = 0
    cpu_ns: int = 0
    peak_rss_bytes: int = 0
    detail: str = ""

    FORMAT = struct.Struct("<Biqq")

    def pack(self) -> bytes:
        numbers = self.FORMAT.pack(int(self.ending), self.wait_status, self.cpu_ns, self.peak_rss_bytes)
        return numbers + self.detail.encode()[:500]

    @classmethod
    def unpack(cls, record: bytes) -> Status:
        ending, wait_status, cpu_ns, peak = cls.FORMAT.unpack_from(record)
        return cls(Ending(ending), wait_status, cpu_ns, peak, record[cls.FORMAT.size :].decode(errors="replace"))
