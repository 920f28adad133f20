"""Sessions on real bytes: the same state live, at once and paced; text kept; an end that comes."""

import gzip
import threading
import time
from pathlib import Path

import pytest

from gctui.errors import GctuiError
from gctui.events import Process, Text, Unparsed
from gctui.model.feed import Phase
from gctui.session.live import LiveSession, Outlets, Watched
from gctui.session.output import OutputTail
from gctui.session.replay import ReplaySession
from gctui.session.sampling import Sources
from gctui.sources.files import LogFile
from gctui.sources.spool import Channel, Spool
from tests.analysis.made_runs import log_of, steady
from tests.corpus_files import SAMPLES

LOG = SAMPLES / "demo" / "sawtooth.log"


def replayed(*paths: Path, speed: float | None = None) -> ReplaySession:
    session = ReplaySession([LogFile(path) for path in paths], speed=speed)
    session.start()
    session.join(60)
    assert session.has_ended
    return session


def test_at_once() -> None:
    frame = replayed(LOG).frame()
    assert frame.status.phase is Phase.ENDED
    assert frame.snapshot.count("gc") == 152
    assert frame.text_lines == frame.snapshot.count("text")


def test_paced_ends_in_the_same_state(tmp_path: Path) -> None:
    begun_s = time.monotonic()
    paced = replayed(LOG, speed=100).frame().snapshot
    took_s = time.monotonic() - begun_s
    assert took_s > 0.3  # 48 s of log at 100 times the speed
    at_once = replayed(LOG).frame().snapshot
    assert paced.cycles[-1].end_s == at_once.cycles[-1].end_s
    assert paced.totals == at_once.totals


def test_several_files_are_one_stream(tmp_path: Path) -> None:
    packed = tmp_path / "again.log.gz"
    packed.write_bytes(gzip.compress(LOG.read_bytes()))
    snapshot = replayed(LOG, packed).frame().snapshot
    assert snapshot.count("gc") == 304
    assert len(snapshot.epochs) == 2


def two_pods(folder: Path) -> Path:
    """Return a log of two programs, of which the second collects a little more often."""
    path = folder / "pods.log"
    lines = [
        f"pod-{pod}  | ".encode() + line
        for pod, count in ((1, 20), (2, 30))
        for line in log_of(steady(count)).splitlines(keepends=True)
    ]
    path.write_bytes(b"".join(lines))
    return path


@pytest.mark.parametrize(
    ("speed", "asked", "shown"), [(None, None, 2), (None, 1, 1), (1e4, None, 1)]
)
def test_of_a_log_read_at_once_the_program_that_collected_most_is_shown(
    tmp_path: Path, speed: float | None, asked: int | None, shown: int
) -> None:
    session = ReplaySession([LogFile(two_pods(tmp_path))], speed=speed)
    session.show(asked)
    session.start()
    session.join(60)
    frame = session.frame()
    assert frame.status.phase is Phase.ENDED
    assert [each.label for each in frame.programs if each.key == frame.shown] == [f"pod-{shown}"]
    assert frame.snapshot.count("gc") == {1: 20, 2: 30}[shown]


def test_a_damaged_file_gives_what_can_be_read(tmp_path: Path) -> None:
    damaged = tmp_path / "cut.log.gz"
    damaged.write_bytes(gzip.compress(LOG.read_bytes())[:-2000])
    session = replayed(damaged)
    assert isinstance(session.failure, GctuiError)
    assert session.frame().snapshot.count("gc") > 50


def test_live_until_the_input_ends() -> None:
    spool = Spool()
    texts: list[Text | Unparsed] = []
    session = LiveSession(spool, "x", outlets=Outlets(texts.append))
    session.start()
    data = LOG.read_bytes()
    for begin in range(0, len(data), 777):
        spool.put(Channel.STDIN, data[begin : begin + 777])
    assert session.frame().status.phase is Phase.LIVE
    spool.close()
    session.join(30)
    frame = session.frame()
    assert (frame.status.phase, frame.status.ended) == (Phase.ENDED, "end of input")
    assert frame.snapshot.count("gc") == 152
    assert len(texts) == frame.text_lines


