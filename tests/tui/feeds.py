"""Sessions that stand still: real logs through the real parser and model, at a fixed time."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from gctui.data import data_folder
from gctui.events import GcPause, GoroutineGroup, Mappings, Process, Runtime
from gctui.model.feed import Frame, Phase, Status
from gctui.model.profile import Profile
from gctui.model.snapshot import Snapshot
from gctui.session.pump import Pump

MIB = 1 << 20
SAWTOOTH = "demo/sawtooth.log"
OLD_GO = "go1.4.3/sawtooth-long.gctrace.log"
ENDED = Status("app.log", Phase.ENDED, ended="end of log", progress=1.0)
LIVE = Status("standard input")


class StillFeed:
    """A feed whose clock and contents move only when a test says so."""

    def __init__(self, status: Status = LIVE) -> None:
        self.status = status
        self.ahead_s = 0.0
        """How much later than the newest event it is."""
        self._pump = Pump()
        self._statuses = 0

    def read(self, data: bytes, received_s: float | None = None) -> None:
        """Take lines in, and what waits for more: nothing more comes for a while."""
        self._pump.feed("only", data, received_s)
        self._pump.settle(math.inf)

    def sample(self, sample: Process | Mappings | Runtime, received_s: float) -> None:
        """Take a sample of the process, its memory map or its runtime in."""
        self._pump.apply([sample], received_s)

    def take_profile(self, profile: Profile) -> None:
        """Take a heap profile in."""
        self._pump.take_profile(profile)

    def become(self, **changes: object) -> None:
        """Change the status."""
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]
        self._statuses += 1

    def frame(self) -> Frame:
        """Return the newest frame."""
        snapshot = self._pump.snapshot()
        shown, programs = self._pump.programs()
        version = self._pump.version + self._statuses
        now_s = snapshot.now_s + self.ahead_s
        lines = self._pump.text_lines
        return Frame(version, snapshot, now_s, self.status, lines, programs=programs, shown=shown)

    def show(self, key: int | None) -> None:
        """Choose one of several programs."""
        self._pump.show(key)

    def snapshot_of(self, key: int) -> Snapshot:
        """Return one program's snapshot."""
        return self._pump.snapshot(key)

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return kept lines of output."""
        return self._pump.text(first, count)


def sample_lines(name: str) -> list[bytes]:
    """Return the lines of a sample, terminators included."""
    path: Path = data_folder("samples") / name
    return path.read_bytes().splitlines(keepends=True)


def logged(name: str, lines: int | None = None, status: Status = ENDED) -> StillFeed:
    """Return a saved log, read to its end or to a line."""
    feed = StillFeed(replace(status, label=Path(name).name))
    feed.read(b"".join(sample_lines(name)[:lines]))
    return feed


def ran(lines: int = 250) -> StillFeed:
    """Return a wrapped program with an RSS and a limit, some minutes into its run."""
    status = Status("./server -port 8080", Phase.LIVE, pid=4242, godebug="gctrace=1,scavtrace=1")
    feed = StillFeed(status)
    for second, line in enumerate(sample_lines(SAWTOOTH)[:lines]):
        received_s = second / 10
        feed.read(line, received_s)
        if second % 10 == 0:
            feed.sample(_sample(second), received_s)
        if second % 25 == 0:
            feed.read(f"2026/01/02 15:04:{second % 60:02} served {second} requests\n".encode())
    return feed


ATTACHED = Status("./server -port 8080", pid=4242, go_version="go1.27.3", shows_output=False)
_GC_EVERY_S = 3
_FIRST_GC = 1200
_LOOKED_EVERY_S = 10


def groups(leaked: int = 0) -> tuple[GoroutineGroup, ...]:
    """Return the goroutines of a server of which so many wait for ever."""
    return (
        GoroutineGroup(
            created_by="github.com/example/server/internal/pool.(*Pool).Start",
            place="/home/dev/server/internal/pool/pool.go:123",
            status="waiting",
            wait_reason="chan receive",
            count=41 + leaked,
            stack_bytes=(41 + leaked) * 8192,
            longest_wait_s=60.0 + leaked,
            function="github.com/example/server/internal/pool.(*worker).run",
            line="/home/dev/server/internal/pool/worker.go:41",
        ),
        GoroutineGroup(
            "net/http.(*Server).Serve",
            "/usr/local/go/src/net/http/server.go:3454",
            "waiting",
            "IO wait",
            180,
            180 * 16384,
            4.0,
            "net/http.(*conn).serve",
            "/usr/local/go/src/net/http/server.go:2102",
        ),
        GoroutineGroup(
            "net/http.(*Server).Serve",
            "/usr/local/go/src/net/http/server.go:3454",
            "running",
            "",
            11,
            11 * 16384,
            None,
        ),
        GoroutineGroup(
            "net/http.(*Server).Serve",
            "/usr/local/go/src/net/http/server.go:3454",
            "waiting",
            "select",
            9,
            9 * 16384,
            2.0,
            "main.(*api).search",
            "/home/dev/server/search.go:88",
        ),
        GoroutineGroup(
            "database/sql.OpenDB",
            "/usr/local/go/src/database/sql/sql.go:833",
            "waiting",
            "select",
            2,
            16384,
            5400.0,
            "database/sql.(*DB).connectionOpener",
            "/usr/local/go/src/database/sql/sql.go:1261",
        ),
        GoroutineGroup(
            "main.main",
            "/home/dev/server/main.go:57",
            "waiting",
            "sleep",
            1,
            8192,
            9,
            "main.reportEvery",
            "/home/dev/server/report.go:19",
        ),
        GoroutineGroup(
            "main",
            "",
            "waiting",
            "IO wait",
            1,
            8192,
            7200.0,
            "main.main",
            "/home/dev/server/main.go:61",
        ),
    )


def runtime(second: float, goroutine_groups: tuple[GoroutineGroup, ...] | None) -> Runtime:
    """Return what the runtime of a server counts so many seconds after the watch began."""
    collections = int(second // _GC_EVERY_S)
    since_gc_s = second - collections * _GC_EVERY_S
    live_mib = 300 + collections
    allocated_mib = live_mib + since_gc_s * 90
    inuse_mib, idle_mib, released_mib = allocated_mib + 14, 560 - since_gc_s * 90, 210
    pause = GcPause(_FIRST_GC + collections, since_gc_s, 0.045 + collections % 4 * 0.02)
    return Runtime(
        heap_live_bytes=int(live_mib * MIB),
        heap_allocated_bytes=int(allocated_mib * MIB),
        heap_goal_bytes=int(live_mib * 2 * MIB),
        heap_inuse_bytes=int(inuse_mib * MIB),
        heap_idle_bytes=int(idle_mib * MIB),
        heap_released_bytes=released_mib * MIB,
        stack_inuse_bytes=39 * MIB,
        metadata_bytes=21 * MIB,
        sys_bytes=int((inuse_mib + idle_mib + 60) * MIB),
        gc_percent=100,
        total_alloc_bytes=int((9000 + second * 90) * MIB),
        gc_count=_FIRST_GC + collections,
        gc_forced_count=2,
        gc_cpu_percent=1.8,
        pause_total_ms=120.0,
        procs=8,
        cpu_assist_ms=200.0 + collections * 3,
        cpu_background_ms=4000.0 + collections * 60,
        cpu_idle_ms=900.0 + collections * 10,
        cpu_pause_ms=110.0 + collections,
        gc_pauses=(pause,) if collections and since_gc_s < 0.5 else (),
        goroutines=sum(group.count for group in goroutine_groups or groups(int(second) * 20)),
        goroutine_groups=goroutine_groups,
    )


def mappings(rss_mib: int) -> Mappings:
    """Return where the memory of a server lies, which has some cgo."""
    beside = {"metadata": 12, "binary": 9, "files": 3, "thread_stacks": 1, "c_heap": 60}
    other_mib, lazy_mib = 139, 6
    return Mappings(
        rss_bytes=rss_mib * MIB,
        pss_bytes=rss_mib * MIB,
        uss_bytes=rss_mib * MIB,
        swap_bytes=0,
        lazyfree_bytes=lazy_mib * MIB,
        hugepages_bytes=0,
        heap_rss_bytes=(rss_mib - other_mib - sum(beside.values())) * MIB,
        heap_lazyfree_bytes=lazy_mib * MIB,
        heap_hugepages_bytes=0,
        other_rss_bytes=other_mib * MIB,
        **{f"{name}_rss_bytes": mib * MIB for name, mib in beside.items()},
    )


def attached(seconds: int = 62, status: Status = ATTACHED) -> StillFeed:
    """Return a program that gctui reads from outside: no trace, no output, some goroutines leak."""
    feed = StillFeed(status)
    for half in range(seconds * 2):
        second, began_s = half / 2, 4000.0
        leaked = int(second) * 20
        feed.sample(runtime(second, None if half % 2 else groups(leaked)), began_s + second)
        if half % 2 == 0:
            rss_mib = 900 + leaked * 8 // 1024
            feed.sample(
                Process(rss_bytes=rss_mib * MIB, vms_bytes=2100 * MIB, threads=14),
                began_s + second,
            )
            if second % _LOOKED_EVERY_S == 0:
                feed.sample(mappings(rss_mib), began_s + second)
    return feed


def _sample(second: int) -> Process:
    rss_mib = 60 + (second * 7) % 300
    return Process(
        rss_bytes=rss_mib * MIB,
        rss_peak_bytes=400 * MIB,
        vms_bytes=1900 * MIB,
        threads=9 + second % 3,
        cpu_percent=120.0,
        cgroup_limit_bytes=512 * MIB,
    )
