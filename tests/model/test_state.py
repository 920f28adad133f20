"""Same events, same state; epochs; where the points of each series are."""

import random
from dataclasses import asdict

import pytest

from gctui.events import Process
from gctui.model.clock import ClockKind
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot
from gctui.model.state import KEPT_CYCLES, ProgramState
from gctui.trace.scanner import Scanner, scan
from tests.corpus_files import SAMPLES, sample_logs

GC = (
    "gc {n} @{at:.3f}s 1%: 1.0+20+2.0 ms clock, 2.0+4.0/10/6.0+4.0 ms cpu, "
    "{start}->{end}->{live} MB, {goal} MB goal, 1 MB stacks, 2 MB globals, 2 P\n"
)


def line(
    n: int, at: float, start: int = 40, end: int = 45, live: int = 20, goal: int = 44
) -> bytes:
    return GC.format(n=n, at=at, start=start, end=end, live=live, goal=goal).encode()


def state_of(data: bytes, received_s: float | None = None) -> Snapshot:
    state = ProgramState()
    for event in scan([data]):
        state.apply(event, received_s)
    return state.snapshot()


def comparable(snapshot: Snapshot) -> str:
    """Everything in a snapshot, as text: gaps are NaN, which equals nothing."""
    shown = {name: getattr(snapshot, name) for name in snapshot.__slots__ if name != "series"}
    series = {metric: asdict(view) for metric, view in snapshot.series.items()}
    return f"{shown}\n{series}"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["go1.4.3", "go1.12.17", "go1.27.3", "demo"])
def test_random_chunks_end_in_the_same_state(name: str, seed: int) -> None:
    data = b"".join(path.read_bytes() for path in sorted((SAMPLES / name).glob("*.log")))
    chance = random.Random(seed)
    cuts = sorted(chance.choices(range(len(data)), k=300))
    scanner, state = Scanner(), ProgramState()
    for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        for event in scanner.feed(data[begin:end]):
            state.apply(event)
    for event in scanner.finish():
        state.apply(event)
    assert comparable(state.snapshot()) == comparable(state_of(data))


def test_a_collection_is_placed_by_its_own_clock() -> None:
    snapshot = state_of(line(1, 1.0) + line(2, 2.0, start=50))
    first, second = snapshot.cycles
    assert [first.start_s, first.end_s] == pytest.approx([1.0, 1.023])
    assert second.pause_ms == 3.0
    # (2 + 4 + 10 + 4) ms of 2 Ps for 1 s: idle mark time does not count.
    assert second.gc_cpu_percent == pytest.approx(1.0)
    assert second.allocation_mib_per_s == pytest.approx((50 - 20) / (2.0 - 1.023))
    assert snapshot.clock is ClockKind.TRACE
    assert snapshot.now_s == pytest.approx(2.023)


def test_the_goal_is_drawn_where_it_applied() -> None:
    """The goal on a line is what that collection raced against since the one before ended."""
    goals = state_of(line(1, 1.0, goal=44) + line(2, 2.0, goal=66)).view(Metric.HEAP_GOAL_MIB)
    assert [(round(t, 3), v) for t, v in goals] == [(1.023, 44), (1.023, 66), (2.023, 66)]


def test_no_goal_is_a_gap() -> None:
    snapshot = state_of(line(1, 1.0) + line(2, 2.0, goal=17592186044415))
    assert snapshot.cycles[-1].goal_mib is None
    assert snapshot.view(Metric.HEAP_GOAL_MIB).last is None
    assert snapshot.cycles[-1].event.heap_goal_mb == 17592186044415


@pytest.mark.parametrize(
    ("lines", "epochs"),
    [
        ([(1, 1.0), (2, 2.0), (3, 3.0)], 1),
        ([(7, 100.0), (8, 101.0)], 1),
        ([(1, 1.0), (2, 2.0), (1, 0.5)], 2),
        ([(5, 5.0), (1, 0.1), (2, 0.2), (1, 0.1)], 3),
        ([(1, 0.01), (1, 0.5)], 2),
    ],
)
def test_epochs(lines: list[tuple[int, float]], epochs: int) -> None:
    """A counter or clock that goes back begins an epoch; the axis never runs back."""
    snapshot = state_of(b"".join(line(n, at) for n, at in lines))
    assert len(snapshot.epochs) == epochs
    times = [cycle.end_s for cycle in snapshot.cycles]
    assert times == sorted(times)
    assert len(set(times)) == len(times)


