"""The Go programs that run here: all of them, one by its name, the one under a wrapped command."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gctui.model.program import GoProgram
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.go_binaries import Build, build_of
from gctui.sources.inside.permission import (
    refusal,
    user_name,
    why_none_can_be_read,
    why_nothing_to_read,
    why_refused,
)
from gctui.sources.inside.proc_files import (
    PROC,
    all_stats,
    binary_name,
    command_line,
    pids,
    read_bytes,
    read_stat,
    read_status,
)
from gctui.sources.inside.upstream import Upstream, upstream_of

__all__ = [
    "Listing",
    "Upstream",
    "became_no_go_program",
    "find_program",
    "go_process_in_tree",
    "go_programs",
    "upstream_of",
]

_NAMED_AT_MOST = 5
_DAY_S = 86_400
_LARGEST_PID = 1 << 22
_LONGEST_PID = 100
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Listing:
    """The Go programs, the largest first, and how many processes may be some or not."""

    programs: tuple[GoProgram, ...]
    unknown_count: int
    unknown_pids: tuple[int, ...] = ()


def go_programs(*, proc: Path = PROC) -> Listing:
    """Return every Go program that can be seen here; raises CannotRead where none ever can."""
    if why := why_none_can_be_read(proc):
        raise CannotRead(why)
    programs, unknown = [], []
    for pid in pids(proc):
        try:
            build = build_of(pid, proc)
        except PermissionError:
            # Of others' kernel threads and zombies it is not told either that they run nothing.
            stat = read_stat(pid, proc)
            if stat is not None and stat.runs_a_program:
                unknown.append(pid)
            continue
        except OSError:
            continue
        program = build and _program(pid, build, proc)
        if program:
            programs.append(program)
    in_order = sorted(programs, key=_largest_first)
    return Listing(tuple(in_order), len(unknown), tuple(unknown))


def find_program(pid_or_name: str) -> GoProgram:
    """Return the program that the user means; raises CannotRead saying why there is none.

    The program need not be readable: it says so itself.
    """
    if why := why_none_can_be_read():
        raise CannotRead(why)
    if pid_or_name.isascii() and pid_or_name.isdigit() and len(pid_or_name) < _LONGEST_PID:
        return _by_pid(int(pid_or_name))
    listing = go_programs()
    for matches, verb in ((_is_called, "are called"), (_is_called_like, "match")):
        found = [each for each in listing.programs if matches(each, pid_or_name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise CannotRead(
                f"{len(found)} programs {verb} {pid_or_name}: "
                f"{_some(found, _pid_and_start)}; give the PID"
            )
    raise CannotRead(f"no Go program is called {pid_or_name!r:.80}; {_what_runs(listing)}")


def go_process_in_tree(root_pid: int) -> int | None:
    """Return the Go program nearest to the root of a process tree; None when there is none yet.

    Shells, wrappers and the go command with its parts are looked through.
    """
    waiting, seen = deque([root_pid]), {root_pid}
    children_of = _children_lookup(root_pid)
    while waiting:
        pid = waiting.popleft()
        try:
            build = build_of(pid)
        except OSError:
            build = None
        if build and not build.is_toolchain:
            return pid
        below = [child for child in children_of(pid) if child not in seen]
        seen.update(below)
        waiting.extend(below)
    return None


def became_no_go_program(pid: int) -> str:
    """Return what a Go program has become by exec; empty while it is a Go program, or not told."""
    try:
        build = build_of(pid)
    except OSError:
        return ""
    return (
        "" if build else f"the program has become {binary_name(pid) or 'another'}, which is not Go"
    )


def _program(pid: int, build: Build, proc: Path) -> GoProgram | None:
    stat, status = read_stat(pid, proc), read_status(pid, proc)
    if stat is None or not stat.runs_a_program or not status:
        return None
    return GoProgram(
        pid=pid,
        user=user_name(int(status.get("Uid", "-1 -1").split()[1])),
        go_version=build.go_version,
        package=build.package,
        command=command_line(pid, proc),
        rss_bytes=_kibibytes(status.get("VmRSS")),
        threads=_number(status.get("Threads")),
        up_s=_up_s(stat.started_ticks),
        unreadable=build.unreadable or _why_unreadable(pid, proc),
    )


def _largest_first(program: GoProgram) -> tuple[int, int]:
    return -(program.rss_bytes or 0), program.pid


def _why_unreadable(pid: int, proc: Path) -> str:
    """Try it: whether a byte of its memory can be read tells more than all settings."""
    try:
        descriptor = os.open(f"{proc}/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:
        return refusal(pid, proc=proc).short()
    except OSError:
        return "it has ended"
    try:
        is_read = bool(os.pread(descriptor, 1, _first_readable_address(pid, proc)))
    except (OSError, OverflowError):
        is_read = False
    finally:
        os.close(descriptor)
    return "" if is_read else "its memory holds nothing that can be read: it is about to end"


def _first_readable_address(pid: int, proc: Path) -> int:
    for line in read_bytes(f"{proc}/{pid}/maps").split(b"\n"):
        addresses, _, rest = line.partition(b" ")
        if rest.startswith(b"r"):
            return int(addresses.partition(b"-")[0], 16)
    return 0


def _up_s(started_ticks: int) -> float | None:
    # /proc/uptime would be the container's in some containers, this clock is the kernel's.
    since_boot_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    up_s = since_boot_s - started_ticks / os.sysconf("SC_CLK_TCK")
    return max(up_s, 0.0)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _kibibytes(text: str | None) -> int | None:
    number = _number(text.split(" ")[0]) if text else None
    return None if number is None else number << 10


def _by_pid(pid: int) -> GoProgram:
    if pid > _LARGEST_PID:
        raise CannotRead(f"no process {pid}")
    try:
        build = build_of(pid)
    except PermissionError as error:
        raise CannotRead(why_refused(pid)) from error
    except OSError as error:
        raise CannotRead(why_nothing_to_read(pid) or f"process {pid} is ending") from error
    if build is None:
        raise CannotRead(f"process {pid} is no Go program: it is {binary_name(pid) or 'unknown'}")
    program = _program(pid, build, PROC)
    if program is None:
        raise CannotRead(f"no process {pid}")
    return program


def _is_called(program: GoProgram, name: str) -> bool:
    stat = read_stat(program.pid)
    names = {stat.name if stat else "", binary_name(program.pid), _first_word(program)}
    return name in names - {""}


def _is_called_like(program: GoProgram, part: str) -> bool:
    names = binary_name(program.pid), program.package.rpartition("/")[2]
    return len(part) >= _SHORTEST_PART and any(part in name for name in names)


def _first_word(program: GoProgram) -> str:
    return program.command[0].rpartition("/")[2] if program.command else ""


def _what_runs(listing: Listing) -> str:
    if listing.programs:
        told = f"here run {_some(listing.programs, _pid_and_name)}"
    else:
        told = "no Go program runs here"
    if listing.unknown_count:
        told += f"; {listing.unknown_count} more of all processes could not be looked at"
    return told


def _some(programs: Iterable[GoProgram], describe: Callable[[GoProgram], str]) -> str:
    described = [describe(each) for each in programs]
    more = len(described) - _NAMED_AT_MOST
    return ", ".join([*described[:_NAMED_AT_MOST], *([f"and {more} more"] if more > 0 else [])])


def _pid_and_name(program: GoProgram) -> str:
    return f"{program.pid} {binary_name(program.pid) or _first_word(program)}"


def _pid_and_start(program: GoProgram) -> str:
    up_s = program.up_s or 0.0
    form = "%H:%M:%S" if up_s < _DAY_S else "%Y-%m-%d"
    return f"{program.pid} (since {time.strftime(form, time.localtime(time.time() - up_s))})"


def _children_lookup(root_pid: int) -> Callable[[int], Iterable[int]]:
    """Return how to find children: the kernel lists them, unless it was built without that."""
    if _lists_children(root_pid):
        return _listed_children
    by_parent: dict[int, list[int]] = {}
    for stat in all_stats():
        by_parent.setdefault(stat.parent_pid, []).append(stat.pid)
    return lambda pid: by_parent.get(pid, [])


def _lists_children(pid: int) -> bool:
    return Path(f"{PROC}/{pid}/task/{pid}/children").exists()


def _listed_children(pid: int) -> Iterator[int]:
    try:
        threads = os.listdir(f"{PROC}/{pid}/task")  # noqa: PTH208 - once a second
    except OSError:
        return
    for thread in threads:
        yield from map(int, read_bytes(f"{PROC}/{pid}/task/{thread}/children").split())
