"""Rotated logs, as the tools name them and as a shell lists them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.sources.rotation import in_order

SETS = [
    ["app.log.10.gz", "app.log.2.gz", "app.log.1", "app.log"],
    ["d/app.log.2.zst", "d/app.log.1", "d/app.log"],
    ["app.log-20251231.gz", "app.log-20260101.gz", "app.log-20260102", "app.log"],
    ["app.log-2026-01-01-09", "app.log-2026-01-02-08", "app.log"],
    ["0.log.20260131-235959.gz", "0.log.20260201-000001", "0.log"],
    ["app-2026-01-31T23-59-59.000.log.gz", "app-2026-02-01T00-00-01.500.log", "app.log"],
    ["messages-20260101", "messages"],
]


@pytest.mark.parametrize("written", SETS, ids=lambda names: names[-1])
@settings(deadline=None)
@given(data=st.data())
def test_a_set_is_read_from_its_oldest(written: list[str], data: st.DataObject) -> None:
    assert in_order(data.draw(st.permutations(written))) == written


def test_what_is_no_set_stays_where_it_is() -> None:
    names = ["b.log", "a.log", "-", "go1.4.3.log", "go1.27.3.log", "x/app.log.1", "y/app.log", ""]
    assert in_order(names) == names
    numbered = ["run.1", "run.2", "run.3"]
    assert in_order(numbered) == numbered


def test_a_set_stands_where_its_first_stood() -> None:
    names = ["z.log", "app.log", "m.log", "app.log.1", "app.log.2.gz"]
    assert in_order(names) == ["z.log", "app.log.2.gz", "app.log.1", "app.log", "m.log"]


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), max_size=6))
def test_no_name_is_lost_or_made_up(names: list[str]) -> None:
    assert sorted(in_order(names)) == sorted(names)
