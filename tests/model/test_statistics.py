"""Percentiles are nearest rank, within the stated error."""

from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from gctui.model.statistics import RELATIVE_ERROR, Statistics


@given(
    values=st.lists(st.floats(0, 1e7), min_size=1, max_size=300),
    percent=st.sampled_from([1.0, 50.0, 90.0, 99.0, 100.0]),
)
def test_percentiles(values: list[float], percent: float) -> None:
    statistics = Statistics()
    for value in values:
        statistics.add(value)
    exact = sorted(values)[max(1, ceil(len(values) * percent / 100)) - 1]
    estimate = statistics.percentile(percent)
    assert estimate is not None
    assert abs(estimate - exact) <= RELATIVE_ERROR * exact * 1.001 + 1e-6
    summary = statistics.summary()
    assert (summary.count, summary.lowest, summary.highest) == (
        len(values),
        min(values),
        max(values),
    )


def test_nothing_added() -> None:
    assert Statistics().summary().p99 is None
