"""What the control group of a process allows it, read from Linux's own files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Version 1 writes "no limit" as the largest multiple of the page size below 2^63.
_NO_LIMIT_BYTES = 1 << 62


@dataclass(frozen=True, slots=True)
class CgroupMemory:
    """The memory controller's figures; None where there is none, or no limit."""

    limit_bytes: int | None = None
    """The smallest limit from the process's own group up."""
    current_bytes: int | None = None
    """What counts against that limit: all that the limited group holds, page cache included."""
    oom_kills: int | None = None
    """Processes of the process's own group that the kernel has killed for lack of memory."""


@dataclass(frozen=True, slots=True)
class _Version:
    """The names that one version of the interface gives to its files."""

    limit: str
    current: str
    events: str


_V1 = _Version("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.oom_control")
_V2 = _Version("memory.max", "memory.current", "memory.events")


def read_cgroup_memory(
    pid: int, root: Path = Path("/sys/fs/cgroup"), proc: Path = Path("/proc")
) -> CgroupMemory:
    """Read the figures of the group that `pid` is in; where nothing can be read, all are None."""
    membership = _text(proc / str(pid) / "cgroup")
    if membership is None:
        return CgroupMemory()
    version, mount, inner = _memory_hierarchy(membership, root)
    groups = list(_own_group_upwards(mount, inner))
    limits = [(limit, group) for group in groups if (limit := _limit_bytes(group, version))]
    # min() keeps the first of equals, which is the innermost.
    limit_bytes, limited = min(limits, key=lambda pair: pair[0], default=(None, groups[0]))
    return CgroupMemory(
        limit_bytes, _number(limited / version.current), _oom_kills(groups[0], version)
    )


def _memory_hierarchy(membership: str, root: Path) -> tuple[_Version, Path, str]:
    """Return the version that has the memory controller, its mount and the process's path in it."""
    unified = "/"
    for line in membership.splitlines():
        _, controllers, inner = [*line.split(":", 2), "", ""][:3]
        if "memory" in controllers.split(","):
            return _V1, root / "memory", inner
        if not controllers:
            unified = inner
    return _V2, root, unified


def _own_group_upwards(mount: Path, inner: str) -> Iterator[Path]:
    """Yield the group's folder and those above it, the mount's root last.

    In a container the path may be the host's, or lead out of the mount ("/../.."): then the mount's
    root is the group as far as anyone in the container can see.
    """
    path = PurePosixPath(inner.lstrip("/"))
    if ".." not in path.parts and (mount / path).is_dir():
        for folder in (path, *path.parents):
            if folder.parts:
                yield mount / folder
    yield mount


def _limit_bytes(group: Path, version: _Version) -> int | None:
    limit_bytes = _number(group / version.limit)
    return None if limit_bytes is None or limit_bytes >= _NO_LIMIT_BYTES else limit_bytes


def _oom_kills(group: Path, version: _Version) -> int | None:
    for line in (_text(group / version.events) or "").splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill" and count.isdigit():
            return int(count)
    return None


def _number(path: Path) -> int | None:
    text = (_text(path) or "").strip()
    return int(text) if text.isdigit() else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "surrogateescape")
    except OSError:
        return None
