"""Runs a command as an ordinary user that can read this project and its interpreter, wherever root keeps them.

A home of root is closed to others (mode 700) and the interpreter may live there. In a mount namespace of its own the
command sees that home as an open directory that holds the interpreter alone; nothing outside the namespace changes.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

USER = 23_456
_SCRIPT = """
set -e
stage=$(mktemp -d)
mount -t tmpfs -o mode=755 tmpfs "$stage"
for path in $KEEP; do mkdir -p "$stage/$path"; mount --bind "$path" "$stage/$path"; done
for closed in $CLOSED; do mount --rbind "$stage/$closed" "$closed"; chmod 755 "$closed"; done
exec setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups --inh-caps=-all -- "$@"
"""


def why_not() -> str | None:
    """The reason why this machine cannot do it, or None."""
    if os.geteuid() != 0:
        return "needs root to become somebody else"
    missing = [tool for tool in ("unshare", "setpriv", "mount") if shutil.which(tool) is None]
    return f"needs {', '.join(missing)}" if missing else None


def command(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command line and environment that run `arguments` as user 23456."""
    keep = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), Path(__file__).resolve().parents[2]}
    closed = {top for path in keep if (top := _closed_ancestor(path))}
    places = {"KEEP": " ".join(str(p) for p in keep if _closed_ancestor(p)), "CLOSED": " ".join(map(str, closed))}
    environment = os.environ | places | {"USER_ID": str(USER), "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", _SCRIPT, "sh", *arguments], environment


def _closed_ancestor(path: Path) -> Path | None:
    """The topmost directory on the way to `path` that others may not enter."""
    for directory in [*reversed(path.parents), path]:
        if not directory.stat().st_mode & 0o001:
            return directory
    return None
