"""What a session kept, read back: the very state that the live session ended in."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.errors import GctuiError
from gctui.events import Event, GcPause, GoroutineGroup, Mappings, Process, Runtime
from gctui.model.feed import Frame, Phase
from gctui.model.series import SeriesView
from gctui.model.snapshot import Snapshot
from gctui.report.jsonl import json_line
from gctui.session import recording_file
from gctui.session.live import LiveSession, Outlets, Watched
from gctui.session.pump import Pump
from gctui.session.recorded_event import read_event
from gctui.session.recording import open_recording
from gctui.session.recording_format import End, Header
from gctui.session.replay import ReplaySession
from gctui.session.sampling import Sources
from gctui.sources.files import LogFile
from gctui.sources.spool import Channel, Spool
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES, read_log, sample_logs

BEGAN = datetime(2026, 5, 4, 3, 2, 1, 987654, UTC)
LEAK = SAMPLES / "demo" / "leak.log"
TRACE_LINES = [
    line
    for path in sorted((SAMPLES / "forms").glob("*.log"))
    for line in path.read_bytes().splitlines()[:3]
]


def replayed(*paths: Path, speed: float | None = None) -> ReplaySession:
    session = ReplaySession([LogFile(path) for path in paths], speed=speed)
    session.start()
    session.join(60)
    assert session.has_ended
    assert session.failure is None
    return session


def plain(value: object) -> object:
    """Return something with the values of a snapshot that equals itself: gaps are NaN."""
    if isinstance(value, Snapshot):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, SeriesView):
        return value.times_s.tobytes(), value.values.tobytes()
    return value


sizes = st.integers(0, (1 << 63) - 1) | st.none()
amounts = st.floats(0, 1e15) | st.none()
texts = st.text(st.characters(exclude_categories=()), max_size=8)
groups = st.builds(
    GoroutineGroup,
    texts,
    texts,
    texts,
    texts,
    st.integers(0, 1 << 40),
    st.integers(0, 1 << 40),
    amounts,
)
pauses = st.builds(GcPause, st.integers(0, 1 << 32), st.floats(-1, 1e6), st.floats(0, 1e9))
processes = st.builds(
    Process,
    rss_bytes=sizes,
    threads=sizes,
    cpu_percent=amounts,
    cgroup_limit_bytes=sizes,
    cgroup_high_bytes=sizes,
    machine_bytes=sizes,
    machine_available_bytes=sizes,
    memory_pressure_percent=st.floats(0, 100) | st.none(),
)
runtimes = st.builds(
    Runtime,
    heap_live_bytes=sizes,
    heap_goal_bytes=sizes,
    total_alloc_bytes=sizes,
    gc_percent=st.integers(-1, 1000) | st.none(),
    gc_count=st.integers(0, 9) | st.none(),
    procs=st.integers(0, 64) | st.none(),
    cpu_assist_ms=amounts,
    gc_pauses=st.lists(pauses, max_size=3).map(tuple),
    goroutine_groups=st.none() | st.lists(groups, max_size=3).map(tuple),
)
known_sizes = st.integers(0, (1 << 63) - 1)
looks = st.builds(
    Mappings,
    **{
        field.name: sizes if "None" in str(field.type) else known_sizes
        for field in fields(Mappings)
    },
)
pieces = st.one_of(
    st.sampled_from(TRACE_LINES).map(lambda line: line + b"\n"),
    st.sampled_from(TRACE_LINES).map(lambda line: b"2026-05-04T11:32:00Z web-1  | " + line + b"\n"),
    st.sampled_from(TRACE_LINES).map(lambda line: b"[worker:\xff] " + line + b", 5 new things\n"),
    st.sampled_from([*TRACE_LINES, b"\n", b"\r\n", b"gc 7 @", b"GC forced\n", b"app | "]),
    st.binary(max_size=12),
    st.tuples(st.sampled_from(TRACE_LINES), st.integers(0, 60)).map(lambda cut: cut[0][: cut[1]]),
)
chunks = st.tuples(st.sampled_from(Channel), st.lists(pieces, min_size=1, max_size=4).map(b"".join))
moments = st.floats(0, 1e8)
streams = st.lists(st.tuples(chunks | processes | runtimes | looks, moments), max_size=30)


@settings(deadline=None)
@given(streams, moments)
def test_any_stream_is_replayed_into_the_same_state(
    stream: list[tuple[Any, float]], end_s: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        with open_recording(str(path), json_line) as recording:
            recording.describe(Header(began=BEGAN, label="x"))
            live = Pump(recording=recording)
            for item, received_s in stream:
                if isinstance(item, Process | Runtime | Mappings):
                    live.apply([item], received_s)
                else:
                    channel, data = item
                    live.feed(channel, data, received_s)
            live.finish(end_s)
            recording.end(round(end_s, 6), End("ended"))
        session = replayed(path)
        frame = session.frame()
        assert plain(frame.snapshot) == plain(live.snapshot())
        assert frame.now_s == live.now_s(round(end_s, 6))
        assert session.text(0, 1 << 20) == live.text(0, 1 << 20)
        assert frame.status.ended == "end of recording: ended"


@pytest.mark.parametrize("log", sample_logs(), ids=lambda path: path.name)
def test_every_sample_survives(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    live = recorded(read_log(log), path)
    again = replayed(path).frame()
    assert plain(again.snapshot) == plain(live.snapshot)
    assert again.now_s == live.now_s


def recorded(data: bytes, path: Path, **details: Any) -> Frame:
    spool = Spool()
    with open_recording(str(path), json_line) as recording:
        session = LiveSession(spool, "./app", outlets=Outlets(recording=recording), **details)
        session.start()
        for begin in range(0, len(data), 5000):
            spool.put(Channel.STDERR, data[begin : begin + 5000])
        spool.close()
        session.join(60)
        return session.frame()


def test_the_header_tells_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    spool = Spool()
    watched = Watched(77, lambda: "exited with 3", spool.close, "gctrace=1")
    with open_recording(str(path), json_line) as recording:
        outlets = Outlets(recording=recording)
        session = LiveSession(spool, "./app", watched=watched, outlets=outlets, shows_output=False)
        session.start()
        session.join(60)
    assert session.frame().status.recording == f"recorded to {path}"
    header, end = map(json.loads, path.read_bytes().splitlines())
    assert abs(datetime.fromisoformat(header["began"]).timestamp() - time.time()) < 60
    assert (end["kind"], end["how"]) == ("end", "exited with 3")
    status = replayed(path).frame().status
    assert (status.pid, status.godebug, status.shows_output) == (77, "gctrace=1", False)
    assert status.label == f"{path}: ./app"
    assert status.phase is Phase.ENDED
    assert status.ended == "end of recording: exited with 3"


def test_who_killed_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    spool = Spool()
    watched = Watched(77, lambda: "killed by SIGKILL (OOM)", spool.close)
    why = "killed by SIGKILL: by the kernel's OOM killer (limit 64 MiB)"
    with open_recording(str(path), json_line) as recording:
        session = LiveSession(
            spool,
            "./app",
            watched=watched,
            sources=Sources(why_ended=lambda: why),
            outlets=Outlets(recording=recording),
        )
        assert session.frame().status.end_explained == ""
        session.start()
        session.join(60)
    status = session.frame().status
    assert (status.ended, status.end_explained) == ("killed by SIGKILL (OOM)", why)
    again = replayed(path).frame().status
    assert again.ended == "end of recording: killed by SIGKILL (OOM)"
    assert again.end_explained == why
    assert json.loads(path.read_bytes().splitlines()[-1])["how"] == why


@pytest.mark.parametrize("asks", [False, True])
def test_who_leaves_a_program_is_not_told_of_its_end(asks: bool) -> None:
    spool = Spool()
    session = LiveSession(spool, "./app", sources=Sources(why_ended=lambda: "it was killed"))
    session.start()
    if asks:
        spool.close()
    else:
        session.stop()
    session.join(60)
    assert session.frame().status.end_explained == ("it was killed" if asks else "")


class _Counters:
    """Counters whose program is found by and by."""

    why_not = ""

    def __init__(self) -> None:
        self.go_version = self.default_godebug = ""
        self.pid: int | None = None
        self.asked = 0

    def sample(self) -> Runtime | None:
        self.asked += 1
        if self.asked < 3:
            return None
        self.pid, self.go_version = 99, "go1.27.3"
        return Runtime(goroutines=self.asked, goroutine_groups=())

    def mappings(self) -> None:
        return None

    def close(self) -> None:
        pass


def test_what_is_known_later_of_the_program_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    spool, counters = Spool(), _Counters()
    with open_recording(str(path), json_line) as recording:
        sources, outlets = Sources(counters=counters), Outlets(recording=recording)
        session = LiveSession(spool, "./app", sources=sources, outlets=outlets)
        session.start()
        until(lambda: session.frame().snapshot.count("runtime") > 1)
        spool.close()
        session.join(60)
    live, again = session.frame(), replayed(path).frame()
    assert (again.status.pid, again.status.go_version) == (99, "go1.27.3")
    assert plain(again.snapshot) == plain(live.snapshot)
    assert again.snapshot.counters is not None
    assert again.snapshot.counters.census is not None


def until(true: Any) -> None:
    deadline_s = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_speed_is_that_of_the_receipt(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with open_recording(str(path), json_line) as recording:
        recording.describe(Header(began=BEGAN, label="x"))
        live = Pump(recording=recording)
        for second in range(5):
            # The first comes long after the beginning: nobody waits for that.
            live.feed(Channel.STDERR, b"hello\n", 3600.0 + second)
    begun_s = time.monotonic()
    frame = replayed(path, speed=10).frame()
    assert 0.35 < time.monotonic() - begun_s < 5
    assert frame.snapshot.count("text") == 5


def test_two_recordings_keep_the_time_between_them(tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path, began in zip(paths, (BEGAN, BEGAN.replace(minute=12)), strict=True):
        with open_recording(str(path), json_line) as recording:
            recording.describe(Header(began=began, label="x", pid=5))
            Pump(recording=recording).feed(Channel.STDERR, LEAK.read_bytes(), 60.0)
    snapshot = replayed(*paths).frame().snapshot
    ended_s = snapshot.cycles[102].end_s
    assert snapshot.epochs[1].begin_s - ended_s == pytest.approx(600, abs=1)


def test_a_raw_recording_is_the_stream(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    data = LEAK.read_bytes()
    live = recorded(data, path)
    assert path.read_bytes() == data
    assert replayed(path).frame().snapshot.count("gc") == live.snapshot.count("gc")


@pytest.mark.parametrize("name", ["a.jsonl", "a.log"])
def test_a_disk_that_fills_ends_the_recording_alone(name: str, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    path = tmp_path / name
    path.symlink_to("/dev/full")
    frame = recorded(LEAK.read_bytes(), path)
    assert frame.snapshot.count("gc") == 103
    assert frame.status.recording == "recording failed: No space left on device"
    assert frame.status.ended == "end of input"


def test_a_disk_that_hangs_costs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_file, "_MOST_HELD_BYTES", 1000)
    file = recording_file.RecordingFile(str(tmp_path / "a"))
    for _ in range(11):
        file.add(b"x" * 100)
    file.close()
    assert file.failure == "the disk does not answer"


def test_what_came_is_in_the_file_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    spool = Spool()
    with open_recording(str(path), json_line) as recording:
        session = LiveSession(spool, "x", outlets=Outlets(recording=recording))
        session.start()
        for number in range(3):
            spool.put(Channel.STDIN, b"hello\n")
            came_s = time.monotonic()
            while path.stat().st_size < 6 * (number + 1):
                assert time.monotonic() < came_s + 1
                time.sleep(0.01)
        spool.close()
        session.join(20)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"precious")
    with pytest.raises(GctuiError, match="exists and is not empty"):
        open_recording(str(path), json_line)
    assert path.read_bytes() == b"precious"


def test_what_stood_around_a_line_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    line = next(line for line in TRACE_LINES if b" MB stacks" in line)
    _, number, rest = line.split(b" ", 2)
    following = b"gc %d %b" % (int(number) + 1, rest)
    torn = following.replace(b" ms clock", b"hello\n ms clock") + b"\n"
    data = b"2026-05-04T11:32:00Z web-1  | " + line + b", 5 MB arenas\n" + torn
    recorded(data, path)
    events = [*scan([data])]
    assert {event.around.repaired for event in events} == {True, False}
    rows = path.read_bytes().splitlines()[1:-1]
    again = [read_event(json.loads(row)) for row in rows]
    assert again == events
    assert [event.around for event in again if isinstance(event, Event)] == [
        event.around for event in events
    ]
    assert json.loads(rows[0])["source"] == "stderr:web-1"
    assert json.loads(rows[-1])["source"] == "stderr"
