"""Sessions that stand still: real logs through the real parser and model, at a fixed time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gctui.data import data_folder
from gctui.events import Process
from gctui.model.feed import Frame, Phase, Status
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
        """Take lines in."""
        self._pump.feed("only", data, received_s)

    def sample(self, process: Process, received_s: float) -> None:
        """Take a sample of the process in."""
        self._pump.apply([process], received_s)

    def become(self, **changes: object) -> None:
        """Change the status."""
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]
        self._statuses += 1

    def frame(self) -> Frame:
        """Return the newest frame."""
        snapshot = self._pump.snapshot()
        version = self._pump.version + self._statuses
        now_s = snapshot.now_s + self.ahead_s
        return Frame(version, snapshot, now_s, self.status, self._pump.text_lines)

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