def test_a_clock_that_stepped_back_is_no_pause() -> None:
    """A negative difference is printed as an unsigned number of 14 digits."""
    stepped = line(2, 2.0).replace(b"1.0+20+2.0 ms clock", b"18446744073709+20+2.0 ms clock")
    snapshot = state_of(line(1, 1.0) + stepped)
    assert snapshot.totals.pause.highest == 3.0
    assert snapshot.now_s == pytest.approx(2.022)
    assert len(snapshot.view(Metric.PAUSE_SWEEP_TERM_MS)) == 1


def test_go_1_5_lines_may_change_places() -> None:
    form = (
        "gc {n} @{at:.3f}s 17%: 1.3+0.90+0+0.18+0.065 ms clock, "
        "1.3+0.90+0+0.048/0/0.022+0.065 ms cpu, 36->44->33 MB, 52 MB goal, 2 P\n"
    )
    swapped = "".join(form.format(n=n, at=at) for n, at in [(2, 0.02), (4, 0.04), (3, 0.039)])
    assert len(state_of(swapped.encode()).epochs) == 1


def test_logs_without_a_clock_are_counted_not_timed() -> None:
    snapshot = state_of((SAMPLES / "forms" / "gctrace.go1.4.log").read_bytes())
    assert snapshot.clock is ClockKind.ORDER
    assert [cycle.end_s for cycle in snapshot.cycles] == list(range(1, len(snapshot.cycles) + 1))
    assert snapshot.view(Metric.GOROUTINES).last


def test_live_samples_lie_on_the_traces_axis() -> None:
    """Receipt times are mapped by the least delay seen: a line arrives after it was printed."""
    state = ProgramState()
    for number, delay_s in ((1, 0.9), (2, 0.1), (3, 0.5)):
        for event in scan([line(number, float(number))]):
            state.apply(event, received_s=100 + number + 0.023 + delay_s)
    state.apply(Process(rss_bytes=64 << 20), received_s=110.1)
    snapshot = state.snapshot()
    assert snapshot.view(Metric.RSS_MIB).times_s[-1] == pytest.approx(10.0)
    assert snapshot.view(Metric.RSS_MIB).last == 64
    assert state.now_at(120.1) == pytest.approx(20.0)


def test_a_program_that_starts_slowly_moves_what_was_placed_by_receipt() -> None:
    """RSS sampled while the program loaded lies before its clock began, not seven seconds late."""
    state = ProgramState()
    for second in range(1, 7):
        state.apply(Process(rss_bytes=second << 20), received_s=float(second))
    for event in scan([line(1, 0.4) + line(2, 1.4)]):
        state.apply(event, received_s=7.4 if event.line == 1 else 8.4)
    snapshot = state.snapshot()
    assert [cycle.start_s for cycle in snapshot.cycles] == pytest.approx([0.4, 1.4])
    assert snapshot.view(Metric.RSS_MIB).times_s[-1] == pytest.approx(0.0)
    assert state.now_at(9.4) == pytest.approx(2.423, abs=0.03)


def test_a_restart_forgets_the_scavenger_of_the_program_before() -> None:
    scav = b"scav 0 KiB work (bg), 0 KiB work (eager), 4744 KiB now, 50% util\n"
    assert state_of(line(1, 1.0) + scav).scav is not None
    assert state_of(line(1, 1.0) + scav + line(1, 0.5)).scav is None


def test_memory_is_bounded() -> None:
    """Thirty thousand collections later nothing has grown but the counts."""
    state = ProgramState()
    for number in range(1, 30_001):
        for event in scan([line(number, number / 10)]):
            state.apply(event)
    snapshot = state.snapshot()
    assert snapshot.count("gc") == 30_000
    assert len(snapshot.cycles) == KEPT_CYCLES
    assert max(len(view) for view in snapshot.series.values()) <= 3 * 4096


def test_every_sample_folds() -> None:
    for path in sample_logs():
        snapshot = state_of(path.read_bytes())
        assert snapshot.count("gc") >= len(snapshot.cycles)
        assert all(cycle.end_s >= cycle.start_s for cycle in snapshot.cycles)


def test_one_absurd_clock_does_not_spoil_the_axis() -> None:
    absurd = line(2, 2.0).replace(b"@2.000s", b"@99999999999999999999.002s")
    snapshot = state_of(line(1, 1.0) + absurd + line(3, 3.0) + line(4, 4.0))
    assert snapshot.now_s < 100
    assert snapshot.cycles[-1].allocation_mib_per_s is not None
