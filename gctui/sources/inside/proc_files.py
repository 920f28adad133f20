"""The kernel's own files about processes. Any process may vanish between any two reads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")

_IS_KERNEL_THREAD = 0x00200000
_ENDED = {"Z", "X", "x"}


@dataclass(frozen=True, slots=True)
class ProcessStat:
    """What /proc/PID/stat tells; source: proc_pid_stat(5)."""

    pid: int
    name: str
    """At most 15 bytes of it are kept by the kernel."""
    state: str
    parent_pid: int
    group: int
    session: int
    is_kernel_thread: bool
    started_ticks: int
    """Clock ticks from the boot to its start."""

    @property
    def has_ended(self) -> bool:
        """Only its exit code is left, for its parent."""
        return self.state in _ENDED

    @property
    def runs_a_program(self) -> bool:
        """It has memory and a binary of its own."""
        return not self.is_kernel_thread and not self.has_ended


def why_no_proc(proc: Path = PROC) -> str:
    """Return why these files do not tell of our processes; empty where they do.

    A chroot or a small container may lack them, and `unshare --pid` leaves those of other numbers.
    """
    own = f"{proc}/self"
    if not os.path.lexists(own):
        return "/proc is not mounted here"
    number = link_target(own)
    if proc == PROC and number != str(os.getpid()):
        return "/proc is that of another PID namespace"
    return ""


def pids(proc: Path = PROC) -> list[int]:
    """Return the processes that are to be seen here, in order."""
    try:
        names = os.listdir(proc)  # noqa: PTH208 - thousands of them, again and again
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def read_stat(pid: int, proc: Path = PROC) -> ProcessStat | None:
    """Return what the kernel tells everyone about a process; None when it is gone."""
    data = read_bytes(f"{proc}/{pid}/stat")
    # The name may contain anything, parentheses too; nothing behind it does.
    begin, end = data.find(b"("), data.rfind(b")")
    words = data[end + 1 :].split()
    if begin < 0 or end < begin or len(words) < 20:
        return None
    return ProcessStat(
        pid=pid,
        name=os.fsdecode(data[begin + 1 : end]),
        state=words[0].decode("ascii", "replace"),
        parent_pid=int(words[1]),
        group=int(words[2]),
        session=int(words[3]),
        is_kernel_thread=bool(int(words[6]) & _IS_KERNEL_THREAD),
        started_ticks=int(words[19]),
    )


def all_stats(proc: Path = PROC) -> Iterator[ProcessStat]:
    """Yield every process that is to be seen here."""
    for pid in pids(proc):
        stat = read_stat(pid, proc)
        if stat is not None:
            yield stat


def read_status(pid: int | str, proc: Path = PROC) -> Mapping[str, str]:
    """Return the lines of /proc/PID/status by their names; empty when the process is gone."""
    # A process may have a name with any other line end in it; the kernel masks this one.
    lines = os.fsdecode(read_bytes(f"{proc}/{pid}/status")).split("\n")
    pairs = (line.partition(":") for line in lines)
    return {name: value.strip() for name, _, value in pairs}


def command_line(pid: int, proc: Path = PROC) -> tuple[str, ...]:
    """Return the words of a command, as the program may have rewritten them."""
    data = read_bytes(f"{proc}/{pid}/cmdline").rstrip(b"\0")
    return tuple(os.fsdecode(word) for word in data.split(b"\0")) if data else ()


def binary_name(pid: int, proc: Path = PROC) -> str:
    """Return the name of the binary that runs; empty where it is not told."""
    return link_target(f"{proc}/{pid}/exe").removesuffix(" (deleted)").rpartition("/")[2]


def read_bytes(path: str) -> bytes:
    """Return a file of /proc; empty where there is nothing to be read."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - thousands of them
            return file.readall() or b""
    except OSError:
        return b""


def link_target(path: str) -> str:
    """Return where a link leads; empty where that is not told."""
    try:
        return os.readlink(path)  # noqa: PTH115 - what it leads to need not be a path
    except OSError:
        return ""
