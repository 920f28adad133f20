"""A line that is nearly a trace line: where it stops being one, and what it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from gctui.analysis.neutral import neutral
from gctui.events import Unparsed
from gctui.events.versions import versions
from gctui.grammar.describe import outline, sample_line
from gctui.grammar.field_notes import unit_notes
from gctui.grammar.forms import Form, all_forms
from gctui.grammar.pattern import opening_source, reach
from gctui.report.paper import Paper
from gctui.report.ruler import Marked, ruled

_TRIED_OPENINGS = 8


def near_miss(event: Unparsed, paper: Paper) -> Iterator[str]:
    """Yield a line that is nearly a trace line, where it stops being one, and what it may be."""
    stop = event.column - 1
    head, rest = (
        neutral(part.decode("utf-8", "surrogateescape"))
        for part in (event.raw[:stop], event.raw[stop:])
    )
    parts = [Marked(head), Marked(rest[:1] or " ", "^"), Marked(rest[1:])]
    expected = neutral(event.expected)
    said = f"column {event.column}: expected {expected}"
    for row in ruled(parts, paper.width):
        yield row.text
        if row.ruler:
            fits = len(row.ruler) + 1 + len(said) <= paper.width
            yield paper.accent(row.ruler) + (f" {said}" if fits else f"\n{said}")
    if unit := unit_notes().get(expected.rpartition("(")[2].rstrip(")")):
        yield from paper.wrapped(unit, 2)
    form = _nearest(event.raw)
    if form is not None:
        yield ""
        yield from paper.wrapped(f"Nearest: {form.name}, Go {form.versions}. {form.remark}")
        yield from paper.verbatim(sample_line(form) or outline(form), 2)


def _nearest(raw: bytes) -> Form | None:
    """Return the form that matches the line furthest; of several the newest, of most versions."""
    best: tuple[tuple[object, ...], Form] | None = None
    for form in all_forms():
        low, high = versions(form.versions).bounds
        openings = re.compile(opening_source(form).encode()).finditer(raw)
        for opening in islice(openings, _TRIED_OPENINGS):
            end = reach(form, raw, opening.start()).end
            rank = end, high, tuple(-each for each in low)
            if best is None or rank > best[0]:
                best = rank, form
    return None if best is None else best[1]
