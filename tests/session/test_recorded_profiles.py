"""Profiles in recordings: replayed as they were live, and bounded in size."""

from __future__ import annotations

import base64
import gzip
import json
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import MemStats, Unparsed
from gctui.model.metrics import Metric
from gctui.model.profile import Profile
from gctui.report.jsonl import json_line
from gctui.report.plain import summary
from gctui.session import recording_profiles
from gctui.session.live import LiveSession, Outlets
from gctui.session.pump import Pump
from gctui.session.recording import open_recording
from gctui.session.recording_format import End, Header, header_line
from gctui.session.recording_profiles import ProfileRows
from gctui.session.replay import ReplaySession
from gctui.session.sampling import Sources
from gctui.session.saved import SavedReader
from gctui.sources.files import LogFile
from gctui.sources.server import Server
from gctui.sources.spool import Channel, Spool
from gctui.trace.profile_text import read_text_profile
from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import PATIENCE_S, gctui
from tests.session.test_recording import plain, replayed, until
from tests.sources.serving import go_server

BEGAN = datetime(2026, 5, 4, 3, 2, 1, 987654, UTC)
HEADER = header_line(Header(began=BEGAN, label="./app"))
HEAP = (SAMPLES / "profiles" / "go1.27.3.heap.txt").read_bytes()
GOROUTINES = (SAMPLES / "profiles" / "go1.27.3.goroutine.txt").read_bytes()
RECEIVED = "2026-05-04T03:02:02.500000Z"
END = b'{"kind":"end","received":"2026-05-04T03:12:01.000000Z","how":"exited with 0"}\n'


def profile_of(page: bytes) -> Profile:
    return read_text_profile(page, "http://x").profile


def packed(page: bytes) -> str:
    return base64.b64encode(gzip.compress(page)).decode()


def row(of: bytes = GOROUTINES, **changes: object) -> dict[str, Any]:
    told = {"kind": "profile", "default_type": profile_of(of).default_type, "taken_ns": 5}
    return told | {"digest": "d", "page": packed(of), "received": RECEIVED} | changes


