from array import array
from itertools import pairwise
from math import inf, isfinite, isnan, nan

from hypothesis import given
from hypothesis import strategies as st

from gctui.analysis.window import Points, nice_ticks, time_ticks, value_range, window
from gctui.model.series import SeriesView

TIMES_S = st.floats(-1e6, 1e9)
VALUES = st.one_of(st.floats(0, 1e18), st.just(nan))


def series(*points: tuple[float, float]) -> SeriesView:
    return SeriesView(array("d", [t for t, _ in points]), array("d", [v for _, v in points]))


@st.composite
def views(draw: st.DrawFn) -> SeriesView:
    steps_s = draw(st.lists(st.sampled_from([0.0, 0.01, 0.3, 1.0, 40.0]), max_size=300))
    time_s, points = draw(st.floats(-100, 1e6)), []
    for step_s in steps_s:
        time_s += step_s
        points.append((time_s, draw(VALUES)))
    return series(*points)


@given(views(), st.data(), st.integers(1, 40), st.booleans())
def test_a_window_keeps_what_can_be_seen(
    view: SeriesView, data: st.DataObject, columns: int, steps: bool
) -> None:
    times_s = [*view.times_s] or [0.0]
    begin_s = data.draw(st.floats(times_s[0] - 10, times_s[-1] + 10))
    end_s = begin_s + data.draw(st.floats(0, 500))
    seen = window(view, begin_s, end_s, columns, steps=steps)
    real = [v for t, v in view if begin_s <= t <= end_s and isfinite(v)]
    assert len(seen.xs) == len(seen.ys) <= 2 * columns + 8
    assert seen.xs == sorted(seen.xs)
    assert all(begin_s <= x <= end_s for x in seen.xs)
    assert seen.breaks <= set(range(1, len(seen.xs)))
    if real:
        assert {min(real), max(real)} <= set(seen.ys)
    points = set(view)
    edges = [(x, y) for x, y in zip(seen.xs, seen.ys, strict=True) if (x, y) not in points]
    assert all(x in {begin_s, end_s} for x, _ in edges)


@given(views(), st.integers(1, 40))
def test_a_line_never_crosses_a_gap(view: SeriesView, columns: int) -> None:
    if not len(view):
        return
    seen = window(view, view.times_s[0], view.times_s[-1], columns)
    gaps_s = [t for t, v in view if isnan(v)]
    for i, (before_s, after_s) in enumerate(pairwise(seen.xs), 1):
        if any(before_s < gap_s < after_s for gap_s in gaps_s):
            assert i in seen.breaks


def test_every_spike_survives_thinning() -> None:
    view = series(*((i / 10, 900.0 if i % 97 == 0 else i % 7) for i in range(4000)))
    seen = window(view, 0, 400, 50)
    assert len(seen.xs) <= 102
    assert seen.ys.count(900.0) >= 4000 // 97


def test_the_same_past_is_drawn_while_the_window_slides() -> None:
    view = series(*((i / 10, (i * 37) % 101) for i in range(4000)))
    one, other = (window(view, begin_s, begin_s + 100, 50) for begin_s in (100.0, 100.7))
    middle = [
        [(x, y) for x, y in zip(p.xs, p.ys, strict=True) if 105 < x < 195] for p in (one, other)
    ]
    assert middle[0] == middle[1]


def test_lines_run_to_the_border_and_steps_hold() -> None:
    view = series((0, 0), (10, 100), (20, nan), (30, 50))
    assert window(view, 2, 8, 9) == Points([2, 8], [20, 80], frozenset())
    assert window(view, 2, 8, 9, steps=True) == Points([2, 8], [0, 0], frozenset())
    assert window(view, 5, 15, 9) == Points([5, 10], [50, 100], frozenset())
    assert window(view, 5, 99, 9) == Points([5, 10, 30], [50, 100, 50], frozenset({2}))
    assert window(view, 31, 99, 9) == Points([], [], frozenset())


def test_a_line_over_quiet_columns_leaves_from_the_last_point() -> None:
    burst = [(i / 100, float(v)) for i, v in enumerate([5, 1, 9, 3] * 30 + [4])]
    seen = window(series(*burst, (90, 7.0), (100, 7.0)), 0, 100, 10)
    assert [*zip(seen.xs, seen.ys, strict=True)][-3:] == [(1.2, 4.0), (90.0, 7.0), (100.0, 7.0)]


def test_the_value_range_is_that_of_all_lines() -> None:
    lines = [Points([0, 1], [3, 8], frozenset()), Points([0], [-1], frozenset())]
    assert value_range(lines) == (-1, 8)
    assert value_range([Points([], [], frozenset())]) is None


def test_ticks_are_round_numbers() -> None:
    assert nice_ticks(0, 500, 6) == [0, 100, 200, 300, 400, 500]
    assert nice_ticks(0, 0.3, 4) == [0, 0.1, 0.2, 0.3]
    assert nice_ticks(130, 1900, 4) == [500, 1000, 1500]
    assert nice_ticks(7, 7, 4) == [7]
    assert nice_ticks(nan, 7, 4) == nice_ticks(0, inf, 4) == nice_ticks(0, 1, 0) == []


def test_times_are_written_as_the_span_demands() -> None:
    def labels(begin_s: float, end_s: float, most: int = 4) -> list[str]:
        return [label for _, label in time_ticks(begin_s, end_s, most)]

    assert labels(0, 1.5) == ["0s", "0.5s", "1s", "1.5s"]
    assert labels(10, 17) == ["10s", "12s", "14s", "16s"]
    assert labels(60, 150) == ["1:00", "1:30", "2:00", "2:30"]
    assert labels(89, 90.5) == ["1:29", "1:29.5", "1:30", "1:30.5"]
    assert labels(3600, 3900) == ["1:00:00", "1:02:00", "1:04:00"]
    assert labels(0, 5 * 3600) == ["0h", "2h", "4h"]
    assert labels(86400 * 2, 86400 * 2 + 36000) == ["2d", "2d 3h", "2d 6h", "2d 9h"]
    assert labels(86400 * 2 + 600, 86400 * 2 + 3600) == [
        "2d 0:15:00",
        "2d 0:30:00",
        "2d 0:45:00",
        "2d 1:00:00",
    ]
    assert labels(0, 1e9) == ["0h", "5000d", "10000d"]


@given(st.floats(-1e18, 1e18), st.floats(0, 1e18), st.integers(0, 12))
def test_ticks_are_few_in_order_and_even(low: float, span: float, most: int) -> None:
    ticks = nice_ticks(low, low + span, most)
    assert len(ticks) <= most
    assert all(low <= tick <= low + span for tick in ticks)
    assert bool(ticks) or most < 2
    assert all(one <= other for one, other in pairwise(ticks))


@given(TIMES_S, st.floats(1e-3, 1e9), st.integers(2, 12))
def test_no_two_times_have_one_label(begin_s: float, span_s: float, most: int) -> None:
    ticks = time_ticks(begin_s, begin_s + span_s, most)
    labels = [label for _, label in ticks]
    assert 0 < len(labels) <= most
    assert len({*labels}) == len(labels)
    assert all(begin_s <= time_s <= begin_s + span_s for time_s, _ in ticks)
