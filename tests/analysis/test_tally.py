"""Values counted by parts, by texts or in tenths are the values, whoever counted them."""

from __future__ import annotations

import pickle
from math import ceil, fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.analysis import tally
from gctui.analysis.tallies import tenths
from gctui.analysis.tally import Spread, Tally

_PERCENTS = (50, 90, 95, 99, 99.9)
_TENTHS = st.integers(0, 10**6)


def expected(values: list[float]) -> Spread | None:
    if not values:
        return None
    ranked = sorted(values)
    ranks = [max(1, ceil(len(ranked) * percent / 100)) for percent in _PERCENTS]
    p50, p90, p95, p99, p999 = (ranked[rank - 1] for rank in ranks)
    return Spread(len(ranked), fsum(ranked), ranked[0], p50, p90, p95, p99, p999, ranked[-1])


@given(st.lists(st.tuples(st.sampled_from("vtk"), st.lists(_TENTHS, max_size=20)), max_size=8))
def test_whatever_stands_for_a_value_it_is_the_value(parts: list[tuple[str, list[int]]]) -> None:
    """As values, texts and whole numbers in turn; each part by itself, sent, then put together."""
    together = Tally()
    for form, numbers in parts:
        part = Tally()
        if form == "v":
            part.add([number / 10 for number in numbers])
        elif form == "t":
            part.add_keys([b"%.1f" % (number / 10) for number in numbers], float)
        else:
            part.add_keys(numbers, tenths)
        together.merge(pickle.loads(pickle.dumps(part)))
    found, right = together.spread(), expected([n / 10 for _, part in parts for n in part])
    if found is None or right is None:
        assert found == right
        return
    assert found.total == pytest.approx(right.total, rel=1e-12, abs=1e-12)
    figures = ("count", "lowest", "p50", "p90", "p95", "p99", "p999", "highest", "relative_error")
    assert [getattr(found, name) for name in figures] == [getattr(right, name) for name in figures]


@given(
    st.lists(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40), min_size=1, max_size=6),
    st.integers(1, 30),
)
def test_too_many_values_are_within_the_error_that_is_told(
    parts: list[list[float]], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "MOST_VALUES", most)
        at_once, together = Tally(), Tally()
        for values in parts:
            at_once.add(values)
            part = Tally()
            part.add(values)
            together.merge(part)
    right = expected([value for values in parts for value in values])
    for found in (at_once.spread(), together.spread()):
        assert found is not None
        assert right is not None
        assert (found.count, found.lowest, found.highest) == (
            right.count,
            right.lowest,
            right.highest,
        )
        assert found.total == pytest.approx(right.total)
        for name in ("p50", "p90", "p95", "p99", "p999"):
            error = found.relative_error + 1e-9
            assert getattr(found, name) == pytest.approx(getattr(right, name), rel=error)
    if len({value for values in parts for value in values}) <= most:
        assert together.spread() == at_once.spread()