def line_of(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode() + b"\n"


def read(*rows: dict[str, Any]) -> tuple[list[Profile], list[str]]:
    """Return the profiles of a recording, and what is said of its damage."""
    reader = SavedReader("x")
    data = HEADER + b"".join(map(line_of, rows)) + END
    batches = [*reader.feed(data), *reader.finish()]
    events = [event for batch in batches for event in batch.events]
    said = [event.expected for event in events if isinstance(event, Unparsed)]
    return [batch.profile for batch in batches if batch.profile is not None], said


@pytest.mark.parametrize("every_s", [0.05, 0.4])
def test_a_watched_program_is_replayed_as_it_was(every_s: float, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with go_server() as (url, _), open_recording(str(path), json_line) as recording:
        sources = Sources(pages=Server(url), pages_every_s=every_s)
        session = LiveSession(Spool(), url, sources=sources, outlets=Outlets(recording=recording))
        session.start()
        until(lambda: session.frame().snapshot.count("memstats") > 5)
        session.stop()
        session.join(60)
    live, again = session.frame(), replayed(path).frame()
    assert plain(again.snapshot) == plain(live.snapshot)
    assert again.now_s == live.now_s
    assert [*summary(again)][1:] == [line for line in summary(live) if "  record" not in line][1:]
    profile, goroutines = again.snapshot.profile, again.snapshot.goroutine_profile
    assert profile is not None
    assert goroutines is not None
    assert profile.source == goroutines.source == url
    assert profile.time_ns is not None
    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    kinds = [row.get("default_type") for row in rows if row["kind"] == "profile"]
    # Of the heap the first and the last, though every answer had one.
    assert kinds.count("inuse_space") == 2
    assert kinds.count("goroutine") > (2 if every_s < 0.1 else 5)


def test_the_page_is_what_the_server_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with open_recording(str(path), json_line) as recording:
        recording.describe(Header(began=BEGAN, label="x"))
        Pump(recording=recording).take_profile(profile_of(HEAP), HEAP, 1.0)
    kept = json.loads(path.read_bytes().splitlines()[1])
    assert gzip.decompress(base64.b64decode(kept["page"])) == HEAP
    assert kept["totals"]["inuse_space"] == profile_of(HEAP).total(3)


counts = st.lists(st.integers(1, 9), min_size=1, max_size=4)
polls = st.lists(st.tuples(counts, st.integers(0, 40), st.booleans()), min_size=1, max_size=12)


def goroutine_page(numbers: list[int]) -> bytes:
    lines = [f"goroutine profile: total {sum(numbers)}"]
    for place, number in enumerate(numbers):
        at = 0x1000 * (place + 1)
        lines += [f"{number} @ {at + 1:#x}", f"#\t{at:#x}\tmain.f{place}+0x1\t/a.go:{place}", ""]
    return "\n".join(lines).encode()


@settings(deadline=None)
@given(polls, st.sampled_from([1, 20, 200, 8 << 10]))
def test_any_polls_end_in_the_same_state(
    polls: list[tuple[list[int], int, bool]], bytes_per_s: int
) -> None:
    """However little of the profiles a recording may keep, its end is that of the session."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(recording_profiles, "_BYTES_PER_S", bytes_per_s),
    ):
        path, now_s = Path(folder) / "a.jsonl", 0.0
        with open_recording(str(path), json_line) as recording:
            recording.describe(Header(began=BEGAN, label="x"))
            live = Pump(recording=recording)
            for numbers, wait_s, has_heap in polls:
                now_s += wait_s
                page = goroutine_page(numbers)
                live.take_profile(profile_of(page), page, now_s)
                if has_heap:
                    page = HEAP.replace(b"/heap.go:", b"/heap.go:%d" % numbers[0])
                    live.take_profile(profile_of(page), page, now_s)
                live.apply([MemStats(heap_alloc_bytes=sum(numbers), num_gc=1)], now_s)
            recording.end(now_s, End("ended"))
        again = replayed(path).frame().snapshot
    assert plain(again) == plain(live.snapshot())
    assert again.goroutine_profile == profile_of(goroutine_page(polls[-1][0]))
    assert [*again.view(Metric.GOROUTINES).values] == [
        *live.snapshot().view(Metric.GOROUTINES).values
    ]


def heap_page(stacks: int, seed: int) -> bytes:
    lines = ["heap profile: 1: 1 [1: 1] @ heap/1048576"]
    for place in range(stacks):
        value = hash((seed, place)) % 99991
        lines += [
            f"1: {value} [2: {2 * value}] @ {place + 4097:#x}",
            f"#\t{place + 4096:#x}\tmain.f{value:x}+0x1\t/src/{value}.go:{place}",
            "",
        ]
    return "\n".join(lines).encode()


def test_what_profiles_add_is_bounded() -> None:
    """Ten minutes of large pages of both kinds, every second."""
    rows, kept_bytes = ProfileRows(), {"inuse_space": 0, "goroutine": 0}
    heaps = [heap_page(4000, seed) for seed in range(2)]
    parks = [goroutine_page([*range(20_000, 24_000 + seed)]) for seed in range(2)]
    pages = [(profile_of(heap), heap) for heap in heaps], [(profile_of(p), p) for p in parks]
    largest = 0
    for second in range(600):
        for kind in pages:
            profile, page = kind[second % 2]
            kept = rows.take(profile, page, float(second)) or b""
            kept_bytes[profile.default_type] += len(kept)
            largest = max(largest, len(kept))
    assert largest > 20_000
    for of_kind in kept_bytes.values():
        assert of_kind <= 600 * (8 << 10) + largest
    assert len(rows.left_over()) <= 2


def test_a_profile_that_did_not_change_is_told_in_a_line() -> None:
    rows, profile = ProfileRows(), profile_of(GOROUTINES)
    first, again = (rows.take(profile, GOROUTINES, second) for second in (1.0, 2.0))
    assert first is not None
    assert again is not None
    assert b'"page"' in first
    assert len(again) < 300
    assert rows.left_over() == []


def test_what_no_line_can_hold_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_profiles, "_MOST_PAGE_BYTES", 100)
    rows = ProfileRows()
    kept = [rows.take(profile_of(HEAP), HEAP, moment) for moment in (1.0, 2.0)]
    written = [json.loads((each or b"{") + b"}") | {"received": RECEIVED} for each in kept]
    found, said = read(*written)
    assert found == []
    assert said == [
        "an event of a recording: page (one that packs to more than 12 MiB is not kept)",
        "an event of a recording: page, or the digest of the one before",
    ]


@pytest.mark.parametrize("page", [HEAP, GOROUTINES])
def test_a_profile_comes_back(page: bytes) -> None:
    (profile,), said = read(row(page, server="http://x", taken_ns=7))
    assert said == []
    assert (profile.time_ns, profile.source) == (7, "http://x")
    assert profile.samples == profile_of(page).samples


def test_the_same_one_is_found_again_and_no_other() -> None:
    same = row(taken_ns=6)
    del same["page"]
    found, said = read(row(), same)
    assert [profile.time_ns for profile in found] == [5, 6]
    assert found[0].samples == found[1].samples
    for before in ([], [row(page="x")], [row(digest="other")], [row(HEAP)]):
        found, said = read(*before, same)
        assert said[-1:] == ["an event of a recording: page, or the digest of the one before"]


def test_profiles_without_an_event_between_them_are_not_gathered(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(HEADER + b"".join(line_of(row(taken_ns=ns)) for ns in range(50)) + END)
    session = ReplaySession([LogFile(path)])
    session.start()
    session.join(60)
    profile = session.frame().snapshot.goroutine_profile
    assert profile is not None
    assert profile.time_ns == 49


def test_it_is_shown_when_it_came(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with open_recording(str(path), json_line) as recording:
        recording.describe(Header(began=BEGAN, label="x"))
        live = Pump(recording=recording)
        for second, numbers in ((0, [1]), (3, [2]), (6, [3])):
            page = goroutine_page(numbers)
            live.take_profile(profile_of(page), page, float(second))
            live.apply([MemStats(heap_alloc_bytes=5, num_gc=1)], float(second))
        live.feed(Channel.STDERR, b"bye\n", 8.0)
        recording.end(8.0, End("ended"))
    session = ReplaySession([LogFile(path)], speed=10)
    seen: dict[int, float] = {}
    began_s = time.monotonic()
    session.start()
    while session.is_alive():
        profile = session.frame().snapshot.goroutine_profile
        if profile is not None:
            seen.setdefault(profile.total(0), time.monotonic() - began_s)
        time.sleep(0.01)
    assert seen.keys() == {1, 2, 3}
    assert seen[2] >= 0.25
    assert seen[3] >= 0.55
    assert seen[3] - seen[2] > 0.1


def test_an_export_has_figures_and_no_stacks(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(HEADER + line_of(row(HEAP, server="http://x")) + END)
    done = gctui("export", path)
    assert (done.returncode, done.stderr) == (0, b"")
    (line,) = done.stdout.splitlines()
    profile = profile_of(HEAP)
    assert json.loads(line) == {
        "kind": "profile",
        "default_type": "inuse_space",
        "units": {kind.name: kind.unit for kind in profile.sample_types},
        "totals": {kind.name: profile.total(i) for i, kind in enumerate(profile.sample_types)},
        "samples": len(profile.samples),
        "sampling_bytes": profile.sampling_bytes,
        "taken_ns": 5,
        "server": "http://x",
        "received": RECEIVED,
    }
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(path.read_bytes())
    both = gctui("export", path, copy)
    profiles = [
        row for row in map(json.loads, both.stdout.splitlines()) if row["kind"] == "profile"
    ]
    assert [row["source"] for row in profiles] == [str(path), str(copy)]


def test_an_answer_after_the_end_is_nowhere(tmp_path: Path) -> None:
    """A session that was stopped while it was answered has nothing that its recording lacks."""
    path, asked, go_on = tmp_path / "a.jsonl", threading.Event(), threading.Event()

    class Slow(Server):
        def ask(self) -> Any:
            answer = super().ask()
            asked.set()
            go_on.wait(PATIENCE_S)
            return answer

    with go_server() as (url, _), open_recording(str(path), json_line) as recording:
        sources = Sources(pages=Slow(url))
        session = LiveSession(Spool(), url, sources=sources, outlets=Outlets(recording=recording))
        session.start()
        assert asked.wait(PATIENCE_S)
        session.stop()
        session.join(60)
        go_on.set()
        time.sleep(0.3)
    assert session.frame().snapshot.goroutine_profile is None
    assert b'"profile"' not in path.read_bytes()
