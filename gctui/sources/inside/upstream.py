"""Who writes into a pipe: the Go program whose trace comes out of it."""

from __future__ import annotations

import os
import stat as file_modes
from collections.abc import Sequence
from dataclasses import dataclass, field

from gctui.sources.inside.go_binaries import build_of
from gctui.sources.inside.permission import why_none_can_be_read
from gctui.sources.inside.proc_files import (
    PROC,
    all_stats,
    binary_name,
    link_target,
    read_bytes,
    read_status,
)

_DEEPEST = 8
_ANONYMOUS = "pipe:"
_ACCESS = {os.O_RDONLY: "read", os.O_WRONLY: "write", os.O_RDWR: "both"}
_NAMED_AT_MOST = 5
_CARRIERS = {"docker", "docker-compose", "kubectl", "nerdctl", "nomad", "oc", "podman", "stern"}
"""Go programs that pass on what another program wrote, elsewhere: their own memory is not meant."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """The program to watch beside its log, and how it was found, or why it was not."""

    pid: int | None
    why: str


def upstream_of(fd: int) -> Upstream:
    """Return who writes into the pipe that `fd` reads.

    A writer that is no Go program (tee, grep) is asked in turn what it reads. At a pipeline's start
    its programs may still be shells about to become them: asking again later is worth it.
    """
    if why := why_none_can_be_read():
        return Upstream(None, why)
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        return Upstream(None, "standard input is closed")
    if not file_modes.S_ISFIFO(mode):
        return Upstream(None, f"standard input is {_kind(mode)}, not a pipe")
    return _Pipes().upstream_of(link_target(f"{PROC}/self/fd/{fd}"))


def _kind(mode: int) -> str:
    kinds = {
        file_modes.S_IFREG: "a file",
        file_modes.S_IFCHR: "a terminal or device",
        file_modes.S_IFSOCK: "a socket",
    }
    return kinds.get(file_modes.S_IFMT(mode), "something else")


@dataclass(slots=True)
class _Pipes:
    """Which process has which pipe open; one look at every descriptor that may be looked at."""

    parents: dict[int, int] = field(default_factory=dict)
    holders: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    held: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    unknown_count: int = 0

    def __post_init__(self) -> None:
        own_pid = os.getpid()
        for stat in all_stats():
            self.parents[stat.pid] = stat.parent_pid
            if stat.runs_a_program and stat.pid != own_pid:
                self._look_at(stat.pid)

    def _look_at(self, pid: int) -> None:
        folder = f"{PROC}/{pid}/fd"
        try:
            descriptors = os.listdir(folder)  # noqa: PTH208 - for every process of the machine
        except PermissionError:
            self.unknown_count += 1
            return
        except OSError:
            return
        for descriptor in descriptors:
            target = link_target(f"{folder}/{descriptor}")
            if target:
                self.holders.setdefault(target, []).append((pid, descriptor))
            if target.startswith(_ANONYMOUS):
                self.held.setdefault(pid, []).append((descriptor, target))

    def upstream_of(self, pipe: str) -> Upstream:
        """Look at the writers first, then at those before them, then at what they started."""
        direct = self._writers(pipe)
        passed, level = list(direct), direct
        for _ in range(_DEEPEST):
            found = [pid for pid in level if _is_watched(pid)]
            if found:
                how = "write" if level is direct else f"write to {_names(direct)}, which writes"
                return _chosen(found, how)
            level = self._writers_before(level, passed)
            passed.extend(level)
        found = [pid for pid in self._below(passed) if _is_watched(pid)]
        if found:
            return _chosen(found, f"run under {_names(direct)}, which writes")
        return Upstream(None, self._why_nobody(direct))

    def _writers(self, pipe: str) -> list[int]:
        holders = self.holders.get(pipe, ())
        return sorted({pid for pid, descriptor in holders if _access(pid, descriptor) != "read"})

    def _writers_before(self, level: Sequence[int], passed: Sequence[int]) -> list[int]:
        pipes = {pipe for pid in self._filters(level) for pipe in self._inputs(pid)}
        return sorted({pid for pipe in pipes for pid in self._writers(pipe)} - set(passed))

    def _filters(self, writers: Sequence[int]) -> set[int]:
        """Return those whose input, or whose children's output, is what they write.

        A parent of ours that feeds us may read and start anything; a carrier's log is from afar.
        """
        carriers = {pid for pid in writers if binary_name(pid) in _CARRIERS}
        return set(writers) - self._ancestors() - carriers

    def _inputs(self, pid: int) -> set[str]:
        """Return the pipes that a process reads from others; it may talk to itself through some."""
        ends = [(pipe, _access(pid, descriptor)) for descriptor, pipe in self.held.get(pid, ())]
        own = {pipe for pipe, access in ends if access != "read"}
        return {pipe for pipe, access in ends if access == "read"} - own

    def _below(self, writers: Sequence[int]) -> list[int]:
        """Return what the writers started: `script` and sudo put a terminal between."""
        roots = self._filters(writers)
        found = set(roots)
        while True:
            more = {pid for pid, parent in self.parents.items() if parent in found} - found
            if not more:
                return sorted(found - roots)
            found |= more

    def _ancestors(self) -> set[int]:
        found, pid = set[int](), os.getpid()
        while pid and pid not in found:
            found.add(pid)
            pid = self.parents.get(pid, 0)
        return found

    def _why_nobody(self, writers: Sequence[int]) -> str:
        if writers:
            names = _names(writers)
            return f"{names} writes into this pipe, and no Go program of this machine's before it"
        if self.unknown_count:
            return (
                "nobody that gctui may look at writes into this pipe "
                f"({self.unknown_count} of all processes may not be looked at)"
            )
        return "nobody writes into this pipe any more"


def _access(pid: int, descriptor: str) -> str:
    """Return `read`, `write`, `both`; what is closed meanwhile is as good as read."""
    for line in read_bytes(f"{PROC}/{pid}/fdinfo/{descriptor}").split(b"\n"):
        name, _, value = line.partition(b":")
        if name == b"flags":
            return _ACCESS.get(int(value, 8) & os.O_ACCMODE, "read")
    return "read"


def _is_watched(pid: int) -> bool:
    try:
        build = build_of(pid)
    except OSError:
        return False
    if build is None or build.is_toolchain:
        return False
    return not _CARRIERS & {binary_name(pid), build.package.rpartition("/")[2]}


def _chosen(found: Sequence[int], how: str) -> Upstream:
    if len(found) == 1:
        verb, _, rest = how.partition(" ")
        singular = {
            "write": "writes",
            "run": "runs",
        }[verb]
        return Upstream(found[0], f"{' '.join([singular, rest]).strip()} into this pipe")
    largest = max(found, key=_rss_kib)
    told = ", ".join(map(str, found[:_NAMED_AT_MOST])) + (", …" * (len(found) > _NAMED_AT_MOST))
    return Upstream(largest, f"several Go programs {how} into this pipe: {told}; --pid chooses")


def _rss_kib(pid: int) -> int:
    size = read_status(pid).get("VmRSS", "0").split(" ")[0]
    return int(size) if size.isdigit() else 0


def _names(pids: Sequence[int]) -> str:
    names = dict.fromkeys(filter(None, map(binary_name, pids)))
    return " and ".join(list(names)[:3]) or "another process"
