"""The ruler under a line: every field under its letter, whatever the width and the characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gctui.analysis.neutral import neutral
from gctui.report.paper import Paper
from gctui.report.ruler import Marked, cells, ruled

TEXTS = st.text(st.sampled_from("ab 0+/>-字é\u0301"), max_size=40).map(neutral)
PARTS = st.lists(st.tuples(TEXTS, st.booleans()), max_size=12).map(
    lambda parts: [Marked(text, "x" if is_field else "") for text, is_field in parts]
)


@given(PARTS, st.integers(20, 90))
def test_nothing_is_lost_and_nothing_is_wider_than_it_may(parts: list[Marked], width: int) -> None:
    rows = [*ruled(parts, width)]
    assert all(cells(row.text) <= width and cells(row.ruler) <= width for row in rows)
    whole = "".join(part.text for part in parts).replace(" ", "")
    assert "".join(row.text for row in rows).replace(" ", "") == whole


def test_letters_stand_under_their_fields_across_rows() -> None:
    parts = [Marked("gc "), Marked("字字", "a"), Marked(" MB, "), Marked("1234", "b"), Marked(" P")]
    rows = [*ruled(parts, 12)]
    assert [(row.text, row.ruler) for row in rows] == [
        ("gc 字字 MB,", "   a~~~"),
        ("1234 P", "b~~~"),
    ]


def test_a_field_beyond_the_width_goes_on_in_the_next_row() -> None:
    rows = [*ruled([Marked("n="), Marked("x" * 25, "a")], 20)]
    assert [row.ruler for row in rows] == ["", "a" + "~" * 19, "~~~~~"]


def test_a_very_long_field_is_cut() -> None:
    rows = [*ruled([Marked("9 " * 2000, "a")], 80)]
    assert len(rows) == 2
    assert rows[-1].text.endswith("…")


def test_colour_is_left_out_where_it_is_not_wanted() -> None:
    assert Paper(80).bold("a") == "a"
    assert Paper(80, styled=True).bold("a") == "\x1b[1ma\x1b[0m"


@given(st.text(max_size=300).map(neutral), st.integers(0, 200), st.integers(0, 12))
def test_prose_keeps_its_words(text: str, width: int, indent: int) -> None:
    assert " ".join(" ".join(Paper(width).wrapped(text, indent)).split()) == " ".join(text.split())
