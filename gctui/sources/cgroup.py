"""What the control group of a process allows it, read from Linux's own files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path("/sys/fs/cgroup")
PROC = Path("/proc")

# Version 1 writes "no limit" as the largest multiple of the page size below 2^63.
_NO_LIMIT_BYTES = 1 << 62
_PF_EXITING = 0x4


@dataclass(frozen=True, slots=True)
class CgroupMemory:
    """The memory controller's figures; None where there is none, or no limit."""

    limit_bytes: int | None = None
    """The smallest limit from the process's own group up."""
    current_bytes: int | None = None
    """What counts against that limit: all that the limited group holds, page cache included."""
    oom_kills: int | None = None
    """Processes of the process's own group that the kernel has killed for lack of memory."""
    high_bytes: int | None = None
    """Where the kernel begins to slow the group down, if that is below the limit."""
    pressure_percent: float | None = None
    """Of the last 10 s, how long anything in the limited group waited for memory.

    Of the whole machine where the group does not tell.
    """


@dataclass(frozen=True, slots=True)
class Version:
    """The names that one version of the interface gives to its files."""

    limit: str
    current: str
    events: str
    high: str | None = None
    pressure: str | None = None
    counts_below: bool = False
    """The events of a group count in the groups above it, too."""


_V1 = Version("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.oom_control")
_V2 = Version(
    "memory.max",
    "memory.current",
    "memory.events",
    high="memory.high",
    pressure="memory.pressure",
    counts_below=True,
)


def read_cgroup_memory(pid: int, root: Path = ROOT, proc: Path = PROC) -> CgroupMemory:
    """Read the figures of the group that `pid` is in; where nothing can be read, all are None."""
    membership = read_membership(pid, proc)
    if membership is None:
        return CgroupMemory()
    version, groups = memory_groups(membership, root)
    limit_bytes, limited = _smallest(groups, version.limit)
    high_bytes, _ = _smallest(groups, version.high) if version.high else (None, None)
    if limit_bytes is not None and high_bytes is not None and high_bytes >= limit_bytes:
        high_bytes = None
    return CgroupMemory(
        limit_bytes,
        _number(limited / version.current),
        read_oom_kills(groups[0], version),
        high_bytes,
        _pressure_percent(limited, version, proc),
    )


def read_membership(pid: int, proc: Path = PROC) -> str | None:
    """Return the kernel's list of the groups that a process is in; None where it is not told.

    Of a process that is ending version 1 says that it is in the topmost group, wherever it was.
    """
    membership = _text(proc / str(pid) / "cgroup")
    return None if membership is None or _is_ending(pid, proc) else membership


def memory_groups(membership: str, root: Path = ROOT) -> tuple[Version, Sequence[Path]]:
    """Return the folders of the memory controller's groups: the process's own, then those above."""
    version, mount, inner = _memory_hierarchy(membership, root)
    return version, [*_own_group_upwards(mount, inner)]


def read_limit_bytes(groups: Sequence[Path], version: Version) -> int | None:
    """Return the smallest limit of a group and those above it; None where there is none."""
    return _smallest(groups, version.limit)[0]


def read_oom_kills(group: Path, version: Version) -> int | None:
    """Return how often the kernel has killed in a group for lack of memory, None if it hides it."""
    for line in (_text(group / version.events) or "").splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill" and count.isdigit():
            return int(count)
    return None


def _is_ending(pid: int, proc: Path) -> bool:
    """Tell by the kernel's flags (proc_pid_stat(5)); behind the name nothing has a parenthesis."""
    words = (_text(proc / str(pid) / "stat") or "").rpartition(")")[2].split()
    return len(words) < 7 or bool(int(words[6]) & _PF_EXITING)


def _memory_hierarchy(membership: str, root: Path) -> tuple[Version, Path, str]:
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


def _smallest(groups: Sequence[Path], name: str) -> tuple[int | None, Path]:
    """Return the smallest limit of that name and whose it is: its own group's if there is none."""
    limits = [(limit, group) for group in groups if (limit := _limit_bytes(group / name))]
    # min() keeps the first of equals, which is the innermost.
    return min(limits, key=lambda pair: pair[0], default=(None, groups[0]))


def _limit_bytes(path: Path) -> int | None:
    limit_bytes = _number(path)
    return None if limit_bytes is None or limit_bytes >= _NO_LIMIT_BYTES else limit_bytes


def _pressure_percent(group: Path, version: Version, proc: Path) -> float | None:
    """Read how long some task waited (Documentation/accounting/psi.rst): `some avg10=1.25 …`."""
    text = _text(group / version.pressure) if version.pressure else None
    for line in (text or _text(proc / "pressure" / "memory") or "").splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "some" and words[1].startswith("avg10="):
            return _percent(words[1].removeprefix("avg10="))
    return None


def _percent(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdigit() else None


def _number(path: Path) -> int | None:
    text = (_text(path) or "").strip()
    return int(text) if text.isdigit() else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "surrogateescape")
    except OSError:
        return None
