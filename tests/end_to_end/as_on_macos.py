"""Runs gctui with what macOS lacks taken away for real: modules' functions, constants, /proc.

Only psutil may still look at /proc: there it stands for the calls that it makes on macOS.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import selectors
import signal
import sys
import time
from collections import namedtuple
from collections.abc import Callable
from types import FrameType
from typing import Any

import psutil

_ABSENT = {
    os: """pidfd_open pipe2 memfd_create eventfd eventfd_read eventfd_write splice copy_file_range
        posix_fadvise posix_fallocate getrandom setresuid setresgid getresuid getresgid
        sched_getaffinity sched_setaffinity sched_getscheduler sched_setscheduler setns unshare
        getxattr setxattr listxattr removexattr waitid WEXITED O_TMPFILE O_PATH O_DIRECT
        RWF_NOWAIT preadv2 timerfd_create""",
    signal: """pidfd_send_signal sigtimedwait sigwaitinfo SIGPWR SIGSTKFLT SIGPOLL SIGRTMIN
        SIGRTMAX SIGCLD""",
    fcntl: "F_SETPIPE_SZ F_GETPIPE_SZ F_ADD_SEALS F_GET_SEALS F_NOTIFY F_SETSIG",
    selectors: "EpollSelector",
    select: "epoll EPOLLIN EPOLLOUT EPOLLHUP EPOLL_CLOEXEC",
    time: "CLOCK_BOOTTIME CLOCK_TAI clock_getcpuclockid pthread_getcpuclockid",
    psutil: "sensors_temperatures sensors_fans RLIMIT_AS RLIM_INFINITY",
    psutil.Process: "memory_maps rlimit io_counters ionice cpu_affinity cpu_num",
}
_HIDDEN = ("/proc", "/sys/fs/cgroup")
_MEMORY = namedtuple("_MEMORY", "rss vms pfaults pageins")


def _take_away() -> None:
    for owner, names in _ABSENT.items():
        for name in names.split():
            if hasattr(owner, name):
                delattr(owner, name)
    # There it is that of kqueue.
    replaced: list[tuple[Any, str, Any]] = [(selectors, "DefaultSelector", selectors.PollSelector)]
    told = psutil.Process.memory_info

    def memory_info(process: psutil.Process) -> Any:
        return _MEMORY(*told(process)[:2], 0, 0)

    # psutil itself asks for these two.
    vars(memory_info).update(vars(told))
    replaced.append((psutil.Process, "memory_info", memory_info))
    replaced.append((psutil, "net_connections", _refused))
    replaced.append((sys, "platform", "darwin"))
    for owner, name, instead in replaced:
        setattr(owner, name, instead)


def _refused(*_: object) -> None:
    raise psutil.AccessDenied


def _hide() -> None:
    sys.addaudithook(_audit)
    # These raise no audit event.
    for name in ("stat", "lstat", "readlink", "access", "statvfs"):
        setattr(os, name, _hidden(getattr(os, name)))


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"open", "os.listdir", "os.scandir"}:
        _refuse(arguments[0])


def _hidden(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(path: Any, *arguments: Any, **options: Any) -> Any:
        _refuse(path)
        return function(path, *arguments, **options)

    return wrapper


def _refuse(path: Any) -> None:
    if isinstance(path, int) or path is None:
        return
    if os.fsdecode(path).startswith(_HIDDEN) and not _is_psutils():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _is_psutils() -> bool:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if "/psutil/" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


if __name__ == "__main__":
    _take_away()
    _hide()
    sys.argv[0] = "gctui"
    from gctui.cli.main import main

    sys.exit(main())
