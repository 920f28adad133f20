"""The counters of OOM kills, in folders that look like the kernel's, and the words made of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from gctui.events import Process
from gctui.sources.ending import ended_by_gctui, ending
from gctui.sources.oom import KillCount, OomKills, OomWatch

MIB = 1 << 20
PID = 42
V1 = "4:memory:/app\n0::/\n"
V2 = "0::/app/server\n"


class Machine:
    """A /proc and a /sys/fs/cgroup to write to."""

    def __init__(self, base: Path) -> None:
        self.proc = base / "proc"
        self.root = base / "cgroup"

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def has(self, pid: int, membership: str) -> None:
        self.write(f"../proc/{pid}/cgroup", membership)
        self.write(f"../proc/{pid}/stat", f"{pid} (app) S 1 42 42 0 -1 4194304 7 0")

    def ends(self, pid: int) -> None:
        """Do as the kernel does in version 1."""
        self.write(f"../proc/{pid}/cgroup", "4:memory:/\n0::/\n")
        self.write(f"../proc/{pid}/stat", f"{pid} (app) R 1 42 42 0 -1 {4194304 | 4} 7 0")

    def watch(self, *pids: int) -> OomWatch:
        return OomWatch(pids or (PID,), root=self.root, proc=self.proc)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_kill_in_its_own_group(machine: Machine) -> None:
    machine.has(PID, V1)
    machine.write("memory/app/memory.oom_control", "oom_kill_disable 0\noom_kill 3\n")
    machine.write("memory/memory.oom_control", "oom_kill 9\n")
    machine.write("memory/memory.limit_in_bytes", "700")
    watch = machine.watch()
    assert watch.kills() == OomKills(KillCount("memory.oom_control", 3, 3, 700), None)
    machine.write("memory/app/memory.oom_control", "oom_kill_disable 0\noom_kill 4\n")
    machine.write("memory/app/memory.limit_in_bytes", "500")
    assert watch.kills() == OomKills(KillCount("memory.oom_control", 3, 4, 500), None)


def test_a_group_that_vanished_with_it_still_counts_in_the_one_above(machine: Machine) -> None:
    machine.has(PID, V2)
    machine.write("app/server/memory.events", "oom_kill 0\n")
    machine.write("app/memory.events", "oom_kill 5\n")
    machine.write("../proc/vmstat", "pgfault 7\noom_kill 8\n")
    watch = machine.watch()
    shutil.rmtree(machine.root / "app" / "server")
    machine.write("app/memory.events", "oom_kill 6\n")
    machine.write("../proc/vmstat", "pgfault 9\noom_kill 9\n")
    kills = watch.kills()
    assert kills == OomKills(KillCount("memory.events", 5, 6), KillCount("/proc/vmstat", 8, 9))
    assert str(kills.group) == "oom_kill in memory.events went from 5 to 6"


def test_in_version_1_the_group_above_counts_its_own_alone(machine: Machine) -> None:
    machine.has(PID, V1)
    machine.write("memory/app/memory.oom_control", "oom_kill 0\n")
    machine.write("memory/memory.oom_control", "oom_kill 0\n")
    watch = machine.watch()
    shutil.rmtree(machine.root / "memory" / "app")
    machine.write("memory/memory.oom_control", "oom_kill 1\n")
    assert watch.kills() == OomKills(None, None)


def test_the_group_that_it_moved_to_is_the_one_that_tells(machine: Machine) -> None:
    machine.has(PID, "0::/first\n")
    machine.has(PID + 1, "0::/second\n")
    machine.write("first/memory.events", "oom_kill 0\n")
    machine.write("second/memory.events", "oom_kill 0\n")
    watch = machine.watch()
    watch.note([PID + 1, PID + 7])
    machine.write("first/memory.events", "oom_kill 1\n")
    group = watch.kills().group
    assert group is not None
    assert not group.rose
    watch.note([PID + 7])
    machine.write("second/memory.events", "oom_kill 1\n")
    assert watch.kills().group == KillCount("memory.events", 0, 1)
    watch.note([PID, PID + 1])
    assert watch.kills().group == KillCount("memory.events", 0, 1)


def test_while_it_ends_it_is_where_it_was(machine: Machine) -> None:
    machine.has(PID, V1)
    machine.write("memory/app/memory.oom_control", "oom_kill 0\n")
    machine.write("memory/memory.oom_control", "oom_kill 0\n")
    watch = machine.watch()
    machine.write("memory/app/memory.oom_control", "oom_kill 1\n")
    machine.ends(PID)
    watch.note([PID])
    assert watch.kills().group == KillCount("memory.oom_control", 0, 1)


def test_where_nothing_can_be_read_nothing_is_known(machine: Machine) -> None:
    assert machine.watch().kills() == OomKills(None, None)
    machine.has(PID, V2)
    assert machine.watch().kills() == OomKills(None, None)


def test_this_process_was_not_killed() -> None:
    kills = OomWatch([os.getpid()]).kills()
    for count in (kills.group, kills.machine):
        assert count is None or count.before <= count.now


LAST = Process(rss_bytes=498 * MIB, machine_bytes=16 << 30)
ROSE = KillCount("memory.events", 0, 1, 512 * MIB)
STAYED = KillCount("memory.events", 2, 2, 512 * MIB)
ELSEWHERE = KillCount("/proc/vmstat", 3, 4)


@pytest.mark.parametrize(
    ("how", "code", "kills", "short", "words"),
    [
        (
            "killed by SIGKILL",
            137,
            OomKills(ROSE, ELSEWHERE),
            "killed by SIGKILL (OOM)",
            "killed by SIGKILL: by the kernel's OOM killer (oom_kill in memory.events went from 0 "
            "to 1; limit 512 MiB, RSS last seen 498 MiB)",
        ),
        (
            "exited with 137",
            137,
            OomKills(KillCount("memory.events", 0, 1), ELSEWHERE),
            "exited with 137 (OOM)",
            "exited with 137: by the kernel's OOM killer (oom_kill in memory.events went from 0 "
            "to 1; no limit is set on the group, the machine has 16.0 GiB, RSS last seen 498 MiB)",
        ),
        (
            "killed by SIGKILL",
            137,
            OomKills(STAYED, None),
            "killed by SIGKILL",
            "killed by SIGKILL, and not by the kernel's OOM killer (oom_kill in memory.events is "
            "2, as it was before): someone sent it: kill -9, a supervisor, systemd-oomd or "
            "earlyoom",
        ),
        (
            "exited with 137",
            137,
            OomKills(STAYED, ELSEWHERE),
            "exited with 137",
            "exited with 137, and not by its own control group's OOM killer; but the kernel has "
            "killed for lack of memory elsewhere on this machine meanwhile (oom_kill in "
            "/proc/vmstat went from 3 to 4): if it ran in another group, a container's, look there "
            "(dmesg tells whom); else someone sent it: kill -9, a supervisor, systemd-oomd or "
            "earlyoom",
        ),
        (
            "killed by SIGKILL",
            137,
            OomKills(None, None),
            "killed by SIGKILL",
            "killed by SIGKILL: whether by the kernel's OOM killer is not to be read here; dmesg "
            "may tell",
        ),
        (
            "exited with 1",
            1,
            OomKills(ROSE, None),
            "exited with 1",
            "exited with 1; the kernel's OOM killer has killed in its control group meanwhile "
            "(oom_kill in memory.events went from 0 to 1; limit 512 MiB, RSS last seen 498 MiB)",
        ),
        (
            "the program has ended",
            None,
            OomKills(ROSE, None),
            "the program has ended (OOM)",
            "the program has ended: by the kernel's OOM killer, as it seems (oom_kill in "
            "memory.events went from 0 to 1; limit 512 MiB, RSS last seen 498 MiB)",
        ),
        ("the program has ended", None, OomKills(STAYED, ELSEWHERE), "the program has ended", ""),
        ("exited with 0", 0, OomKills(ROSE, ELSEWHERE), "exited with 0", ""),
        ("exited with 3", 3, OomKills(STAYED, ELSEWHERE), "exited with 3", ""),
        ("killed by SIGSEGV", 139, OomKills(None, None), "killed by SIGSEGV", ""),
    ],
)
def test_what_is_said(how: str, code: int | None, kills: OomKills, short: str, words: str) -> None:
    told = ending(how, code, kills, LAST)
    assert (told.how, told.explained) == (short, words)


def test_what_is_said_without_a_sample() -> None:
    told = ending("killed by SIGKILL", 137, OomKills(KillCount("memory.events", 0, 1), None), None)
    assert told.explained.endswith("(oom_kill in memory.events went from 0 to 1)")
    assert "by gctui" in ended_by_gctui("killed by SIGKILL").explained
