"""The summary and the ticker, as text."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from gctui.analysis.note import Topic
from gctui.events import AnyEvent, GoroutineGroup, MemStats, Process
from gctui.model.feed import Frame, Phase, Status
from gctui.model.goroutine_profile import UNTOLD_STATE
from gctui.model.parts import Certainty, Ledger, Part, PartName
from gctui.model.state import ProgramState
from gctui.report.advice import advice_lines
from gctui.report.counters import counter_lines
from gctui.report.ladder import ladder_lines
from gctui.report.plain import summary, ticker_head, ticker_line
from gctui.report.programs import ProgramTicker
from gctui.session.replay import ReplaySession
from gctui.sources.files import LogFile
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES
from tests.model.test_counters import MIB, SAMPLE
from tests.model.test_residency import looked


def frame_of(data: bytes, *samples: Process, label: str = "app.log") -> Frame:
    state = ProgramState()
    for event in scan([data]):
        state.apply(event)
    for sample in samples:
        state.apply(sample)
    snapshot = state.snapshot()
    status = Status(label, Phase.ENDED, ended="end of log")
    return Frame(1, snapshot, snapshot.now_s, status, snapshot.count("text"))


def test_summary_of_a_log() -> None:
    text = "\n".join(summary(frame_of((SAMPLES / "demo" / "leak.log").read_bytes())))
    assert "gctui: app.log: 103 collections in 48.6 s; end of log" in text
    assert "  heap     live 303 MiB, next GC at about 635 MiB, allocates 204 MiB/s lately\n" in text
    assert re.search(r"  GC CPU   0\.6% lately \(the last cycles\), less than 1% from the", text)
    assert "pauses   median ~1" in text
    assert ", worst 3.3 ms, " in text


def test_a_heap_page_is_told_in_one_voice() -> None:
    session = ReplaySession([LogFile(SAMPLES / "profiles/go1.27.3.heap.txt")])
    session.run()
    text = "\n".join(summary(session.frame()))
    assert "live ~24 MiB · free in spans 1 MiB · metadata ~4 MiB, of which at most 10 MiB" in text
    assert "heap     live ~24 MiB, next GC at 48 MiB" in text
    small = (
        b"gc 1 @0.100s 1%: 0.1+1+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, 4->4->0 MB, 4 MB goal"
    )
    small += b", 0 MB stacks, 0 MB globals, 2 P\n"
    assert "heap     live < 1 MiB, next GC" in "\n".join(summary(frame_of(small)))


@pytest.mark.parametrize(
    ("next_gc", "said"),
    [
        ("", "heap     live –, the goal is not told\n"),
        ("# NextGC = 18446744073709551615\n", "heap     live –, no goal\n"),
    ],
)
def test_a_goal_that_a_page_lacks_is_not_taken_for_none(
    next_gc: str, said: str, tmp_path: Path
) -> None:
    page = (SAMPLES / "profiles/go1.27.3.heap.txt").read_text()
    path = tmp_path / "heap.txt"
    path.write_text(re.sub("# NextGC = .*\n", next_gc, page))
    session = ReplaySession([LogFile(path)])
    session.run()
    text = "\n".join(summary(session.frame()))
    assert said in text
    assert ("GOGC is off: without a memory limit nothing collects." in text) == bool(next_gc)


def test_summary_adds_up_to_rss() -> None:
    data = (SAMPLES / "demo" / "leak.log").read_bytes()
    sample = Process(rss_bytes=700 << 20, vms_bytes=2 << 30, cgroup_limit_bytes=1 << 30)
    text = "\n".join(summary(frame_of(data, sample)))
    assert "= RSS 700 MiB of 1.00 GiB limit" in text
    assert "unattributed" in text
    assert "VIRT 2.00 GiB" in text


def test_summary_without_a_trace_says_what_would_make_one() -> None:
    lines = list(summary(frame_of(b"hello\nworld\ngc 1 @0.1s 2\n")))
    assert "0 collections" in lines[0]
    assert "GODEBUG=gctrace=1" in lines[1]
    assert "line 3, column 7" in lines[2]


def test_a_label_cannot_act_on_the_terminal() -> None:
    text = "\n".join(summary(frame_of(b"", label="a\x1b]52;c;x\x07b")))
    assert "\x1b" not in text
    assert "\x07" not in text


def test_ticker_columns_line_up() -> None:
    for path in sorted(SAMPLES.rglob("*.log")):
        line = ticker_line(frame_of(path.read_bytes()))
        assert len(line) == len(ticker_head()), line


def test_the_time_of_the_ticker_stands_or_goes_on() -> None:
    feed = ReplaySession([LogFile(SAMPLES / "demo" / "leak.log")])
    feed.run()
    frame, ticker = feed.frame(), ProgramTicker()
    stamps = [
        row.split(" s ")[0].strip()
        for now_s in (50.6, 50.6, 50.1, 51.6, 51.2, 52.0)
        for row in ticker.lines(feed, replace(frame, now_s=now_s))
    ]
    assert stamps == ["50.6", "51.6", "52.0"]
    # What was told without a clock, until the first line with one: that is another axis.
    assert list(ticker.lines(feed, replace(frame, now_s=2.0)))


def frame_with(*events: AnyEvent) -> Frame:
    """A program whose counters are read."""
    state = ProgramState()
    for second, event in enumerate(events, 1):
        state.apply(event, float(second))
    snapshot = state.snapshot()
    return Frame(1, snapshot, snapshot.now_s, Status("app", Phase.ENDED, ended="end"), 0)


def untouched() -> Frame:
    """A heap of which half was never written to."""
    return frame_with(Process(rss_bytes=115 * MIB), SAMPLE, looked(heap=104, binary=5, other=6))


def test_what_many_parts_are_known_by_is_said_once() -> None:
    lines = list(summary(untouched()))
    head = next(line for line in lines if "where the memory is" in line)
    table = lines[lines.index(head) :]
    end = next(at for at, line in enumerate(table) if "in all" in line)
    said = f"runtime counters, GC #{SAMPLE.gc_count}"
    assert head.endswith(f"how it is known: {said}, or as said")
    assert not [line for line in table[1:end] if said in line]
    # The row of that name says so.
    assert not [line for line in table if "of the heap was never" in line]
    live = next(line for line in table if line.startswith("  live "))
    assert live.endswith("marked by the last GC")


def test_what_stays_after_the_screen_has_the_table_too() -> None:
    full, short = (list(summary(untouched(), full=full)) for full in (True, False))
    assert len(short) < len(full)
    parts = [line for line in short if re.search(r" (?:MiB|–) +~?(?:\d[\d.]* MiB|–)$", line)]
    assert len(parts) >= 5
    assert any(line.startswith("  in all ") for line in parts)
    assert max(map(len, parts)) < 50
    assert not [line for line in short if "how it is known" in line]
    assert short[1].startswith("  memory   100 MiB of the heap was allocated and never written to")


def test_the_ticker_shows_the_goal_ahead() -> None:
    line = (
        "gc 9 @1.000s 1%: 0.1+0.1+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, 20->20->300 MB, "
        "40 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
    )
    frame = frame_of(line.encode())
    assert re.search(r"next GC at about 600 MiB", "\n".join(summary(frame)))
    assert ticker_line(frame).split()[4:8] == ["300", "MiB", "600", "MiB"]


def test_the_cpu_share_dates_from_the_last_collection() -> None:
    lines = "\n".join(summary(frame_of((SAMPLES / "demo" / "leak.log").read_bytes())))
    assert re.search(r"GC CPU +\S+ lately .*, .*% from the program's start up to", lines)
    assert "since the program began" not in lines


def test_topics_stand_apart_from_what_is_said() -> None:
    text = "\n".join(
        advice_lines(frame_of((SAMPLES / "demo" / "leak.log").read_bytes()), full=True)
    )
    assert re.search(r"what if .* GC CPU +between +GCs", text)
    for topic in Topic:
        assert not re.search(rf"^  {topic}[^\s=]", text, re.MULTILINE)
    widths = {len(line) - len(line.lstrip()) for line in text.splitlines() if line[2] == " "}
    assert widths == {3 + max(map(len, Topic))}


def test_goroutines_of_a_profile_leave_blank_what_it_does_not_tell() -> None:
    told = GoroutineGroup("main.f (entry)", "", UNTOLD_STATE, "", 7, 0, None, "main.f", "/a/b.go:3")
    frame = frame_with(replace(SAMPLE, goroutine_groups=(told,)), MemStats(num_gc=1))
    lines = list(counter_lines(frame.snapshot, full=True))[-3:]
    assert lines == [
        "  goroutines  7: by the program's own pages, which tell neither states nor go statements",
        "     count  in",
        "         7  main.f at /a/b.go:3",
    ]


def test_goroutines_that_ended_and_those_that_wait_for_long() -> None:
    def group(count: int, function: str, waited_s: float) -> GoroutineGroup:
        return GoroutineGroup(
            "main.start", f"/a/{function}.go:3", "waiting", "select", count, 0, waited_s,
            f"main.{function}", "/a/b.go:9",
        )  # fmt: skip

    frame = frame_with(
        replace(SAMPLE, goroutine_groups=(group(9, "f", 1.0), group(4, "gone", 1.0))),
        replace(SAMPLE, goroutine_groups=(group(30, "f", 312.0),)),
    )
    *_, head, grown, ended = counter_lines(frame.snapshot, full=True)
    assert head == "     count   growth  in   (growth in 1.0 s)"
    assert grown == (
        "        30      +21  main.f at /a/b.go:9: select 30 (the longest for 05:12); "
        "created by main.start at /a/f.go:3"
    )
    assert ended == (
        "         0       -4  main.gone at /a/gone.go:3: ended; "
        "created by main.start at /a/gone.go:3"
    )


def test_what_several_rows_add_alike_stands_below_the_table() -> None:
    parts = tuple(
        Part(name, 5.0, 5.0, 5.0, Certainty.EXACT, f"source: {name}; {n} MiB is lent", 6.0)
        for n, name in enumerate((PartName.LIVE, PartName.IDLE))
    )
    one = replace(parts[0], name=PartName.OUTSIDE, evidence="smaps: libraries")
    split = Ledger((*parts, one), 15.0, None, None, "")
    lines = list(ladder_lines(split))
    assert lines[0].endswith("how it is known: source, or as said")
    assert [line.rsplit("  ", 1)[1] for line in lines[1:4]] == [
        "live",
        "idle, kept",
        "smaps: libraries",
    ]
    below = [line.strip() for line in lines[-2:]]
    assert below == ["several of these: 0 MiB is lent", "several of these: 1 MiB is lent"]
