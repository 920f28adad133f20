"""The columns of the list of goroutines, and what is said of one site."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gctui.analysis.goroutines import Site
from gctui.analysis.neutral import neutral
from gctui.tui.columns import cell, fitting
from gctui.tui.goroutine_columns import (
    COLUMNS,
    function,
    states,
    waited,
    where,
)
from gctui.tui.goroutine_detail import advice

SIZE = (120, 40)
LEAK = "pool.(*worker).run"


def named(function: str) -> Site:
    return Site("main.main", "/a/b.go:7", function, "/a/c.go:9", 1, 0, (), 0, None)


@given(st.integers(1, 250))
def test_columns_fit_and_the_count_is_always_there(width: int) -> None:
    fitted = fitting(COLUMNS, width)
    assert fitted[0][0].title == "count"
    heading = "".join(cell(column, column.title, cells) for column, cells in fitted)
    assert len(heading) <= max(width, COLUMNS[0].least_cells)


@given(
    st.text("ab/:日é", max_size=60), st.text("ab/.[日", max_size=60), st.text(), st.integers(1, 250)
)
def test_cells_keep_their_width(place: str, name: str, doing: str, width: int) -> None:
    does = ((doing, 7), ("running", 5))
    site = Site(name, place, name, place, 12, 3, does, 1 << 30, 3.0)
    for column, cells in fitting(COLUMNS, width):
        text = cell(column, column.text(site, cells), cells)
        assert cell_len(text) == cell_len(cell(column, "", cells))


def test_places_keep_their_ends() -> None:
    place = "/home/dev/server/internal/pool/pool.go:123"
    assert where(place, 60) == place
    assert where(place, 30) == "pool/pool.go:123"
    assert where(place, 12) == "pool.go:123"
    assert where(place, 8) == "….go:123"
    assert where("", 8) == "–"


def test_names_keep_their_ends() -> None:
    site = named("github.com/example/server/internal/pool.(*worker).run")
    assert function(site, 60) == site.function
    assert function(site, 30) == "pool.(*worker).run"
    assert function(site, 12) == "pool.(*work…"
    generic = "github.com/example/pool.Map[github.com/example/job.Job]"
    assert function(named(generic), 50) == "pool.Map[github.com/example/job.Job]"
    assert function(named(""), 20) == "–"


@pytest.mark.parametrize(
    ("width", "missing"),
    [
        (118, []),
        (110, ["stacks"]),
        (100, ["stacks", "max wait"]),
        (78, ["stacks", "max wait", "created by"]),
        (60, ["stacks", "max wait", "created by", "at"]),
    ],
)
def test_which_columns_go_first(width: int, missing: list[str]) -> None:
    titles = [column.title for column, _ in fitting(COLUMNS, width)]
    assert titles == [column.title for column in COLUMNS if column.title not in missing]


def test_a_number_is_never_cut() -> None:
    pairs = [("chan receive", 4990), ("select", 50)]
    assert states(pairs, 40) == "chan receive 4,990, select 50"
    assert states(pairs, 25) == "chan receive 4,990, …"
    assert states(pairs, 20) == "chan receive …"
    assert states(pairs, 6) == "chan…"


def test_times_waited() -> None:
    times_s = (None, 0, 59.9, 99.9, 779, 7200, 200_000)
    assert [*map(waited, times_s)] == ["–", "0 s", "59 s", "99 s", "12 min", "2 h", "2 d"]


@pytest.mark.parametrize(
    ("count", "growth", "said"),
    [
        (5, 2, "Grew by 2 since then: a goroutine leak, if it never shrinks; look at what should"),
        (5, -2, "2 fewer since then: they do end."),
        (5, 0, "no sign of a leak"),
        (0, -3, "None is left here; their go statement has fewer than before since then"),
    ],
)
def test_advice(count: int, growth: int, said: str) -> None:
    site = replace(named("main.f"), count=count, growth=growth, watched_s=60.0)
    text = advice(site, "since then")
    assert said in text
    assert ("at /a/c.go:9" in text) == (growth > 0)
    elsewhere = advice(replace(site, line=""), "since then")
    assert ("those created at /a/b.go:7" in elsewhere) == (growth > 0)
    assert neutral(text) == text


@pytest.mark.parametrize("watched_s", [None, 0.0, 12.0])
def test_a_watch_that_has_only_begun_reassures_nobody(watched_s: float | None) -> None:
    site = replace(named("main.f"), count=23_560, longest_wait_s=310.0, watched_s=watched_s)
    said = advice(site, "since the watch began, 0 s ago")
    assert said == (
        "Growth counts only since the watch began, 0 s ago, too soon to tell: 23,560 are there, "
        "the longest has waited 5 min. Look at what should wake or end those at /a/c.go:9."
    )
    alone = advice(replace(site, count=1), "since then")
    assert alone.endswith("too soon to tell: 1 is there, it has waited 5 min.")


def test_many_that_wait_for_long_are_no_good_sign_even_if_none_is_new() -> None:
    site = replace(named("main.f"), count=900, growth=0, longest_wait_s=90.0, watched_s=600.0)
    said = advice(site, "since then")
    assert said == (
        "As many as since then: they do not grow; 900 are there, the longest has waited 90 s."
    )
