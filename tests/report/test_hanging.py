"""Rows of a summary: nothing lost, nothing broken that belongs together, the rest hangs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.report.hanging import hanging
from gctui.report.ruler import cells

MEMORY = "  memory   live 303 MiB · idle, kept ~269 MiB · stacks, globals 27 MiB"


@pytest.mark.parametrize(
    ("line", "width", "rows"),
    [
        (MEMORY, 80, [MEMORY]),
        (
            MEMORY,
            50,
            [
                "  memory   live 303 MiB · idle, kept ~269 MiB ·",
                " " * 11 + "stacks, globals 27 MiB",
            ],
        ),
        # A number and its unit stay together.
        (
            MEMORY,
            44,
            [
                "  memory   live 303 MiB · idle, kept",
                " " * 11 + "~269 MiB · stacks, globals 27 MiB",
            ],
        ),
        (
            "gctui: a.log: 3 collections; end of log",
            30,
            ["gctui: a.log: 3 collections;", "  end of log"],
        ),
        # Behind columns there is room for the text, or it hangs under the first of them.
        (
            "  live       24 MiB     10 MiB  as the mark found it",
            52,
            ["  live       24 MiB     10 MiB  as the mark found it"],
        ),
        (
            "  live       24 MiB     10 MiB  as the mark found it",
            44,
            ["  live       24 MiB     10 MiB  as the mark", " " * 24 + "found it"],
        ),
    ],
)
def test_rows(line: str, width: int, rows: list[str]) -> None:
    assert [*hanging(line, width)] == rows


@given(st.lists(st.text("ab1 ·µ日", min_size=1, max_size=12), max_size=30), st.integers(40, 120))
def test_every_word_is_there_and_rows_fit(words: list[str], width: int) -> None:
    line = "  label   " + " ".join(words)
    rows = [*hanging(line, width)]
    assert " ".join(rows).split() == line.split()
    assert all(cells(row) <= width for row in rows)
