from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gctui.sources.cgroup import CgroupMemory, read_cgroup_memory, read_membership

PID = 42
NO_LIMIT_V1 = "9223372036854771712"


def tree(base: Path, membership: str, files: dict[str, str]) -> CgroupMemory:
    """Read a /proc and a /sys/fs/cgroup that consist of these files."""
    (base / "proc" / str(PID)).mkdir(parents=True)
    (base / "proc" / str(PID) / "cgroup").write_text(membership)
    (base / "proc" / str(PID) / "stat").write_text(f"{PID} (a) b) S 1 42 42 0 -1 4194304 7 0")
    for name, text in files.items():
        path = base / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return read_cgroup_memory(PID, root=base / "cgroup", proc=base / "proc")


PRESSURE = "some avg10=1.25 avg60=0.40 avg300=0.10 total=1234\nfull avg10=0.00 total=9"
EVENTS = "low 0\nhigh 7\nmax 12\noom 3\noom_kill 2\noom_group_kill 1"


@pytest.mark.parametrize(
    ("membership", "files", "expected"),
    [
        pytest.param(
            "0::/app.slice/server\n",
            {
                "app.slice/server/memory.max": "1000",
                "app.slice/server/memory.current": "700",
                "app.slice/server/memory.events": EVENTS,
                "app.slice/memory.max": "max",
                "app.slice/memory.current": "900",
            },
            CgroupMemory(1000, 700, 2),
            id="its own limit",
        ),
        pytest.param(
            "0::/app.slice/server\n",
            {
                "app.slice/server/memory.max": "5000",
                "app.slice/server/memory.current": "700",
                "app.slice/server/memory.events": EVENTS,
                "app.slice/memory.max": "2000",
                "app.slice/memory.current": "1500",
            },
            CgroupMemory(2000, 1500, 2),
            id="the smaller one above, and what counts against it",
        ),
        pytest.param(
            "0::/a\n",
            {"a/memory.max": "max", "a/memory.current": "5", "memory.max": "max"},
            CgroupMemory(None, 5, None),
            id="no limit",
        ),
        pytest.param(
            "0::/docker/0123\n",
            {"memory.max": "64", "memory.current": "32", "memory.events": EVENTS},
            CgroupMemory(64, 32, 2),
            id="the path of the host, seen in a container",
        ),
        pytest.param(
            "0::/../../outside\n",
            {"memory.max": "64", "memory.current": "32"},
            CgroupMemory(64, 32, None),
            id="a path that leads out of the namespace",
        ),
        pytest.param(
            "0::/\n",
            {"memory.max": "64", "memory.current": "32"},
            CgroupMemory(64, 32, None),
            id="the root of a namespace",
        ),
        pytest.param("0::/\n", {"cpu.stat": ""}, CgroupMemory(), id="the root of the host"),
        pytest.param(
            "0::/a/b\n",
            {
                "a/b/memory.max": "max",
                "a/b/memory.high": "800",
                "a/b/memory.pressure": "some avg10=9.99 avg60=0.00 avg300=0.00 total=0",
                "a/memory.max": "1000",
                "a/memory.current": "900",
                "a/memory.high": "max",
                "a/memory.pressure": "some avg10=12.50 avg60=1.00 avg300=0.25 total=81\n"
                "full avg10=3.00 avg60=0.00 avg300=0.00 total=5",
            },
            CgroupMemory(1000, 900, None, 800, 12.5),
            id="where it slows down, and the pressure where the limit is",
        ),
        pytest.param(
            "0::/a\n",
            {"a/memory.max": "500", "a/memory.high": "500", "../proc/pressure/memory": PRESSURE},
            CgroupMemory(500, pressure_percent=1.25),
            id="no lower than the limit; the machine's pressure",
        ),
        pytest.param(
            "4:memory:/a\n",
            {"memory/a/memory.usage_in_bytes": "5", "../proc/pressure/memory": PRESSURE},
            CgroupMemory(None, 5, pressure_percent=1.25),
            id="the machine's pressure beside version 1",
        ),
        pytest.param(
            "0::/a\n",
            {"a/memory.current": "5", "a/memory.pressure": "some avg10=nan total=?\n\nsome"},
            CgroupMemory(None, 5),
            id="a pressure that is none",
        ),
        pytest.param(
            "9:name=systemd:/x\n5:cpu,memory:/pods/one\n0::/y\n",
            {
                "memory/pods/one/memory.limit_in_bytes": "300",
                "memory/pods/one/memory.usage_in_bytes": "200",
                "memory/pods/one/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4",
                "memory/pods/memory.limit_in_bytes": NO_LIMIT_V1,
                "memory/memory.limit_in_bytes": NO_LIMIT_V1,
                "y/memory.max": "1",
            },
            CgroupMemory(300, 200, 4),
            id="version 1",
        ),
        pytest.param(
            "4:memory:/docker/0123\n",
            {
                "memory/memory.limit_in_bytes": NO_LIMIT_V1,
                "memory/memory.usage_in_bytes": "200",
            },
            CgroupMemory(None, 200, None),
            id="version 1 in a container, no limit",
        ),
        pytest.param("rubbish\n\n", {}, CgroupMemory(), id="rubbish"),
    ],
)
def test_the_layouts(
    tmp_path: Path, membership: str, files: dict[str, str], expected: CgroupMemory
) -> None:
    assert tree(tmp_path, membership, files) == expected


def test_where_there_is_no_such_process_or_no_such_system(tmp_path: Path) -> None:
    assert read_cgroup_memory(PID, root=tmp_path, proc=tmp_path) == CgroupMemory()


def test_this_machine() -> None:
    if sys.platform != "linux":
        pytest.skip("Linux only")
    figures = read_cgroup_memory(os.getpid())
    for figure in (figures.limit_bytes, figures.current_bytes):
        assert figure is None or figure > 0
    if Path("/proc/pressure/memory").exists():
        assert figures.pressure_percent is not None
        assert 0 <= figures.pressure_percent <= 100
    membership = Path("/proc/self/cgroup").read_text()
    if ":memory:/" in membership:
        assert figures.current_bytes
        assert figures.oom_kills is not None


@pytest.fixture
def real_group() -> Iterator[tuple[Path, str]]:
    """A control group of this machine, and the name of its limit's file."""
    for mount, limit in (
        (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
        (Path("/sys/fs/cgroup"), "memory.max"),
    ):
        group = mount / f"gctui-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / limit).exists():
            yield group, limit
            group.rmdir()
            return
        group.rmdir()
    pytest.skip("control groups cannot be made here")


def test_a_real_limit(real_group: tuple[Path, str]) -> None:
    group, limit = real_group
    (group / limit).write_text(str(64 << 20))
    with subprocess.Popen(["sleep", "60"]) as process:
        (group / "cgroup.procs").write_text(str(process.pid))
        figures = read_cgroup_memory(process.pid)
        process.kill()
    assert figures.limit_bytes == 64 << 20
    assert figures.current_bytes is not None
    assert figures.current_bytes < 64 << 20
    assert figures.oom_kills == 0


def test_a_process_that_has_ended_is_in_no_group() -> None:
    if sys.platform != "linux":
        pytest.skip("Linux only")
    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        # Version 1 would say that it is in the topmost one.
        assert Path(f"/proc/{process.pid}/cgroup").read_text()
        assert read_membership(process.pid) is None
        assert read_cgroup_memory(process.pid) == CgroupMemory()
