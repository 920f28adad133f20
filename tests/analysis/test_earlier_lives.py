"""A leak that a restart ended is as much of a leak, wherever in the run it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.findings import findings
from gctui.analysis.findings.finding import Finding
from gctui.analysis.growth import Verdict, live_growth
from gctui.analysis.observations import observations
from gctui.analysis.pacing_notes import growth_note
from gctui.analysis.run_difference import Run, differences
from gctui.analysis.run_difference import Verdict as Change
from gctui.analysis.run_figures import RunFigures
from gctui.analysis.run_fold import RunFold
from gctui.trace.scanner import Scanner
from tests.analysis.made_runs import Line, log_of, run_of
from tests.analysis.test_goroutine_growth import go1_4
from tests.corpus_files import SAMPLES

LEAK = (SAMPLES / "demo" / "leak.log").read_bytes()
STEADY = (SAMPLES / "demo" / "steady.log").read_bytes()
BEGINNING = b"".join(LEAK.splitlines(keepends=True)[:40])
LAST_LINE = 211


def growing(mb: int, count: int = 60) -> bytes:
    """Return a life of the program whose live heap grows by so much each second."""
    lines = [
        replace(Line(), n=n, start_s=n, heap_mb=(50 + mb * n, 51 + mb * n, 40 + mb * n))
        for n in range(1, count + 1)
    ]
    return log_of(lines)


def in_files(*files: bytes) -> RunFigures:
    """Return the figures of a rotated log, oldest file first."""
    fold = RunFold("rotated")
    for number, data in enumerate(files):
        fold.next_file(f"app.log.{number}")
        scanner = Scanner()
        fold.add([*scanner.feed(data), *scanner.finish()])
    return fold.figures()


def grown(run: RunFigures) -> Finding:
    [found] = [each for each in findings(run) if each.id == "live-heap-growth"]
    return found


def side(data: bytes) -> Run:
    run = run_of(data)
    return Run("made", run.values(), {}, growth=run.growth, goroutines=run.goroutines)


def growth_seen(base: bytes, new: bytes) -> list[tuple[Change, str]]:
    was, now = [side(base)], [side(new)]
    seen = observations(differences(was, now), was, now)
    return [(each.verdict, each.said) for each in seen if each.figure == "growth.mb_per_min"]


@pytest.mark.parametrize("after", [BEGINNING, STEADY, BEGINNING * 5], ids=["short", "steady", "5"])
def test_a_leak_before_a_restart_is_found_and_placed(after: bytes) -> None:
    alone, run = run_of(LEAK), run_of(LEAK + after)
    assert run.growth.verdict is Verdict.LEAK
    assert run.values()["growth.mb_per_min"] == alone.values()["growth.mb_per_min"]
    found = grown(run)
    assert found.said.endswith(f"That was before the restart after line {LAST_LINE}.")
    assert found.evidence[0].line == LAST_LINE
    assert "heap-swings" not in {each.id for each in findings(run)}


def test_after_a_restart_a_leak_is_what_it_is_alone() -> None:
    alone, run = run_of(LEAK), run_of(STEADY + LEAK)
    for name in ("from_mib", "over_s", "collections", "samples", "mib_per_min"):
        assert getattr(run.growth, name) == pytest.approx(getattr(alone.growth, name)), name
    assert "restart" not in grown(run).said


def test_the_worst_of_several_lives_is_named() -> None:
    paces = 2, 9, 4
    run = run_of(b"".join(map(growing, paces)))
    assert run.growth.mib_per_min == pytest.approx(60 * max(paces))
    assert grown(run).evidence[0].line == 120
    assert run_of(growing(2) + growing(9)).growth.life is None


def test_a_rotated_log_names_the_file() -> None:
    said = grown(in_files(LEAK, STEADY)).said
    assert said.endswith(f"That was before the restart after app.log.0:{LAST_LINE}.")
    half = LEAK.index(b"\n", len(LEAK) // 2) + 1
    last = LEAK[half:].count(b"\n") - (LEAK.count(b"\n") - LAST_LINE)
    assert grown(in_files(LEAK[:half], LEAK[half:] + BEGINNING)).evidence[0].line == last


def test_too_short_counts_the_last_start_alone() -> None:
    snapshot = run_of(LEAK + BEGINNING).snapshot
    alone = run_of(BEGINNING).snapshot
    assert live_growth(snapshot).collections == live_growth(alone).collections
    assert [note.said for note in growth_note(snapshot)] == [
        note.said for note in growth_note(alone)
    ]


def test_too_short_to_tell_is_not_better() -> None:
    assert growth_seen(LEAK, LEAK + BEGINNING) == []
    assert growth_seen(LEAK, BEGINNING) == []
    [(verdict, said)] = growth_seen(LEAK, STEADY + BEGINNING)
    assert verdict is Change.BETTER
    assert said.endswith("in BASE, not in NEW")


def test_goroutines_that_leaked_before_a_restart() -> None:
    counts = range(10, 2010, 20)
    run = run_of(go1_4(counts) + go1_4([30] * 40))
    [found] = [each for each in findings(run) if each.id == "goroutine-growth"]
    assert found.said == (
        "The number of goroutines grew from 10 to 1990 before the restart after line 100."
    )
    assert found.evidence[0].line == 100
    last = run_of(go1_4(counts) + go1_4(counts)).goroutines
    assert (last.life, last.first, last.last) == (None, 10, 1990)
