"""Rates age, shares are weighted, sizes read well, and the sentence names the biggest part."""

import pytest

from gctui.analysis.figures import figures, gc_rate_per_s
from gctui.analysis.sentence import sentence
from gctui.analysis.units import (
    Quantity,
    axis_unit,
    clock,
    duration_ms,
    percent,
    rate,
    size,
    size_of_some,
)
from gctui.events import Process
from gctui.model.ledger import MIB, ledger
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan
from tests.model.test_state import line


def snapshot_of(data: bytes, rss_mib: int | None = None) -> Snapshot:
    state = ProgramState()
    for event in scan([data]):
        state.apply(event)
    if rss_mib is not None:
        state.apply(Process(rss_bytes=rss_mib * MIB))
    return state.snapshot()


def said(data: bytes, rss_mib: int | None = None) -> str:
    snapshot = snapshot_of(data, rss_mib)
    return sentence(snapshot, ledger(snapshot, snapshot.now_s))


STEADY = b"".join(line(n, float(n)) for n in range(1, 11))


def test_the_rate_falls_while_no_collection_comes() -> None:
    snapshot = snapshot_of(STEADY)
    now_s = snapshot.now_s
    assert gc_rate_per_s(snapshot, now_s) == pytest.approx(1.0)
    assert gc_rate_per_s(snapshot, now_s + 0.9) == pytest.approx(1.0)
    assert gc_rate_per_s(snapshot, now_s + 91) == pytest.approx(0.1)


def test_figures_of_a_steady_log() -> None:
    now = figures(snapshot_of(STEADY), 10.5)
    assert (now.gc_number, now.live_mib, now.goal_mib, now.worst_pause_ms) == (10, 20, 44, 3.0)
    assert now.gc_cpu_percent == pytest.approx(1.0)
    assert now.since_gc_s == pytest.approx(10.5 - 10.023)
    assert now.rss_mib is None


def test_nothing_yet() -> None:
    now = figures(Snapshot(), 0.0)
    assert (now.gc_number, now.gc_per_s, now.gc_cpu_percent) == (None, None, None)


@pytest.mark.parametrize(
    ("data", "rss_mib", "words"),
    [
        (b"", None, "Waiting for the first figures"),
        (b"hello\n", None, "No collection yet"),
        (STEADY, None, "may grow to 44 MiB before the next GC: that is normal"),
        (STEADY, 500, "is told apart by nothing that is read"),
        (line(1, 1.0, start=200, end=200, live=200), None, "Nearly all is live heap"),
        (
            STEADY + b"scav 0 KiB work (bg), 0 KiB work (eager), 0 KiB now, 10% util\n",
            None,
            "free inside Go and not returned",
        ),
        (
            STEADY + b"scav 0 KiB work (bg), 0 KiB work (eager), 0 KiB now, 50% util\n",
            None,
            "may grow to 44 MiB before the next GC: that is normal",
        ),
        (line(1, 1.0, start=0, end=0, live=0, goal=4), None, "A small heap"),
        (
            b"".join(line(n, float(n), live=10 * n, goal=20 * n) for n in range(1, 30)),
            None,
            "Live grew from",
        ),
    ],
)
def test_the_sentence_names_the_biggest_part(data: bytes, rss_mib: int | None, words: str) -> None:
    assert words in said(data, rss_mib)


def test_units() -> None:
    assert [size(v) for v in (None, 0.0, 0.04, 0.44, 9.5, 323.0, 1157.0, 2.5 * (1 << 20))] == [
        "–", "0 MiB", "< 0.1 MiB", "0.4 MiB", "9.5 MiB", "323 MiB", "1.13 GiB", "2.50 TiB",
    ]  # fmt: skip
    assert [size_of_some(v) for v in (None, 0, 0.4, 0.6, 323.2)] == [
        "–", "< 1 MiB", "< 1 MiB", "1 MiB", "323 MiB",
    ]  # fmt: skip
    assert [duration_ms(v) for v in (0.0, 0.045, 1.34, 120.0, 2400.0)] == [
        "0 µs", "45 µs", "1.3 ms", "120 ms", "2.4 s",
    ]  # fmt: skip
    assert [clock(v) for v in (1.25, 61.0, 3723.0, 183845.0)] == [
        "1.2 s", "01:01", "1:02:03", "2d 03:04:05",
    ]  # fmt: skip
    assert [percent(v) for v in (None, 0.0, 0.42, 12.4)] == ["–", "0%", "0.4%", "12%"]
    assert [rate(v) for v in (0.07, 1.94, 120.0)] == ["4.2/min", "1.9/s", "120/s"]


@pytest.mark.parametrize(
    ("quantity", "highest", "unit"),
    [
        (Quantity.SIZE_MIB, 500, "MiB"),
        (Quantity.SIZE_MIB, 5000, "GiB"),
        (Quantity.DURATION_MS, 0.5, "µs"),
        (Quantity.DURATION_MS, 50, "ms"),
        (Quantity.DURATION_MS, 5000, "s"),
        (Quantity.COUNT, 50, ""),
    ],
)
def test_an_axis_has_one_unit(quantity: Quantity, highest: float, unit: str) -> None:
    assert axis_unit(quantity, highest).name == unit