def test_a_backlog_is_no_silence() -> None:
    """What is parsed a minute after it came was not followed by a minute without collections."""
    clock_s = 0.0
    spool = Spool(clock=lambda: clock_s)
    session = LiveSession(spool, "x")
    spool.put(Channel.STDIN, LOG.read_bytes())
    spool.close()
    clock_s = 60.0
    session.start()
    session.join(30)
    frame = session.frame()
    assert frame.snapshot.count("gc") == 152
    assert frame.now_s - frame.snapshot.cycles[-1].end_s < 1


def test_silence_is_known_as_such() -> None:
    clock_s = 0.0
    spool = Spool(clock=lambda: clock_s)
    session = LiveSession(spool, "x")
    spool.put(Channel.STDIN, LOG.read_bytes())
    session.start()
    clock_s = 60.0
    deadline_s = time.monotonic() + 20
    while session.frame().now_s - session.frame().snapshot.now_s < 59:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    clock_s = 100.0
    while session.frame().now_s - session.frame().snapshot.now_s < 99:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    spool.close()
    session.join(20)
    frame = session.frame()
    assert frame.now_s - frame.snapshot.cycles[-1].end_s > 99


def test_channels_are_parsed_apart() -> None:
    """A line that arrives in pieces on one channel is not torn by another channel's bytes."""
    spool = Spool()
    session = LiveSession(spool, "x")
    line = LOG.read_bytes().split(b"\n", 1)[0] + b"\n"
    spool.put(Channel.STDERR, line[:30])
    spool.put(Channel.STDOUT, b"hello\n")
    spool.put(Channel.STDERR, line[30:])
    spool.close()
    session.start()
    session.join(30)
    snapshot = session.frame().snapshot
    assert (snapshot.count("gc"), snapshot.count("text"), snapshot.count("unparsed")) == (1, 1, 0)


def test_the_process_is_sampled_and_its_end_is_said() -> None:
    spool = Spool()
    over = threading.Event()
    watched = Watched(
        pid=7,
        ended=lambda: "exited with 3" if over.is_set() else None,
        finish_output=spool.close,
    )
    sources = Sources(lambda: Process(rss_bytes=1 << 20))
    session = LiveSession(spool, "x", watched=watched, sources=sources)
    session.start()
    deadline_s = time.monotonic() + 20
    while not session.frame().snapshot.count("process"):
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    over.set()
    session.join(20)
    assert session.frame().status.ended == "exited with 3"


def test_output_is_bounded() -> None:
    tail = OutputTail(lines=10, size_bytes=100)
    for number in range(50):
        tail.add(Text(number, 0, 5, (b"%04d" % number,)))
    assert tail.total == 50
    assert tail.lines(0, 3) == (40, ["0040", "0041", "0042"])
    tail.add(Text(1, 0, 5, (b"x" * 99,)))
    assert tail.lines(0, 99) == (50, ["x" * 99])


@pytest.mark.parametrize("speed", [None, 1000.0])
def test_stop(speed: float | None) -> None:
    session = ReplaySession([LogFile(LOG)], speed=speed)
    session.stop()
    session.start()
    session.join(20)
    assert session.has_ended


class _Failing:
    """Counters whose reading fails in a way that nobody foresaw."""

    why_not = ""
    go_version = default_godebug = ""
    pid: int | None = None

    def mappings(self) -> None:
        return None

    def sample(self) -> None:
        raise ZeroDivisionError("unforeseen")

    def close(self) -> None:
        pass


def test_a_failure_beside_the_stream_does_not_cost_the_stream() -> None:
    spool = Spool()
    session = LiveSession(spool, "x", sources=Sources(counters=_Failing()))
    session.start()
    deadline_s = time.monotonic() + 20
    while not session.frame().status.inside:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    assert session.frame().status.inside == "internal error: ZeroDivisionError: unforeseen"
    spool.put(Channel.STDIN, LOG.read_bytes())
    spool.close()
    session.join(20)
    assert session.frame().snapshot.count("gc") > 0
