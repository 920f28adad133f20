"""Which older events are kept depends on their lines alone, not on how they came."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.analysis import kept_events
from gctui.analysis.kept_events import KeptEvents
from gctui.events import AnyEvent, Event, Scav
from gctui.events.alike import Alike


def alike(line: int, count: int) -> Alike:
    text = b"".join(b"scav %d\n" % (line + place) for place in range(count))
    return Alike(Scav, range(line, line + count), 100 * line, text, rows)


def rows(text: bytes) -> list[tuple[bytes]]:
    return [(row[len(b"scav ") :],) for row in text.split(b"\n")[:-1]]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_events, "RECENT", 32)
    monkeypatch.setattr(kept_events, "_MOST_OLD", 64)


def lines(events: Sequence[AnyEvent]) -> list[int]:
    return [event.line for event in events if isinstance(event, Event)]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 10**9),
    st.lists(st.integers(1, 900), min_size=1, max_size=12),
    st.sampled_from([1, 2, 64, 1 << 20]),
)
def test_lines_alike_are_kept_as_single_ones(first: int, counts: list[int], stride: int) -> None:
    at_once, one_by_one = KeptEvents(stride), KeptEvents(stride)
    for count in counts:
        at_once.add(alike(first, count))
        for event in alike(first, count):
            one_by_one.add([event])
        first += count + 1
    found = at_once.all()
    assert found == one_by_one.all()
    assert at_once.stride == one_by_one.stride
    excerpt, other = at_once.excerpt(), one_by_one.excerpt()
    assert (excerpt.old, excerpt.aged) == (other.old, other.aged)
    assert [*chain(*excerpt.last())] == [*chain(*other.last())]
    assert len(found) <= 64 + 32 or at_once.stride == 1 << 20


def test_of_many_lines_some_are_kept_everywhere() -> None:
    kept = KeptEvents()
    for first in range(1, 200_001, 400):
        kept.add(alike(first, 400))
    found = lines(kept.all())
    assert found[-32:] == [*range(200_000 - 31, 200_001)]
    old = found[:-32]
    gaps = [behind - before for before, behind in zip([0, *old], [*old, 200_000], strict=True)]
    assert 32 <= len(old) <= 64
    assert max(gaps) < 2 * 200_000 / 32


@pytest.mark.parametrize("stride", [1 << exponent for exponent in range(1, 11)])
@pytest.mark.parametrize("turns", [2, 3, 5, 7, 10])
def test_spread_evenly_at_every_stride(
    stride: int, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where several sorts of lines take turns, of which a plain stride would miss some."""
    monkeypatch.setattr(kept_events, "_MOST_OLD", 1 << 20)
    kept, count = KeptEvents(stride), 500 * stride
    kept.add(alike(1, count))
    kept.add(alike(count + 1, 32))
    old = lines(kept.excerpt().old)
    gaps = [behind - before for before, behind in zip([0, *old], [*old, count], strict=True)]
    assert max(gaps) <= 2 * stride
    assert len(old) == pytest.approx(500, rel=0.05)
    by_turn = Counter(line % turns for line in old)
    assert len(by_turn) == turns
    assert max(by_turn.values()) < 1.5 * len(old) / turns
