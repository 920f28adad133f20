"""Sets of Go versions: as they are written, cut and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.events.versions import EVERY, Versions, versions


@pytest.mark.parametrize(
    "text",
    [
        "1.18 – 1.27",
        "1.14, 1.19 – 1.20",
        "1.5beta1 – 1.5beta2",
        "1.13 – 1.14beta",
        "1.5",
        "r60",
        "r60, 1.0 – 1.1",
        "1.4dev",
        "1.27.3",
    ],
)
def test_a_set_is_shown_as_it_is_written(text: str) -> None:
    assert str(versions(text)) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.19 –", "1.19 and later"),
        ("1.5dev (April 2015)", "1.5dev"),
        ("r60 (before Go 1)", "r60"),
        ("go1.27.3 X:nogreenteagc", "1.27.3"),
        ("1.18 - 1.20", "1.18 – 1.20"),
    ],
)
def test_other_ways_to_write_one(text: str, shown: str) -> None:
    assert str(versions(text)) == shown


@pytest.mark.parametrize("text", ["", "devel", "one", "1.x – 1.9"])
def test_what_cannot_be_read_excludes_nothing(text: str) -> None:
    assert versions(text) == EVERY


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("1.6 – 1.17", "1.9 –", "1.9 – 1.17"),
        ("1.14, 1.19 – 1.20", "1.18 – 1.27", "1.19 – 1.20"),
        ("1.5", "1.5beta1 – 1.5beta2", ""),
        ("1.13 – 1.14beta", "1.14 –", ""),
        ("1.18 – 1.27", "1.27.3", "1.27.3"),
    ],
)
def test_what_is_in_both(one: str, other: str, both: str) -> None:
    assert str(versions(one) & versions(other)) == both
    assert bool(versions(one) & versions(other)) == bool(both)


def test_a_version_may_take_its_prereleases_with_it() -> None:
    widened = versions("1.5 – 1.8").with_prereleases()
    assert versions("1.5beta1 – 1.5beta2") <= widened
    assert not versions("1.4") & widened
    assert str(widened) == "1.5 – 1.8"


MINORS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@given(MINORS, MINORS)
def test_sets_are_sets(one: list[int], other: list[int]) -> None:
    first, second = (versions(f"1.{low} – 1.{high}") for low, high in (one, other))
    common: Versions = first & second
    inside = {*range(one[0], one[1] + 1)} & {*range(other[0], other[1] + 1)}
    assert common == second & first
    assert all(bool(versions(f"1.{each}") & common) == (each in inside) for each in range(41))
