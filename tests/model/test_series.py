"""Bounded memory, spikes kept, gaps kept, time ascending."""

from math import isnan, nan

from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.model.series import Series


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(0, 1e6) | st.just(nan), min_size=1, max_size=3000),
    recent=st.integers(4, 64),
)
def test_extremes_survive_in_bounded_memory(values: list[float], recent: int) -> None:
    series = Series(recent=recent, old=64)
    for time, value in enumerate(values):
        series.append(float(time), value)
    view = series.view()
    real = [value for value in values if not isnan(value)]
    kept = [value for value in view.values if not isnan(value)]
    if real:
        assert (min(kept), max(kept)) == (min(real), max(real))
    assert list(view.times_s) == sorted(view.times_s)
    assert list(view.values)[-1] == values[-1] or isnan(values[-1])
    assert set(view.times_s) <= set(map(float, range(len(values))))


def test_memory_is_bounded_and_the_recent_past_is_whole() -> None:
    series = Series(recent=100, old=200)
    for time in range(100_000):
        series.append(float(time), float(time % 977))
        assert len(series) <= 200 + 200 + 100
    assert list(series.view().times_s)[-100:] == [float(t) for t in range(99_900, 100_000)]


def test_time_never_runs_back() -> None:
    series = Series()
    series.append(5.0, 1.0)
    series.append(4.0, 2.0)
    assert list(series.view()) == [(5.0, 1.0), (5.0, 2.0)]


def test_a_view_never_changes() -> None:
    series = Series()
    series.append(1.0, 1.0)
    before = series.view()
    assert series.view() is before
    series.append(2.0, 2.0)
    assert list(before) == [(1.0, 1.0)]
    assert len(series.view()) == 2


def test_gaps_do_not_pile_up() -> None:
    series = Series()
    for _ in range(3):
        series.gap(1.0)
    series.append(1.0, 1.0)
    series.gap(2.0)
    series.gap(3.0)
    assert len(series) == 2
    assert series.view().last is None


def test_a_stream_of_gaps_is_bounded_too() -> None:
    """A program that restarts for ever breaks its lines for ever."""
    series = Series(recent=64, old=64)
    for time in range(20_000):
        series.append(float(time), 1.0)
        series.gap(float(time))
        assert len(series) <= 64 + 128 + 64
