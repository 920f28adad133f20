"""Which part of a log counts is said as it was asked for."""

from datetime import UTC, datetime, time

import pytest

from gctui.session.span import EVERYTHING, Span


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (EVERYTHING, ""),
        (Span(from_s=0.0), "from 0 s"),
        (Span(from_s=10.0, to_s=90.5), "from 10 s to 90.5 s"),
        (Span(to_clock=time(23, 59, 59)), "to 23:59:59"),
        (Span(from_wall=datetime(2026, 1, 31, tzinfo=UTC)), "from 2026-01-31T00:00:00+00:00"),
    ],
)
def test_words(span: Span, words: str) -> None:
    assert span.words == words
