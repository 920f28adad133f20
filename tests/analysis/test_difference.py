"""Figures of two sides: what counts as a difference, and on what ground."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest

from gctui.analysis.difference import (
    Basis,
    Difference,
    MeanOf,
    PercentileOf,
    RatioOf,
    Side,
    difference,
)
from gctui.analysis.figure_limit import Bound, Gate, Limit
from gctui.analysis.figure_words import Better, in_order, known_names, words_of
from gctui.analysis.order_statistics import Interval, percentile
from gctui.analysis.rank_test import mann_whitney
from gctui.analysis.run_difference import Run, Verdict, differences
from gctui.analysis.run_figures import Measure
from gctui.report.compare import Comparison, compare_lines
from gctui.report.paper import Paper
from gctui.session.whole_run import read_run
from gctui.sources.files import LogFile
from tests.analysis.test_observations import demo
from tests.corpus_files import sample_logs


def noisy(random: Random, center: float, count: int = 200) -> list[float]:
    return [random.gauss(center, center / 5) for _ in range(count)]


def test_one_run_a_side_is_compared_by_its_collections() -> None:
    random = Random(1)
    base, new = noisy(random, 10), noisy(random, 12)
    found = difference(Side([10.0], [base]), Side([12.0], [new]), PercentileOf(0.5))
    assert found.basis is Basis.COLLECTIONS
    assert found.is_sure
    assert (found.base_count, found.new_count) == (200, 200)
    assert found.change_percent == pytest.approx(20)
    assert found.within.low is not None
    assert found.within.high is not None
    assert 10 < found.within.low < 20 < found.within.high < 30


def test_ties_are_no_difference_whatever_p_is() -> None:
    """Printed figures have two digits: a median stays where it is while p becomes small."""
    random = Random(6)
    base = [0.04] * 120 + [0.039] * 80
    more, moved = [0.04] * 170 + [0.039] * 30, [0.041] * 170 + [0.04] * 30
    for values in (base, more, moved):
        random.shuffle(values)
    gate = Gate("pause.p50_ms", 0, is_percent=True, rises=True)
    for new, median, is_noise in ((more, 0.04, True), (moved, 0.041, False)):
        found = difference(Side([0.04], [base]), Side([median], [new]), PercentileOf(0.5))
        assert found.p is not None
        assert found.p < 0.05
        assert (found.is_noise, gate.fails(found)) == (is_noise, not is_noise)


def test_what_stays_where_it_is_at_a_small_p_is_said_to() -> None:
    """The runtime prints 0.04 ms before and after, and more of the one side is below that."""
    sides = [[0.04] * many + [0.039] * (200 - many) for many in (120, 170)]
    for values in sides:
        Random(6).shuffle(values)
    runs = [Run("log", {"pause.p50_ms": 0.04}, {Measure.PAUSE: values}) for values in sides]
    rows = differences(runs[:1], runs[1:])
    assert rows[0].is_still
    assert rows[0].verdict is Verdict.NOISE
    found = Comparison(runs[:1], runs[1:], rows)
    lines = [*compare_lines(found, Paper(100))]
    (row,) = [line.split() for line in lines if line.startswith(" pause.p50_ms")]
    assert row[-3:] == ["=", "0%…0%", "<0.001"]
    assert "= is nothing more than the runtime's last digit may be, whatever p is." in lines


def test_the_p_that_is_told_decides() -> None:
    for p, alpha, is_noise in (
        (0.04, 0.05, False), (0.06, 0.05, True), (0.06, 0.1, False), (0.04, 0.01, True),
    ):  # fmt: skip
        found = Difference(1.0, 1.03, 3.0, Interval(-2.0, 9.0), p, Basis.COLLECTIONS, alpha)
        assert found.is_noise is is_noise
    assert Difference(1.0, 1.0001, 0.01, p=0.001).is_noise


@pytest.mark.parametrize(("base", "new"), list(permutations(("steady", "sawtooth", "leak"), 2)))
def test_p_the_interval_and_the_verdict_say_the_same(base: str, new: str) -> None:
    """A 95th percentile of 193 µs and 1.1 ms was noise at p 0.009, as an interval held nought."""
    told = 0
    for row in differences([demo(base)], [demo(new)]):
        found = row.difference
        if found.p is None or not found.change:
            continue
        is_beyond = found.within.low is not None and found.within.low >= 0
        is_beyond |= found.within.high is not None and found.within.high <= 0
        assert found.p <= 0.05 or not is_beyond or 0 in (found.within.low, found.within.high)
        if found.p <= 0.05 and (found.within.low, found.within.high) != (None, None):
            assert is_beyond, row
            assert row.verdict not in {Verdict.NOISE, Verdict.UNKNOWN}
            told += 1
    assert told > 5


def test_a_median_that_went_the_other_way_than_its_values_is_noise() -> None:
    """The values are larger by test, their median is smaller: that is not the test's word."""
    base = [*(5.0 + i / 100 for i in range(45)), *(10.0 + i / 100 for i in range(55))]
    new = [*(8.0 + i / 100 for i in range(55)), *(15.0 + i / 100 for i in range(45))]
    Random(1).shuffle(base)
    Random(2).shuffle(new)
    sides = [Side([percentile(x, 0.5)], [x]) for x in (base, new)]
    found = difference(sides[0], sides[1], PercentileOf(0.5))
    assert mann_whitney(base, new) < 0.01
    assert found.change is not None
    assert found.change < 0
    assert (found.p, found.is_noise) == (1.0, True)
    assert found.within.low is not None
    assert found.within.high is not None
    assert found.within.low < 0 < found.within.high


