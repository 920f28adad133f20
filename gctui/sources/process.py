"""The observed process as the operating system sees it. The one door to psutil."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from gctui.events import Process
from gctui.sources.cgroup import read_cgroup_memory
from gctui.sources.inside.proc_files import why_no_proc
from gctui.sources.oom import OomWatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Finding the children means looking at every process of the machine. At first it is done often: a
# shell's program may be over within a second.
_CHILDREN_EVERY_S = 2.0
_CHILDREN_AT_FIRST_S = 0.05
_ON_LINUX = sys.platform == "linux"
_NOT_TOLD = (psutil.Error, OSError, LookupError, ValueError)
"""What psutil raises: its own, and where a sandbox hides a file of the machine (`subset=pid`)
whatever that makes of it."""


@dataclass(frozen=True, slots=True)
class _Figures:
    """One process of the tree; None where the system refused."""

    rss_bytes: int | None = None
    vms_bytes: int | None = None
    threads: int | None = None
    cpu_s: float | None = None
    rss_peak_bytes: int | None = None
    swap_bytes: int | None = None


class ProcessSampler:
    """Reads a process and its children, again and again."""

    def __init__(self, pid: int, oom: OomWatch | None = None) -> None:
        self.pid = pid
        self.oom = oom or OomWatch([pid])
        """Told where the processes are."""
        self.last: Process | None = None
        """The last sample."""
        self._children: list[psutil.Process] = []
        self._began_s = time.monotonic()
        self._next_children_s = self._began_s
        self._cpu_before_s: dict[psutil.Process, float] = {}
        self._sampled_s: float | None = None
        self._rss_peak_bytes = 0
        self._root = _process(pid)

    @property
    def is_alive(self) -> bool:
        """It still runs, and no other process has got its number."""
        return self._root is not None and _alive(self._root)

    def sample(self) -> Process | None:
        """Return the figures of now; None when the process has ended.

        `cpu_percent` is None in the first sample. `rss_peak_bytes` of several processes is a lower
        bound: the kernel keeps a peak for each, and they need not have been reached together.
        """
        if self._root is None or not self.is_alive:
            return None
        now_s = time.monotonic()
        figures = dict(_living_figures((self._root, *self._tree_below(self._root, now_s))))
        if self._root not in figures:
            return None
        self.oom.note(process.pid for process in figures)
        cgroup = read_cgroup_memory(self.pid)
        machine_bytes, available_bytes = _machine_bytes()
        rss_bytes = _sum(each.rss_bytes for each in figures.values())
        self.last = Process(
            processes=len(figures),
            rss_bytes=rss_bytes,
            rss_peak_bytes=self._peak_bytes(figures.values(), rss_bytes),
            swap_bytes=_sum(each.swap_bytes for each in figures.values()),
            vms_bytes=_sum(each.vms_bytes for each in figures.values()),
            threads=_sum(each.threads for each in figures.values()),
            cpu_percent=self._cpu_percent(figures, now_s),
            cgroup_limit_bytes=cgroup.limit_bytes,
            cgroup_high_bytes=cgroup.high_bytes,
            cgroup_current_bytes=cgroup.current_bytes,
            oom_kills=cgroup.oom_kills,
            machine_bytes=machine_bytes,
            machine_available_bytes=available_bytes,
            memory_pressure_percent=cgroup.pressure_percent,
        )
        return self.last

    def _tree_below(self, root: psutil.Process, now_s: float) -> list[psutil.Process]:
        if now_s >= self._next_children_s:
            lasted_s = max(_CHILDREN_AT_FIRST_S, now_s - self._began_s)
            self._next_children_s = now_s + min(_CHILDREN_EVERY_S, lasted_s)
            try:
                self._children = root.children(recursive=True)
            except _NOT_TOLD:
                self._children = []
        return self._children

    def _peak_bytes(self, figures: Iterable[_Figures], rss_bytes: int | None) -> int | None:
        own_peaks = [each.rss_peak_bytes for each in figures if each.rss_peak_bytes is not None]
        if not own_peaks:
            return None
        self._rss_peak_bytes = max(self._rss_peak_bytes, rss_bytes or 0, *own_peaks)
        return self._rss_peak_bytes

    def _cpu_percent(self, figures: dict[psutil.Process, _Figures], now_s: float) -> float | None:
        before_s, since_s = self._cpu_before_s, self._sampled_s
        used_s = {
            process: each.cpu_s for process, each in figures.items() if each.cpu_s is not None
        }
        self._cpu_before_s, self._sampled_s = used_s, now_s
        if since_s is None or now_s <= since_s or len(used_s) < len(figures):
            return None
        # Of a child first seen now, the time it has used so far may be older than the interval.
        spent_s = sum(
            used_s[process] - before_s[process] for process in used_s if process in before_s
        )
        return 100.0 * spent_s / (now_s - since_s)


def listener_on(port: int) -> tuple[int, str] | None:
    """Return the number and the name of the process that listens on a TCP port of this machine.

    None where there is none, where it is not told to us, and where several do.
    """
    try:
        found = {
            each.pid
            for each in psutil.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port
        }
        if len(found) != 1 or (pid := found.pop()) is None:
            return None
        return pid, psutil.Process(pid).name()
    except (psutil.Error, OSError, RuntimeError):
        return None


def _process(pid: int) -> psutil.Process | None:
    if _ON_LINUX and why_no_proc():
        # Another namespace's process may have that number.
        return None
    try:
        return psutil.Process(pid)
    except _NOT_TOLD:
        return None


def _alive(process: psutil.Process) -> bool:
    """Whether it still runs, and is not another process that got its number."""
    try:
        if not process.is_running():
            return False
        # When another thread than the first one calls exec, the first is a zombie for a moment.
        return process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False


def _living_figures(
    processes: Iterable[psutil.Process],
) -> Iterator[tuple[psutil.Process, _Figures]]:
    for process in processes:
        if _alive(process):
            try:
                yield process, _figures(process)
            except psutil.NoSuchProcess:
                continue


def _figures(process: psutil.Process) -> _Figures:
    """Read one process; raises NoSuchProcess when it ended meanwhile, or is about to."""
    try:
        with process.oneshot():
            memory = process.memory_info()
            times = process.cpu_times()
            threads = process.num_threads()
    except psutil.AccessDenied:
        return _Figures()
    if memory.rss == 0:
        # It has given its memory back, and is going.
        raise psutil.NoSuchProcess(process.pid)
    status = _kernel_status_bytes(process.pid) if _ON_LINUX else {}
    return _Figures(
        rss_bytes=memory.rss,
        vms_bytes=memory.vms,
        threads=threads,
        cpu_s=times.user + times.system,
        rss_peak_bytes=status.get("VmHWM"),
        swap_bytes=status.get("VmSwap"),
    )


def _machine_bytes() -> tuple[int | None, int | None]:
    """Return the machine's memory, and what is available of it; a sandbox may hide both."""
    try:
        machine = psutil.virtual_memory()
    except _NOT_TOLD:
        return None, None
    return machine.total, machine.available


def _kernel_status_bytes(pid: int) -> dict[str, int]:
    """Read the memory lines of /proc/PID/status (kB there), which psutil does not give."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    words = (line.split() for line in lines if line.startswith("Vm"))
    return {
        each[0].rstrip(":"): int(each[1]) << 10
        for each in words
        if len(each) == 3 and each[1].isdigit()
    }


def _sum(parts: Iterable[int | None]) -> int | None:
    """Add up; a sum that lacks a part would be wrong, so it is None."""
    total = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total
