"""A server asked again and again: its figures in the model, its absence, recording and replay."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from gctui.errors import GctuiError
from gctui.model.feed import Frame
from gctui.model.metrics import Metric
from gctui.report.jsonl import json_line
from gctui.session.live import LiveSession, Outlets
from gctui.session.polling import Polling
from gctui.session.pump import Pump
from gctui.session.recording import open_recording
from gctui.session.replay import ReplaySession
from gctui.session.sampling import Sources
from gctui.sources.files import LogFile
from gctui.sources.http_get import Page
from gctui.sources.server import PageKind, Server
from gctui.sources.spool import Spool
from tests.corpus_files import SAMPLES
from tests.sources.serving import METRICS, go_server, hostile, pages

PATIENCE_S = 20.0
PROFILES = SAMPLES / "profiles"


def watching(url: str, outlets: Outlets | None = None) -> LiveSession:
    sources = Sources(pages=Server(url), pages_every_s=0.1)
    return LiveSession(Spool(), url, sources=sources, shows_output=False, outlets=outlets)


def until(session: LiveSession, what: Callable[[Frame], bool]) -> Frame:
    end_s = time.monotonic() + PATIENCE_S
    while not what(session.frame()):
        assert time.monotonic() < end_s, session.frame()
        time.sleep(0.02)
    return session.frame()


def goroutines(frame: Frame) -> int | None:
    counters = frame.snapshot.counters
    return counters.census.goroutines if counters and counters.census else None


def test_a_program_is_watched_through_its_end_and_its_return(tmp_path: Path) -> None:
    saved = tmp_path / "watch.jsonl"
    with open_recording(str(saved), json_line) as recording:
        with go_server() as (url, _):
            session = watching(url, Outlets(recording=recording))
            session.start()
            frame = until(session, lambda frame: frame.snapshot.count("memstats") > 2)
            assert frame.status.inside == ""
            snapshot = frame.snapshot
            assert snapshot.profile is not None
            assert snapshot.profile.total(3) >= 20 << 20
            assert snapshot.profile.time_ns is not None
            assert snapshot.goroutine_profile is not None
            assert goroutines(frame) == snapshot.goroutine_profile.total(0)
            assert snapshot.view(Metric.INUSE_MIB).last is not None
            assert snapshot.totals.pause.count >= 4
        frame = until(session, lambda frame: "keeps trying" in frame.status.inside)
        assert "connection refused" in frame.status.inside
        assert frame.snapshot.profile is not None
        seen = frame.snapshot.count("memstats")
        with go_server(port=int(url.rpartition(":")[2])):
            frame = until(session, lambda frame: frame.snapshot.count("memstats") > seen)
            until(session, lambda frame: frame.status.inside == "")
        session.stop()
        session.join()
        live = session.frame().snapshot
    replay = ReplaySession([LogFile(saved)])
    replay.run()
    again = replay.frame().snapshot
    assert replay.failure is None
    assert again.count("memstats") == live.count("memstats")
    assert again.view(Metric.INUSE_MIB).values == live.view(Metric.INUSE_MIB).values
    assert again.totals.pause == live.totals.pause


def test_metrics_tell_of_the_process_too() -> None:
    with hostile(pages(metrics=METRICS.read_bytes())) as server:
        session = watching(server.url)
        session.start()
        frame = until(session, lambda frame: frame.snapshot.count("memstats") > 0)
        session.stop()
        session.join()
    assert frame.status.go_version == "go1.26.6"
    assert frame.snapshot.view(Metric.RSS_MIB).last == 100
    assert frame.snapshot.view(Metric.GOROUTINES).last == 27
    assert frame.snapshot.counters is not None
    assert frame.snapshot.counters.sample.gc_percent == 50


@pytest.mark.parametrize(
    "body", [b"heap profile: 1: 2 [3: 4] @ heap/4\n\x1b[2J", b"heap profile: \xff", b"{"]
)
def test_a_page_that_cannot_be_read_is_said_and_asked_for_again(body: bytes) -> None:
    with hostile(pages(heap=body)) as server:
        session = watching(f"{server.url}/debug/pprof/")
        session.start()
        frame = until(session, lambda frame: bool(frame.status.inside))
        until(session, lambda _frame: len(server.asked) > 2)
        session.stop()
        session.join()
    assert "\n" not in frame.status.inside
    assert frame.snapshot.counters is None


def replayed(*names: str | Path, speed: float | None = None) -> ReplaySession:
    session = ReplaySession([LogFile(PROFILES / name) for name in names], speed=speed)
    session.run()
    return session


@pytest.mark.parametrize("speed", [None, 1.0])
def test_a_saved_heap_profile_is_replayed(speed: float | None) -> None:
    session = replayed("go1.27.3.heap.txt", speed=speed)
    frame = session.frame()
    assert session.failure is None
    assert frame.snapshot.profile is not None
    assert frame.snapshot.view(Metric.INUSE_MIB).last == 26009600 / (1 << 20)
    # The figures stand at the end of the time that the pauses look back on.
    times_s = frame.snapshot.view(Metric.PAUSE_MS).times_s
    assert len(times_s) == 7
    assert times_s[0] == pytest.approx(0)
    assert times_s[-1] == pytest.approx(0.0191, abs=1e-3)
    assert not frame.status.shows_output


def test_saved_profiles_without_figures_are_replayed() -> None:
    session = replayed("go1.27.3.goroutine.txt", "go1.1.2.heap.addresses.txt")
    snapshot = session.frame().snapshot
    assert session.failure is None
    assert snapshot.profile is not None
    assert snapshot.goroutine_profile is not None
    assert snapshot.counters is None


def test_a_damaged_profile_is_said(tmp_path: Path) -> None:
    path = tmp_path / "heap.txt"
    path.write_bytes((PROFILES / "go1.5.4.heap.txt").read_bytes()[:80])
    session = replayed(path)
    assert "line 2: column" in str(session.failure)


class Asked:
    """Pages that count how often they are asked for."""

    label = "http://there"
    every_s = 0.01

    def __init__(self, answer: Callable[[int], Sequence[tuple[PageKind, Page]]]) -> None:
        self._answer = answer
        self.at_s: list[float] = []

    def ask(self) -> Sequence[tuple[PageKind, Page]]:
        self.at_s.append(time.monotonic())
        return self._answer(len(self.at_s))


@contextmanager
def asking(pages: Asked) -> Iterator[Polling]:
    polling = Polling(pages, Pump(), time.monotonic)
    polling.start()
    try:
        yield polling
    finally:
        polling.stop()
        polling.join(PATIENCE_S)
        assert not polling.is_alive()


def wait_for(what: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def rests_s(pages: Asked) -> list[float]:
    return [later - earlier for earlier, later in pairwise(pages.at_s)]


def test_what_is_not_there_is_asked_ever_less_often() -> None:
    def answer(count: int) -> Sequence[tuple[PageKind, Page]]:
        if count == 7:
            return []
        raise GctuiError("gone")

    pages = Asked(answer)
    with asking(pages) as polling:
        wait_for(lambda: len(pages.at_s) == 7)
        assert polling.failure in {"", "gone; gctui keeps trying"}
        wait_for(lambda: len(pages.at_s) > 9)
    found_s = rests_s(pages)
    for rest_s, expected_s in zip(found_s, (0.1, 0.15, 0.225, 0.3375, 0.506, 0.759), strict=False):
        assert expected_s <= rest_s < expected_s + 0.5
    # An answer begins it anew.
    assert found_s[7] < 0.6


def test_an_error_of_gctuis_own_is_said_and_asking_goes_on() -> None:
    def answer(count: int) -> Sequence[tuple[PageKind, Page]]:
        if count < 3:
            raise OverflowError("cannot convert float infinity to integer" + "!" * 500)
        return []

    pages = Asked(answer)
    with asking(pages) as polling:
        wait_for(lambda: bool(polling.failure))
        said = polling.failure
        wait_for(lambda: len(pages.at_s) > 3)
        assert polling.failure == ""
    assert said.startswith("internal error: OverflowError: cannot convert float infinity")
    assert said.endswith("!; gctui keeps trying")
    assert len(said) < 250


def test_a_failure_that_costs_much_is_rested_from() -> None:
    """A hostile server once kept a whole core busy."""

    def answer(count: int) -> Sequence[tuple[PageKind, Page]]:
        began_s = time.thread_time()
        while time.thread_time() - began_s < 0.2:
            pass
        raise GctuiError("nothing in it")

    pages = Asked(answer)
    with asking(pages):
        wait_for(lambda: len(pages.at_s) > 2)
    assert min(rests_s(pages)) >= 0.2 + 5 * 0.2


def test_figures_that_once_ended_the_asking_are_passed_over() -> None:
    body = b"go_memstats_heap_alloc_bytes 1e6\ngo_memstats_last_gc_time_seconds 1e300\n"
    with hostile(pages(metrics=body)) as server:
        session = watching(server.url)
        session.start()
        frame = until(session, lambda frame: frame.snapshot.count("memstats") > 2)
        session.stop()
        session.join()
    assert frame.status.inside == ""


def test_a_profile_of_too_many_stacks_is_not_read_again_and_again() -> None:
    heap = b"heap profile: 1: 2 [3: 4] @ heap/4\n" + b"1: 2 [1: 2] @ 0x1\n" * 140_000
    with hostile(pages(heap=heap)) as server:
        session = watching(f"{server.url}/debug/pprof/")
        session.start()
        frame = until(session, lambda frame: bool(frame.status.inside))
        session.stop()
        session.join()
    assert "more than 131072 stacks, too many to poll" in frame.status.inside
    assert frame.snapshot.profile is None