def test_what_so_few_collections_cannot_tell_is_not_known() -> None:
    rows = {row.name: row for row in differences([demo("steady")], [demo("sawtooth")])}
    p99, p95 = rows["pause.p99_ms"], rows["pause.p95_ms"]
    assert (p99.verdict, p99.is_of_too_few) == (Verdict.UNKNOWN, True)
    assert (p95.verdict, p95.is_of_too_few) == (Verdict.WORSE, False)
    gate = Gate("pause.p99_ms", 10, is_percent=True, rises=True)
    assert gate.is_passed(p99.difference)
    assert not gate.fails(p99.difference)


def test_a_tail_that_differs_is_told_though_its_ends_overlap() -> None:
    random, told = Random(5), 0
    for _ in range(50):
        base, new = noisy(random, 10), noisy(random, 12)
        sides = [Side([percentile(x, 0.9)], [x]) for x in (base, new)]
        told += difference(sides[0], sides[1], PercentileOf(0.9)).is_sure
    assert told >= 45


def test_what_is_drawn_from_one_distribution_is_noise_mostly() -> None:
    random, rounds = Random(2), 100
    told = dict.fromkeys(("p50", "p99", "mean"), 0)
    for _ in range(rounds):
        sides = [Side([10.0], [noisy(random, 10)]), Side([10.1], [noisy(random, 10)])]
        for name, of in (
            ("p50", PercentileOf(0.5)), ("p99", PercentileOf(0.99)), ("mean", MeanOf()),
        ):  # fmt: skip
            told[name] += difference(sides[0], sides[1], of).is_sure
    assert all(count <= rounds * 0.12 for count in told.values()), told


def test_four_runs_a_side_are_compared_themselves() -> None:
    same = [[1.0] * 50] * 4
    base, new = Side([10, 11, 12, 13], same), Side([20, 21, 22, 23], same)
    found = difference(base, new, PercentileOf(0.5))
    assert found.basis is Basis.RUNS
    assert found.p == pytest.approx(2 / 70)
    assert found.is_sure
    # Three have no order that is rare enough: their collections are compared, and they are equal.
    three = [Side(side.runs[:3], same[:3]) for side in (base, new)]
    found = difference(three[0], three[1], PercentileOf(0.5))
    assert (found.basis, found.p) == (Basis.COLLECTIONS, 1)
    assert found.is_noise


def test_a_rate_is_compared_by_its_stretches() -> None:
    random = Random(3)
    sides = [Side([1 / center], [noisy(random, center)]) for center in (2, 1)]
    found = difference(sides[0], sides[1], MeanOf(is_inverse=True))
    assert (found.basis, found.base_count) == (Basis.STRETCHES, 10)
    assert found.is_sure
    assert found.within.low is not None
    assert found.within.low > 50


def test_a_share_is_compared_by_the_shares_of_its_stretches() -> None:
    """Collections come in pairs, 1 ms and 999 ms after the one before: a mean of rates is wild."""
    random = Random(8)

    def terms(mb_per_s: float) -> list[tuple[float, float]]:
        spans_s = [random.choice((-0.001, 0.0, 0.001, 0.999)) for _ in range(2000)]
        return [(random.gauss(mb_per_s * max(0.5, span_s), 5), span_s) for span_s in spans_s]

    base, new = terms(100), terms(80)
    rates = [sum(mb for mb, _ in side) / sum(span_s for _, span_s in side) for side in (base, new)]
    sides = [Side([rate], ratios=[side]) for rate, side in zip(rates, (base, new), strict=True)]
    found = difference(sides[0], sides[1], RatioOf())
    assert (found.basis, found.base_count, found.new_count) == (Basis.STRETCHES, 10, 10)
    assert found.is_sure
    assert found.change_percent is not None
    assert found.within.low is not None
    assert found.within.high is not None
    assert found.within.low < found.change_percent < found.within.high < 0


