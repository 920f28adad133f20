"""How often the kernel killed for lack of memory where a program ran: counters that outlive it.

A kill counts in the victim's own control group, whether the limit of a group or the machine's
memory ran out; in version 2 in the groups above it as well, and in /proc/vmstat always
(mm/oom_kill.c, memcontrol.h). It counts before the signal is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gctui.sources.cgroup import (
    PROC,
    ROOT,
    Version,
    memory_groups,
    read_limit_bytes,
    read_membership,
    read_oom_kills,
)


@dataclass(frozen=True, slots=True)
class KillCount:
    """One counter over the time that a program was watched."""

    where: str
    before: int
    now: int
    limit_bytes: int | None = None
    """The smallest of the group that counted and those above it."""

    @property
    def rose(self) -> bool:
        """The kernel has killed meanwhile."""
        return self.now > self.before

    def __str__(self) -> str:
        if self.rose:
            return f"oom_kill in {self.where} went from {self.before} to {self.now}"
        return f"oom_kill in {self.where} is {self.now}, as it was before"


@dataclass(frozen=True, slots=True)
class OomKills:
    """The counters that tell of a program; None where one cannot be read."""

    group: KillCount | None
    """Of the control group that it was in."""
    machine: KillCount | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A control group and those above it, with their counters as they were at first."""

    version: Version
    counted: Sequence[tuple[Path, int | None]]


class OomWatch:
    """Remembers where the processes of a program are, while they live.

    Made by the process that starts the program it begins with that one's own group, which the
    program inherits: it may be over before anyone looks.
    """

    def __init__(self, pids: Iterable[int], root: Path = ROOT, proc: Path = PROC) -> None:
        self._root = root
        self._proc = proc
        self._seen: dict[str, _Seen] = {}
        self._latest: set[str] = set()
        self._machine_before = _machine_kills(proc)
        self.note(pids)

    def note(self, pids: Iterable[int]) -> None:
        """Take the processes of now. Those that have ended tell nothing: the latest ones stand."""
        found = {text for pid in pids if (text := read_membership(pid, self._proc))}
        for membership in found - self._seen.keys():
            version, groups = memory_groups(membership, self._root)
            counted = [(group, read_oom_kills(group, version)) for group in groups]
            self._seen[membership] = _Seen(version, counted)
        self._latest = found or self._latest

    def kills(self) -> OomKills:
        """Return what was counted by now."""
        counts = [self._count(self._seen[membership]) for membership in self._latest]
        known = [count for count in counts if count is not None]
        group = max(known, key=lambda count: count.now - count.before, default=None)
        now = _machine_kills(self._proc)
        if now is None or self._machine_before is None:
            return OomKills(group, None)
        return OomKills(group, KillCount("/proc/vmstat", self._machine_before, now))

    def _count(self, seen: _Seen) -> KillCount | None:
        """Count in the own group, or in one above it where that vanished with the program."""
        groups = [group for group, _ in seen.counted]
        for depth, (group, before) in enumerate(seen.counted):
            now = read_oom_kills(group, seen.version)
            if now is not None and before is not None:
                limit_bytes = read_limit_bytes(groups[depth:], seen.version)
                return KillCount(seen.version.events, before, now, limit_bytes)
            if not seen.version.counts_below:
                break
        return None


def _machine_kills(proc: Path) -> int | None:
    try:
        lines = (proc / "vmstat").read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    counts = (line.removeprefix("oom_kill ") for line in lines if line.startswith("oom_kill "))
    return next((int(count) for count in counts if count.isdigit()), None)
