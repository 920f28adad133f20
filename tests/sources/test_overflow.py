from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.sources.overflow import OverflowFile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")


@given(st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=60))
def test_it_is_a_queue_that_stays_below_its_limit_however_often_it_goes_round(
    steps: list[int | None],
) -> None:
    file = OverflowFile(limit_bytes=100)
    queued: deque[bytes] = deque()
    for number, length in enumerate(steps):
        if length is None:
            if queued:
                assert file.take() == queued.popleft()
        else:
            record = bytes([number]) * length
            room = sum(len(each) + 4 for each in queued) + length + 4 <= 100
            assert file.append(record) is room
            if room:
                queued.append(record)
        assert file.empty is not bool(queued)
    while queued:
        assert file.take() == queued.popleft()
    assert file.empty


def test_a_folder_that_cannot_be_written_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    file = OverflowFile(limit_bytes=100)
    assert not file.append(b"x")
    assert file.empty
    monkeypatch.setattr("tempfile.tempdir", None)
    assert file.append(b"y")
    assert file.take() == b"y"


def test_what_is_dropped_with_records_in_it_closes_its_file() -> None:
    file = OverflowFile(limit_bytes=100)
    assert file.append(b"never taken")
    # The fixture looks for the descriptor, and a warning about it would be an error.
    del file