def test_one_printed_step_is_no_difference() -> None:
    """0.9 MB and 1.1 MB are printed as 0 and 1: better by 100 % that is not."""
    assert words_of("heap.live.p50_mb").step == 1
    assert words_of("heap.live.mean_mb").step == words_of("pause.p50_ms").step == 0
    for median, is_noise in ((0.0, True), (3.0, False)):
        sides = [Side([center], [[center] * 200]) for center in (1.0, median)]
        found = difference(sides[0], sides[1], PercentileOf(0.5), alpha=0.1, step=1)
        assert found.p is not None
        assert found.p < 0.001
        assert found.is_noise is is_noise


def test_one_value_a_side_has_a_change_and_no_p() -> None:
    found = difference(Side([4.0]), Side([5.0]))
    assert (found.p, found.is_noise, found.is_sure) == (None, False, False)
    assert found.change_percent == 25
    assert difference(Side([4.0]), Side([4.0])).is_noise
    assert difference(Side([0.0]), Side([4.0])).change_percent is None
    assert difference(Side([]), Side([4.0])).change is None


def run(**figures: float) -> Run:
    return Run("log", {name.replace("__", "."): value for name, value in figures.items()})


def test_which_way_is_worse() -> None:
    four = [1.0, 1.1, 1.2, 1.3]
    base = [run(pause__p50_ms=x, mmu__10ms_percent=x, alloc__rate_mb_per_s=x) for x in four]
    new = [run(pause__p50_ms=9 * x, mmu__10ms_percent=9 * x, alloc__rate_mb_per_s=9 * x)
           for x in four]  # fmt: skip
    verdicts = {row.name: row.verdict for row in differences(base, new)}
    assert verdicts == {
        "pause.p50_ms": Verdict.WORSE,
        "alloc.rate_mb_per_s": Verdict.DIFFERENT,
        "mmu.10ms_percent": Verdict.BETTER,
    }


@pytest.mark.parametrize(
    ("most", "is_percent", "rises", "values", "fails"),
    [
        (10, True, True, (100, 111), True),
        (10, True, True, (100, 110), False),
        (10, True, True, (100, 50), False),
        (-5, True, False, (100, 94), True),
        (-5, True, False, (100, 96), False),
        (0.5, False, True, (1, 1.6), True),
        (0.5, False, True, (1, 1.4), False),
        (10, True, True, (0, 1), True),
        (-10, True, False, (0, 1), False),
        (0, True, True, (7, 7), False),
    ],
)
def test_a_gate(
    most: float, is_percent: bool, rises: bool, values: tuple[float, float], fails: bool
) -> None:
    found = difference(Side([values[0]]), Side([values[1]]))
    assert Gate("pause.max_ms", most, is_percent, rises).fails(found) is fails


def test_noise_breaks_no_gate() -> None:
    random = Random(4)
    same = noisy(random, 10, 30)
    sides = [Side([10.0], [same]), Side([13.0], [same])]
    gate = Gate("pause.p50_ms", 10, is_percent=True, rises=True)
    assert gate.fails(difference(sides[0], sides[1]))
    assert not gate.fails(difference(sides[0], sides[1], PercentileOf(0.5)))


def test_a_limit_is_kept_where_it_is_reached() -> None:
    assert not Limit("pause.max_ms", Bound.MAX, 0.3).is_broken(0.1 + 0.2)
    assert Limit("pause.max_ms", Bound.MAX, 0.3).is_broken(0.31)
    assert Limit("mmu.1s_percent", Bound.MIN, 50).is_broken(49.9)
    assert Limit("pause.max_ms", Bound.MAX, 1).is_broken(float("nan"))


def test_every_figure_of_every_sample_has_a_known_name() -> None:
    seen: dict[str, Measure | None] = {}
    for log in sample_logs():
        seen |= {name: words_of(name).measure for name in read_run([LogFile(log)]).values()}
    assert set(seen) <= known_names()
    assert len(seen) > 150
    assert {measure for measure in seen.values() if measure} == set(Measure)


def test_what_a_name_says() -> None:
    assert words_of("pause.p99_ms").shown(1.25) == "1.2 ms"
    assert words_of("growth.mb_per_min").shown(-3.0) == "−3 MiB/min"
    assert words_of("stacks.max_mb").shown(0) == "< 1 MiB"
    assert words_of("stacks.max_mb").bound_shown(0) == words_of("heap.end.max_mb").shown(0)
    assert words_of("gc.per_s").shown(14.3) == "14/s"
    assert words_of("gc.interval.p50_s").better is Better.HIGHER
    assert words_of("gc.count").better is Better.NEITHER
    assert words_of("pause.percent").of is None
    assert words_of("heap.live.last_mb").of is None
    assert in_order(["run.span_s", "heap.live.max_mb", "pause.mean_ms", "pause.p99_ms"]) == [
        "pause.p99_ms", "pause.mean_ms", "heap.live.max_mb", "run.span_s",
    ]  # fmt: skip
