"""What a zygote says it reached, the level that follows, and the block that is printed when it is not "full"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from quantum.errors import RequestError
from rewards.sandbox.settings import LEVELS

LAYERS: Final[Mapping[str, tuple[str, str]]] = {
    "seccomp": (
        "a candidate could make any system call",
        "Linux with CONFIG_SECCOMP_FILTER on x86_64 or aarch64; on macOS or Windows use a Linux container or WSL 2",
    ),
    "landlock": (
        "one line of defence less against file access; the system call filter alone stops it",
        "Linux 5.13 or newer with `landlock` in the `lsm=` boot parameter (gVisor has none)",
    ),
    "namespaces": (
        "one line of defence less for network, files and other processes; the system call filter alone stops it",
        "unprivileged user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or root with "
        "CAP_SYS_ADMIN in a container",
    ),
    "clock": (
        "a candidate can read the time, so the same code may give another circuit later",
        "an x86_64 processor and a kernel that does not seal its vDSO (CONFIG_MSEAL_SYSTEM_MAPPINGS off)",
    ),
    "identity": (
        "candidates run under this process's user id, root, without its capabilities",
        "run as an ordinary user, or in a container that maps more than one user id",
    ),
}
"""layer -> (what its absence means, how to get it)."""


@dataclass(frozen=True)
class Hello:
    """The record of one started zygote. `missing` maps a layer to the kernel's reason; sizes are in bytes."""

    machine: str
    kernel: str
    python: str
    missing: Mapping[str, str]
    landlock_abi: int | None
    uid: int
    pid: int
    threads_before_pool: int
    address_space_bytes: int
    resident_bytes: int
    modules: int
    modules_failed: tuple[str, ...]
    import_paths: tuple[str, ...] = ()
    """Where the zygote imported from; of this machine, so in no document."""

    @property
    def level(self) -> str:
        """One of `LEVELS`."""
        if "seccomp" in self.missing:
            return "none"
        if "landlock" in self.missing:
            return "basic"
        return "strong" if self.missing.keys() & {"namespaces", "identity"} else "full"

    def to_document(self) -> dict[str, Any]:
        """For environment.json and `doctor --json`; "warning" is the text of `describe_level`."""
        said = {key: value for key, value in asdict(self).items() if key != "import_paths"}
        return {"level": self.level, **said, "warning": describe_level(self)}


def describe_level(hello: Hello) -> str:
    """One line at level full; below it the block to print at start: what is missing, why, what that means, the cure."""
    if hello.level == "full":
        return "sandbox: level full (system call filter, Landlock, namespaces, own identity)"
    rule = "!" * 78
    lines = [rule, f"!! sandbox: level {hello.level.upper()} of {', '.join(LEVELS)}"]
    if hello.level == "none":
        lines.append("!! CANDIDATES RUN UNCONFINED: whatever the code does, it does with your files and keys.")
    for layer, reason in hello.missing.items():
        meaning, remedy = LAYERS[layer]
        lines += [f"!! no {layer}: {reason}", f"!!    means: {meaning}", f"!!    to get it: {remedy}"]
    return "\n".join([*lines, rule])


def require_level(hello: Hello, minimum: str) -> None:
    """Raises RequestError in one line when the level is below `minimum`."""
    if LEVELS.index(hello.level) >= LEVELS.index(minimum):
        return
    layer, reason = next(iter(hello.missing.items()))
    raise RequestError(
        f"the sandbox reaches level {hello.level} here and sandbox.minimum_level is {minimum}: no {layer} ({reason}); "
        f"to get it: {LAYERS[layer][1]}; or lower sandbox.minimum_level; or, as a last resort, --unsafe-no-sandbox"
    )
