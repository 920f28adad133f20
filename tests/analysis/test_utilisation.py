"""Worst windows are exact: no window of any length is worse than the one that is reported."""

from __future__ import annotations

from math import isclose

from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.analysis.utilisation import WINDOWS_MS, Phases, Utilisation

Durations = tuple[float, float, float, float]
Collection = tuple[float, Durations]

_gaps = st.one_of(st.just(0.0), st.floats(0, 0.01), st.floats(0, 2.0))
_stops = st.one_of(st.just(0.0), st.floats(0, 0.004), st.floats(0, 0.3))
_phases = st.tuples(_stops, st.floats(0, 0.05), _stops, st.floats(0, 1))


def phases(collections: list[Collection]) -> Phases:
    """Return collections as the columns that are taken."""
    rows = [(begin_s, *durations) for begin_s, durations in collections]
    begins_s, firsts_s, marks_s, lasts_s, rates = zip(*rows, strict=True)
    firsts_ms, marks_ms, lasts_ms = (
        [1000 * each_s for each_s in column] for column in (firsts_s, marks_s, lasts_s)
    )
    return Phases(begins_s, firsts_ms, marks_ms, lasts_ms, rates, [1] * len(rows))


def used_s(collections: list[Collection], begin_s: float, end_s: float) -> float:
    """Integrate what the GC uses, phase by phase."""
    total = 0.0
    for start_s, (first, mark, last, rate) in collections:
        at = start_s
        for length, share in ((first, 1.0), (mark, rate), (last, 1.0)):
            total += share * max(0.0, min(end_s, at + length) - max(begin_s, at))
            at += length
    return total


def worst(collections: list[Collection], length_s: float) -> float | None:
    """Try every window that begins or ends where any phase does, and some more in between."""
    edges = {0.0}
    for start_s, (first, mark, last, _) in collections:
        edges |= {start_s, start_s + first, start_s + first + mark, start_s + first + mark + last}
    end_s = max(edges)
    begins = edges | {edge - length_s for edge in edges}
    begins |= {(end_s - length_s) * i / 37 for i in range(38)}
    tried = [
        used_s(collections, begin, begin + length_s)
        for begin in begins
        if begin >= -1e-12 and begin + length_s <= end_s + 1e-12
    ]
    return 1 - max(tried) / length_s if tried else None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_gaps, _phases), min_size=1, max_size=70), st.integers(1, 40))
def test_no_window_is_worse(steps: list[tuple[float, Durations]], piece: int) -> None:
    collections: list[Collection] = []
    now_s = 0.0
    for gap_s, durations in steps:
        collections.append((now_s + gap_s, durations))
        now_s += gap_s + sum(durations[:3])
    use = Utilisation()
    use.begin(0.0)
    for first in range(0, len(collections), piece):
        use.add(phases(collections[first : first + piece]))
    found = {window.length_ms: window for window in use.windows()}
    for length_ms in WINDOWS_MS:
        expected, window = worst(collections, length_ms / 1000), found.get(length_ms)
        if expected is None or window is None:
            # The last window may or may not fit, by the last bit of a sum.
            assert expected is None or now_s - length_ms / 1000 < 1e-9
            continue
        # What is less than a nanosecond worse is none: in the shortest window 1e-6, and rounding.
        assert isclose(window.utilisation, max(0.0, expected), abs_tol=1.1e-6)
        there = used_s(collections, window.begin_s, window.begin_s + length_ms / 1000)
        assert isclose(1 - there / (length_ms / 1000), window.utilisation, abs_tol=1e-6)


def test_what_no_window_reaches_is_forgotten() -> None:
    use = Utilisation()
    use.begin(0.0)
    for first in range(0, 100_000, 1000):
        durations = (0.0001, 0.002, 0.0001, 0.25)
        use.add(phases([(0.1 * i, durations) for i in range(first, first + 1000)]))
    assert len(use._begin) < 2000
    used, span = use.totals_s()
    assert isclose(span, 0.1 * 99_999 + 0.0022, rel_tol=1e-9)
    assert isclose(used, 100_000 * 0.0007, rel_tol=1e-6)


def test_no_window_reaches_over_a_restart() -> None:
    use = Utilisation()
    use.begin(0.0)
    use.add(phases([(1.0, (0.5, 0.0, 0.0, 0.0))]))
    use.begin(1.5)
    use.add(phases([(1.5, (0.5, 0.0, 0.0, 0.0))]))
    assert {window.length_ms for window in use.windows() if window.utilisation == 0} == {
        1.0,
        3.0,
        10.0,
        30.0,
        100.0,
        300.0,
    }
    second = next(window for window in use.windows() if window.length_ms == 1000)
    assert second.utilisation == 0.5
