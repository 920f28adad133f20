"""Advice as text: notes with what they rest on, and the what-if table."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from gctui.analysis.advice import advice
from gctui.analysis.neutral import neutral
from gctui.analysis.note import Topic
from gctui.analysis.units import percent, rate, size
from gctui.analysis.what_if import Prediction, WhatIf
from gctui.model.feed import Frame

WIDTH_CELLS = 100
"""Longer rows of prose are hard to read."""
_TOPIC_WIDTH = 1 + max(map(len, Topic))
_LONGEST = 600


def advice_lines(frame: Frame, *, full: bool, width_cells: int = WIDTH_CELLS) -> Iterator[str]:
    """Yield every note and the predictions; not `full`, only what needs someone's attention."""
    found = advice(frame)
    for note in found.notes:
        if full or note.is_alarming:
            said = f"{'! ' if note.is_alarming else ''}{note.said}"
            yield from _paragraph(note.topic, said, width_cells)
            if full and note.basis:
                yield from _paragraph("", f"({note.basis.removesuffix('.')})", width_cells)
    if full and found.what_if is not None:
        yield from what_if_lines(found.what_if, width_cells)


def what_if_lines(found: WhatIf, width_cells: int = WIDTH_CELLS) -> Iterator[str]:
    """Yield the predictions as a table, and what is assumed."""
    named = max(len(each.setting) for each in found.predictions) + len(" (now)")
    has_total = any(each.total_mib is not None for each in found.predictions)
    total = f" {'Go maps':>9}" if has_total else ""
    yield f"  {'what if':<{named}} {'at GC end':>9}{total} {'GC CPU':>7} {'between':>12} {'GCs':>8}"
    for each in found.predictions:
        yield _row(each, named, has_total=has_total).rstrip()
    yield from _paragraph("", found.assumptions, width_cells)


def _row(each: Prediction, named: int, *, has_total: bool) -> str:
    name = f"{each.setting} (now)" if each.is_now else each.setting
    total = f" {size(_whole(each.total_mib)):>9}" if has_total else ""
    low, high = each.gc_cpu_low_percent, each.gc_cpu_high_percent
    either = "" if low is None or high is None else f"{percent(low)}–{percent(high)}"
    return (
        f"  {name:<{named}} {size(_whole(each.heap_mib)):>9}{total} "
        f"{percent(each.gc_cpu_percent):>7} {either:>12} {rate(each.gc_per_s):>8}  {each.remark}"
    )


def _whole(mib: float | None) -> float | None:
    return None if mib is None else round(mib)


def _paragraph(topic: str, text: str, width_cells: int) -> Iterator[str]:
    lines = wrap(neutral(text, _LONGEST), width_cells - _TOPIC_WIDTH - 2) or [""]
    for number, line in enumerate(lines):
        yield f"  {topic if not number else '':<{_TOPIC_WIDTH}}{line}"
