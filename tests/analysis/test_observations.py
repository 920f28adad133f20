"""What no test tells, leaks and largest values, is named where it is far apart, and there alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from gctui.analysis.compare_verdict import verdict_sentence
from gctui.analysis.cycle_samples import CycleSamples
from gctui.analysis.observations import Observation, observations
from gctui.analysis.run_difference import Run, Verdict, differences
from gctui.events import Gc
from gctui.trace.scanner import Scanner
from tests.analysis.made_runs import Line, log_of, run_of, steady
from tests.analysis.test_findings import goroutines
from tests.corpus_files import SAMPLES


def run(data: bytes) -> Run:
    found, samples, scanner = run_of(data), CycleSamples(), Scanner()
    events = [*scanner.feed(data), *scanner.finish()]
    samples.add([event for event in events if isinstance(event, Gc)])
    return Run(
        "made",
        found.values(),
        samples.values(),
        growth=found.growth,
        goroutines=found.goroutines,
        extremes=found.extremes,
    )


def demo(name: str) -> Run:
    return run((SAMPLES / "demo" / f"{name}.log").read_bytes())


def seen(base: list[Run], new: list[Run]) -> tuple[Observation, ...]:
    return observations(differences(base, new), base, new)


def paused(*long: int, longest_ms: float = 40.0) -> bytes:
    """Return sixty collections that stop for a millisecond, those of `long` for longer."""
    lines = steady(60, Line(stops_ms=(1.0, 0.02)))
    for n in long:
        lines[n - 1] = replace(lines[n - 1], stops_ms=(longest_ms, 0.02))
    return log_of(lines)


def test_a_leak_is_named_whichever_side_it_is_on() -> None:
    leak, quiet = demo("leak"), demo("steady")
    worse, better = seen([quiet], [leak]), seen([leak], [quiet])
    assert {each.figure for each in worse} == {
        "growth.mb_per_min", "heap.end.max_mb", "stacks.max_mb",
    }  # fmt: skip
    assert {each.verdict for each in worse} == {Verdict.WORSE}
    assert {each.verdict for each in better} == {Verdict.BETTER}
    assert worse[0].said.startswith("the live heap grew by 346 MiB/min (95%: 331 MiB to 361 MiB)")
    assert worse[0].said.endswith("in NEW, not in BASE")
    assert better[0].said.endswith("in BASE, not in NEW")
    told = verdict_sentence(differences([quiet], [leak]), worse)
    assert told.startswith("Seen to be worse: the live heap grew by 346 MiB/min")


def test_of_two_that_grow_the_faster_is_named() -> None:
    def grown(mb: int) -> Run:
        lines = [replace(line, heap_mb=(999, 999, mb * line.n)) for line in steady(60)]
        return run(log_of(lines))

    [found] = [each for each in seen([grown(2)], [grown(5)]) if each.figure == "growth.mb_per_min"]
    assert "grew by 300 MiB/min" in found.said
    assert "by 120 MiB/min (95%: 120 MiB to 120 MiB) in BASE" in found.said
    assert not seen([grown(5)], [grown(5)])


def test_several_runs_all_have_to_say_so() -> None:
    leak, quiet = demo("leak"), demo("steady")
    [grown, *_] = seen([quiet] * 3, [leak] * 3)
    assert "3 of 3 runs of NEW, not in BASE" in grown.said
    assert not seen([quiet] * 3, [leak, quiet, quiet])


def test_one_long_pause_is_told_as_one() -> None:
    base = run(paused())
    [once] = seen([base], [run(paused(30))])
    assert once.is_single
    assert once.said == "longest pause 40 ms against 1.0 ms (line 30 of NEW)"
    [often] = seen([base], [run(paused(*range(30, 40)))])
    assert not often.is_single
    assert often.said.endswith("(10 collections above that, line 30 of NEW)")
    for each, begins in ((once, "Worse in one collection"), (often, "Seen to be worse")):
        assert f"{begins}: longest pause 40 ms against" in verdict_sentence([], [each])
    assert not seen([base], [run(paused(30, longest_ms=4.0))])


def test_goroutines_that_become_more_are_named() -> None:
    [grown, most] = seen([run(goroutines(500))], [run(goroutines(2000))])
    assert "the number of goroutines grew by 2250/min" in grown.said
    assert most.said == "most goroutines 2000 against 500"


def test_a_median_that_became_better_hides_no_largest_value() -> None:
    """The median heap halves; the largest is five times as large: that is what runs out."""
    base, new = demo("steady"), demo("sawtooth")
    [worse] = seen([base], [new])
    assert (worse.figure, worse.verdict) == ("heap.end.max_mb", Verdict.WORSE)
    assert worse.said == (
        "largest heap at GC end 586 MiB against 106 MiB (22 collections above that, line 238 of "
        "NEW)"
    )
    [better] = seen([new], [base])
    assert (better.figure, better.verdict) == ("heap.end.max_mb", Verdict.BETTER)


def test_a_largest_value_as_much_larger_as_the_median_is_not_told_again() -> None:
    def sized(times: int, *peaks: int) -> Run:
        lines = [replace(line, heap_mb=(95 * times, 96 * times, 50 * times), goal_mb=100 * times)
                 for line in steady(60)]  # fmt: skip
        for n in peaks:
            lines[n] = replace(lines[n], heap_mb=(1900, 1920, 50 * times))
        return run(log_of(lines))

    assert not seen([sized(1)], [sized(2)])
    [found] = seen([sized(1)], [sized(2, 20, 40)])
    assert found.said.startswith("largest heap at GC end 1.88 GiB against 96 MiB")


def test_logs_of_one_program_at_one_setting_stay_silent() -> None:
    for name in ("leak", "steady", "sawtooth"):
        assert not seen([demo(name)], [demo(name)])
    tails = [(SAMPLES / "demo" / "steady.log").read_bytes().splitlines(keepends=True)]
    halves = [b"".join(lines[:half]) for lines in tails for half in (120, 150, 180)]
    for base, new in permutations(map(run, halves), 2):
        assert not seen([base], [new])


@pytest.mark.parametrize("name", ["heap.end.max_mb", "stacks.max_mb"])
def test_what_was_tested_is_not_told_again(name: str) -> None:
    leak, quiet = demo("leak"), demo("steady")
    found = seen([quiet] * 4, [leak] * 4)
    assert name not in {each.figure for each in found}
    assert "the live heap grew by" in found[0].said
