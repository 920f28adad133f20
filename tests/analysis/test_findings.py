"""Each finding speaks of a log that has it, and is silent about one that nearly has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gctui.analysis.findings import RULES, Finding, Severity, findings, thresholds_with
from gctui.analysis.run_fold import RunFold
from gctui.errors import GctuiError
from gctui.events import Process
from gctui.trace.scanner import Scanner
from tests.analysis.made_runs import Line, log_of, run_of, steady
from tests.corpus_files import SAMPLES

MIB = 1 << 20


def found(data: bytes) -> dict[str, Finding]:
    return {each.id: each for each in findings(run_of(data))}


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def some_forced(count: int) -> bytes:
    return log_of([replace(line, forced=line.n <= count) for line in steady(100)])


def busy(**changes: object) -> bytes:
    """A small heap ten times a second, at a cost."""
    line = Line(heap_mb=(9, 10, 5), goal_mb=10, background_ms=30.0, mark_ms=20.0)
    return log_of(steady(100, replace(line, **changes), every_s=0.1))  # type: ignore[arg-type]


def bound(live_mb: int, cost_ms: float, count: int = 60) -> bytes:
    """A goal that stands still at 100 MB while the live heap moves."""
    lines = [
        Line(
            n=i,
            start_s=0.1 * i,
            heap_mb=(99, 100, live_mb + i % 3),
            goal_mb=100,
            background_ms=cost_ms,
            mark_ms=40.0,
        )
        for i in range(1, count + 1)
    ]
    return log_of(lines)


def swinging(top_mb: int) -> bytes:
    lines = steady(60, Line(heap_mb=(80, 80, 40), goal_mb=80))
    for place in (20, 40):
        lines[place] = replace(lines[place], heap_mb=(2 * top_mb, 2 * top_mb, top_mb))
        lines[place + 1] = replace(lines[place + 1], goal_mb=2 * top_mb)
    return log_of(lines)


def scavenged(per_cycle_kib: int) -> bytes:
    lines = []
    for line in steady(50):
        lines.append(line.text())
        lines.append(f"scav {per_cycle_kib} KiB work (bg), 0 KiB work (eager), 90000 KiB now, ")
        lines[-1] += "50% util\n"
    return "".join(lines).encode()


def goroutines(last: int) -> bytes:
    lines = []
    for i in range(1, 41):
        lines.append(
            f"SCHED {1000 * i}ms: gomaxprocs=4 idleprocs=2 threads=9 spinningthreads=0 "
            "needspinning=0 idlethreads=3 runqueue=0 gcwaiting=false nmidlelocked=0 stopwait=0 "
            "sysmonwait=false\n"
        )
        count = 500 + (last - 500) * i // 40
        lines += [f"  G{g}: status=4(chan receive) m=nil lockedm=nil\n" for g in range(count)]
    return "".join(lines).encode()


def kept(util_percent: int) -> bytes:
    scav = "scav 0 KiB work (bg), 0 KiB work (eager), 9000 KiB now, "
    lines = [line.text() + f"{scav}{util_percent}% util\n" for line in steady(30)]
    return "".join(lines).encode()


def stacked(stacks_mb: int) -> bytes:
    return log_of(steady(30, Line(stacks_mb=stacks_mb)))


def overshooting(end_mb: int) -> bytes:
    return log_of(steady(40, Line(heap_mb=(95, end_mb, 50))))


def marks(mark_ms: float) -> bytes:
    return log_of(steady(30, Line(mark_ms=mark_ms), every_s=5.0))


def pauses(stop_ms: float) -> bytes:
    return log_of(steady(30, Line(stops_ms=(0.02, stop_ms))))


def close_together(mark_ms: float) -> bytes:
    """Marks that take all Ps of which one follows the other."""
    line = Line(mark_ms=mark_ms, background_ms=4 * mark_ms)
    return log_of(steady(40, line, every_s=0.1))


def assisted(assist_ms: float) -> bytes:
    line = Line(mark_ms=50.0, assist_ms=assist_ms, background_ms=40.0)
    return log_of(steady(40, line, every_s=0.5))


def every(interval_s: float) -> bytes:
    return log_of(steady(6, every_s=interval_s))


def lives(count: int) -> bytes:
    return b"".join(log_of(steady(5)) for _ in range(count))


def torn(count: int) -> bytes:
    return log_of(steady(60)) + b"gc 61 @1.2s 0%: 0.1+0.2+ ms clock, what\n" * count


def single(cost_ms: float, procs: int) -> bytes:
    line = Line(mark_ms=50.0, background_ms=cost_ms, procs=procs)
    return log_of(steady(40, line, every_s=1.0))


CASES: list[tuple[str, Callable[[], bytes], Callable[[], bytes]]] = [
    ("forced-collections", lambda: some_forced(25), lambda: some_forced(19)),
    ("gc-too-frequent", busy, lambda: busy(heap_mb=(199, 200, 100), goal_mb=200)),
    ("idle-collections", lambda: every(120.02), lambda: every(100)),
    (
        "gogc-off",
        lambda: sample("go1.27.3/gcoff.gctrace+gogcoff.log"),
        lambda: sample("go1.21.13/explicit.gctrace+gogcoff+gomemlimit48MiB.log"),
    ),
    ("single-p", lambda: single(40, 1), lambda: single(40, 2)),
    ("gc-cpu-high", lambda: close_together(11.0), lambda: close_together(9.0)),
    ("assist-heavy", lambda: assisted(40), lambda: assisted(15)),
    ("long-pauses", lambda: pauses(10.1), lambda: pauses(9.5)),
    ("long-marks", lambda: marks(501), lambda: marks(499)),
    ("mutator-starved", lambda: close_together(60.0), lambda: close_together(45.0)),
    ("goal-overshoot", lambda: overshooting(111), lambda: overshooting(109)),
    ("death-spiral", lambda: bound(95, 150), lambda: bound(80, 20)),
    (
        "limit-bound",
        lambda: sample("go1.21.13/explicit.gctrace+gogcoff+gomemlimit48MiB.log"),
        lambda: bound(50, 20),
    ),
    ("live-heap-growth", lambda: sample("demo/leak.log"), lambda: sample("demo/steady.log")),
    ("idle-pages-kept", lambda: kept(25), lambda: kept(60)),
    ("scavenger-churn", lambda: scavenged(9000), lambda: scavenged(7000)),
    ("large-stacks", lambda: stacked(65), lambda: stacked(60)),
    ("goroutine-growth", lambda: goroutines(1300), lambda: goroutines(900)),
    ("heap-swings", lambda: swinging(170), lambda: swinging(150)),
    (
        "old-go",
        lambda: sample("go1.4.3/explicit.gctrace.log"),
        lambda: sample("demo/sawtooth.log"),
    ),
    ("restarts", lambda: lives(3), lambda: lives(2)),
    ("unparsed-lines", lambda: torn(1), lambda: log_of(steady(60))),
    ("few-collections", lambda: every(1.0), lambda: log_of(steady(12))),
]


@pytest.mark.parametrize(("name", "having", "nearly"), CASES, ids=[name for name, _, _ in CASES])
def test_it_speaks_and_is_silent(
    name: str, having: Callable[[], bytes], nearly: Callable[[], bytes]
) -> None:
    each = found(having()).get(name)
    assert each is not None
    assert each.said.endswith(".")
    assert each.evidence
    assert each.advice
    assert each.source.url.startswith("https://")
    assert name not in found(nearly())


def test_forced_collections_that_are_all_there_is_are_not_to_be_removed_first() -> None:
    some, all_of_them = (found(some_forced(count))["forced-collections"] for count in (60, 100))
    assert "40 collections would remain." in some.advice
    assert "not before GOGC or GOMEMLIMIT is set" in all_of_them.advice


def test_restarts_are_told_with_their_lines() -> None:
    evidence = found(lives(6))["restarts"].evidence
    assert [each.line for each in evidence] == [None, 6, 11, 16, None]


def held_still(stop_ms: float) -> bytes:
    """Cheap marks ten times a second, of which every tenth waits for a thread without a CPU."""
    lines = steady(100, Line(heap_mb=(3, 4, 1), goal_mb=4), every_s=0.1)
    for place in range(0, 100, 10):
        lines[place] = replace(lines[place], stops_ms=(stop_ms, 0.02))
    return log_of(lines)


def test_no_gogc_against_stops_that_wait_for_a_cpu() -> None:
    by = found(held_still(130.0))
    assert {"gc-cpu-high", "long-pauses", "mutator-starved"} <= by.keys()
    assert "gc-too-frequent" not in by
    for name in ("gc-cpu-high", "mutator-starved"):
        assert "GOGC" not in by[name].explanation + by[name].advice
        assert "throttled" in by[name].advice
    for each in (found(close_together(60.0)), found(pauses(0.02))):
        assert not any("throttled" in one.advice for one in each.values())
    assert "GOGC=" in found(close_together(60.0))["gc-cpu-high"].advice


def test_short_stops_become_fewer_with_the_collections() -> None:
    many = log_of(steady(200, Line(stops_ms=(0.4, 0.4), mark_ms=1.0), every_s=0.005))
    assert "GOGC" in found(many)["gc-cpu-high"].advice


def test_room_counts_stacks_and_has_a_least_size() -> None:
    small = found(busy(heap_mb=(3, 4, 1), goal_mb=4, stacks_mb=0))["gc-too-frequent"]
    assert "grow to 16 MiB" in small.advice
    with_stacks = busy(heap_mb=(10, 20, 2), goal_mb=26, stacks_mb=14)
    assert "grow to 66 MiB" in found(with_stacks)["gc-too-frequent"].advice


@pytest.mark.parametrize(
    ("go", "said"), [("", (1, 1)), ("1.4.3", (1, 1)), ("1.12.5", (1, 0)), ("1.21.13", (0, 0))]
)
def test_what_the_known_go_excludes_is_left_out(go: str, said: tuple[int, int]) -> None:
    run = replace(run_of(pauses(11)), go=go and f"Go {go}")
    why = {each.id: each for each in findings(run)}["long-pauses"].explanation
    assert ("older than 1.14" in why, "older than 1.5" in why) == said


def test_goroutines_are_looked_up_in_a_recording_too() -> None:
    advice = found(goroutines(1300))["goroutine-growth"].advice
    assert "gctui attach PID" in advice
    assert "gctui replay" in advice


def test_few_collections_tell_no_rates_shares_and_percentiles() -> None:
    cost = Line(heap_mb=(9, 10, 5), goal_mb=10, background_ms=90.0, mark_ms=60.0, procs=1)
    costly = replace(cost, stops_ms=(0.02, 50.0), assist_ms=90.0, forced=True)
    few, many = (found(log_of(steady(n, costly, every_s=0.1))) for n in (11, 12))
    assert {each.severity for each in few.values()} == {Severity.INFO}
    assert {"few-collections"} == few.keys()
    assert {"gc-cpu-high", "assist-heavy", "long-pauses", "mutator-starved", "single-p"} <= set(
        many
    )
    # One stop that is long is no percentile, and whoever asks for few gets them.
    long = found(log_of(steady(3, Line(stops_ms=(0.02, 150.0)))))
    assert long["long-pauses"].severity is Severity.WARN
    asked = findings(
        run_of(log_of(steady(11, costly, every_s=0.1))),
        thresholds_with(["few-collections.count=5"]),
    )
    assert "gc-cpu-high" in {each.id for each in asked}


def test_near_limit_speaks_of_a_container() -> None:
    def with_peak(peak_bytes: int) -> set[str]:
        fold, scanner = RunFold("made"), Scanner()
        fold.add([*scanner.feed(log_of(steady(20))), *scanner.finish()], 0.0)
        sample_of = Process(rss_bytes=peak_bytes, cgroup_limit_bytes=1000 * MIB)
        fold.add([sample_of], 21.0)
        return {each.id for each in findings(fold.figures())}

    assert "near-limit" in with_peak(910 * MIB)
    assert "near-limit" not in with_peak(890 * MIB)


def test_every_rule_has_a_case() -> None:
    assert {name for name, _, _ in CASES} | {"near-limit"} == {rule.id for rule in RULES}


def test_a_healthy_program_has_nothing_to_be_told() -> None:
    assert not [
        each for each in found(sample("demo/steady.log")).values() if each.severity != "info"
    ]


def test_thresholds_can_be_set() -> None:
    run = run_of(pauses(9.5))
    changed = thresholds_with(["long-pauses.p99_ms=9", "long-pauses.alarm_p99_ms=9.4"])
    loud = {each.id: each for each in findings(run, changed)}
    assert loud["long-pauses"].severity is Severity.ALARM
    assert "long-pauses" not in {each.id for each in findings(run)}


@pytest.mark.parametrize(
    "wrong", ["", "p99_ms=5", "long-pauses.p98_ms=5", "long-pauses.p99_ms=x", "long-pauses.p99_ms"]
)
def test_a_wrong_threshold_is_refused(wrong: str) -> None:
    with pytest.raises(GctuiError):
        thresholds_with([wrong])
