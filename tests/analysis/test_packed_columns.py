"""What another process sends is what it had."""

from __future__ import annotations

import pickle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gctui.analysis.packed_columns import packed, unpacked

_WHOLE = st.integers(-(10**20), 10**20)
_COLUMNS = st.one_of(
    st.none(),
    st.floats(0, 1e9),
    st.lists(_WHOLE, max_size=9),
    st.lists(st.floats(allow_nan=False), max_size=9),
    st.lists(st.booleans(), max_size=9),
    st.builds(lambda value, count: [value] * count, st.integers(0, 9), st.integers(0, 9)),
    st.builds(
        lambda first, step: [*range(first, first + 9 * step, step)], _WHOLE, _WHOLE.filter(bool)
    ),
)


@given(_COLUMNS)
def test_a_column_comes_as_it_was(column: Any) -> None:
    found = unpacked(pickle.loads(pickle.dumps(packed(column))))
    assert found == column
    assert type(found) is type(column)
    if isinstance(column, list):
        assert [*map(type, found)] == [*map(type, column)]


def test_lines_and_what_never_changes_take_no_room() -> None:
    """Of a thousand lines, every other one a collection's, all on two Ps."""
    for column in ([*range(7, 2007, 2)], [2] * 1000, [0.0] * 1000):
        assert len(pickle.dumps(packed(column))) < 200
