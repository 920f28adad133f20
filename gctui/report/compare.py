"""Two sides of runs as text and as Markdown: a verdict, the figures, the courses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gctui.analysis.compare_verdict import footnotes, verdict_sentence
from gctui.analysis.difference import SMALLEST_PERCENT
from gctui.analysis.figure_limit import Gate
from gctui.analysis.neutral import neutral
from gctui.analysis.observations import Observation
from gctui.analysis.run_difference import Row, Run, Verdict
from gctui.analysis.units import UNKNOWN
from gctui.report.compare_charts import charts
from gctui.report.overlay import UNICODE, Glyphs
from gctui.report.paper import Paper
from gctui.report.ruler import cells

_LONGEST_NAME = 200
_MANY_TIMES_PERCENT = 1000
_MOST_TIMES = 9999
_INDENT = 1
_HEAD = 8
"""Columns of what is said of a limit."""
_CHANGE, _WITHIN = "change", "95 %"
_OPEN = "95 %: an open end (−9%…), or – for both, too few independent values tell."
_HEADS = ("base", "new", _CHANGE, _WITHIN, "p", "")
_ENDS_OF_FIT = {
    "growth.mb_per_min": ("growth.low_mb_per_min", "growth.high_mb_per_min"),
    "goroutines.growth_per_min": (
        "goroutines.growth_low_per_min",
        "goroutines.growth_high_per_min",
    ),
}
"""The figures that are fitted, and those that say between which values they are."""
_SAID = {
    Verdict.BETTER: "better",
    Verdict.WORSE: "worse",
    Verdict.DIFFERENT: "",
    Verdict.NOISE: "",
    Verdict.UNKNOWN: "?",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What there is to show."""

    base: Sequence[Run]
    new: Sequence[Run]
    rows: Sequence[Row]
    gates: Sequence[tuple[Gate, Row]] = ()
    """The limits, in the order in which they were asked for."""
    seen: Sequence[Observation] = ()

    @property
    def failed(self) -> list[tuple[Gate, Row]]:
        """The limits that the new side does not keep."""
        return [(gate, row) for gate, row in self.gates if gate.fails(row.difference)]

    @property
    def verdict(self) -> str:
        """What it comes to, in a few sentences."""
        return verdict_sentence(self.rows, self.seen)

    @property
    def footnotes(self) -> Iterator[str]:
        """What the figures' noise is of."""
        return footnotes(self.rows, len(self.base), len(self.new), is_seen=bool(self.seen))


def compare_lines(found: Comparison, paper: Paper, glyphs: Glyphs = UNICODE) -> Iterator[str]:
    """Yield the comparison as text."""
    for name, runs in (("base", found.base), ("new", found.new)):
        for run in runs:
            yield f"{name:<5} {_about(run)}"
    yield ""
    yield from paper.wrapped(found.verdict)
    for note in found.footnotes:
        yield from paper.wrapped(note)
    yield ""
    yield from _table(found.rows, paper)
    for said in _fitted(found):
        yield from paper.wrapped(said)
    for title, lines in charts(found.base[0], found.new[0], paper.width, glyphs):
        yield ""
        yield from (title, *lines)
    if found.gates:
        yield ""
    for head, said in _held(found):
        yield f"{head:<{_HEAD}}{said}"


def compare_markdown(found: Comparison, width: int, glyphs: Glyphs = UNICODE) -> Iterator[str]:
    """Yield the comparison as Markdown, for a comment of a pull request."""
    yield "### Memory and GC: base and new"
    yield ""
    yield escaped(found.verdict)
    yield ""
    for note in found.footnotes:
        yield escaped(note)
        yield ""
    for head, said in _held(found):
        told = escaped(f"{head} {said}")
        yield f"**{told}**" if head.isupper() else told
        yield ""
    yield "| figure | base | new | change | 95 % | p | |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for row in found.rows:
        yield f"| `{row.name}` | {' | '.join(_cells(row))} |"
    if any(map(_is_open, found.rows)):
        yield ""
        yield escaped(_OPEN)
    for said in _fitted(found):
        yield ""
        yield escaped(said)
    for title, lines in charts(found.base[0], found.new[0], width, glyphs):
        yield from ("", "```", title, *lines, "```")
    yield ""
    for name, runs in (("base", found.base), ("new", found.new)):
        for run in runs:
            yield f"- {name}: {escaped(_about(run))}"


def _held(found: Comparison) -> Iterator[tuple[str, str]]:
    """Yield of each limit whether the new side keeps it, and the figure on both sides."""
    for gate, row in found.gates:
        is_broken = gate.fails(row.difference)
        is_unknown = row.is_of_too_few and gate.is_passed(row.difference)
        head = "FAILED" if is_broken else "unknown" if is_unknown else "kept"
        was, now = (row.words.shown(x) for x in (row.difference.base, row.difference.new))
        why = _too_few(row) if is_unknown else _basis(found, row) if is_broken else ""
        yield head, f"{gate.written}: {was} → {now}{_moved(row)}{why}"


def is_untold(gate: Gate, row: Row) -> bool:
    """Tell whether a figure is beyond a limit, and too few collections tell if that is noise."""
    return row.is_of_too_few and gate.is_passed(row.difference)


def _moved(row: Row) -> str:
    """Say by how much, or that it is nothing."""
    change = _change(row)
    if row.verdict is not Verdict.NOISE:
        return change and f", {change}"
    is_noise = change == "~" and row.difference.change
    return f", no more than noise, p {p_shown(row.difference.p)}" if is_noise else ""


def _too_few(row: Row) -> str:
    return f", p {p_shown(row.difference.p)}: too few independent collections to tell"


def _basis(found: Comparison, row: Row) -> str:
    """Say what the noise is where no test tells it: the fit of each run may."""
    if row.difference.p is not None:
        return ""
    return f"; {_fits(found, row) or 'its noise is not known'}"


def _fits(found: Comparison, row: Row) -> str:
    """Say between which values a fitted figure is in both runs; empty of any other."""
    ends = _ENDS_OF_FIT.get(row.name)
    runs = [*found.base, *found.new]
    if ends is None or len(runs) > 2 or not all(end in run.figures for run in runs for end in ends):
        return ""
    was, now = ("…".join(row.words.shown(run.figures[end]) for end in ends) for run in runs)
    return f"the fit of each run is 95 % sure of {was} and {now}"


def _fitted(found: Comparison) -> Iterator[str]:
    """Yield what is known of the figures marked ? that are fitted."""
    for row in found.rows:
        said = _fits(found, row) if row.verdict is Verdict.UNKNOWN else ""
        if said:
            yield f"{row.name}: {said}; no test tells how it differs from run to run."


def _about(run: Run) -> str:
    return f"{neutral(run.label, _LONGEST_NAME)}{run.told and ': ' + neutral(run.told)}"


def _table(rows: Sequence[Row], paper: Paper) -> Iterator[str]:
    told = [_cells(row) for row in rows]
    names = max((_INDENT + cells(row.name) for row in rows), default=0)
    layout = _layout([_HEADS, *told], names, paper.width)
    yield paper.dim(layout.line("", _HEADS))
    for group, members in groupby(zip(rows, told, strict=True), lambda each: each[0].words.group):
        yield paper.bold(group.value)
        for row, row_cells in members:
            yield layout.line(" " * _INDENT + row.name, row_cells)
    if layout.widths[_HEADS.index(_WITHIN)] and any(map(_is_open, rows)):
        yield from paper.wrapped(_OPEN)


@dataclass(frozen=True, slots=True)
class _Layout:
    name: int
    widths: Sequence[int]
    """Of the columns; one of 0 is left out."""
    gap: int

    def line(self, name: str, parts: Sequence[str]) -> str:
        """Lay out one row; the last column, of words, is aligned to the left.

        A part that is too wide takes room of the next one, which is empty then.
        """
        padded, over = [], 0
        for part, width in zip(parts[:-1], self.widths, strict=False):
            if width:
                room = self.gap + width - over
                padded.append(" " * max(1, room - cells(part)) + part)
                over = cells(padded[-1]) - room
        return f"{name:<{self.name}}{''.join(padded)} {parts[-1]}".rstrip()


def _layout(table: Sequence[Sequence[str]], names: int, room: int) -> _Layout:
    """Lay out wide; where that is too wide, narrow; then without the intervals."""
    widths = [max(map(cells, column)) for column in zip(*table, strict=True)]
    change, within = _HEADS.index(_CHANGE), _HEADS.index(_WITHIN)
    # A change in a unit is wide: where no interval is beside it, it may stand in that column.
    beside = [max(cells(row[change]) for row in table if row[within] or " " not in row[change])]
    spanning = [*widths[:change], *beside, *widths[within:]]
    for gap, shown in ((2, spanning), (1, spanning)):
        if names + sum(shown) + gap * (len(shown) - 1) + 1 <= room:
            return _Layout(names, shown, gap)
    without = [0 if head == _WITHIN else width for head, width in zip(_HEADS, widths, strict=True)]
    return _Layout(names, without, 1)


def _cells(row: Row) -> tuple[str, ...]:
    found = row.difference
    change = _change(row)
    return (
        row.words.shown(found.base),
        row.words.shown(found.new),
        change.removesuffix("/min"),
        _within(row),
        p_shown(found.p),
        _SAID[row.verdict] if found.change is not None else "",
    )


def _change(row: Row) -> str:
    found = row.difference
    if row.verdict is Verdict.NOISE:
        return "~" if found.p is not None and not row.is_still else "="
    if row.words.is_slope and found.change is not None:
        return _signed(row, found.change)
    if found.change_percent is not None:
        return signed_percent(found.change_percent)
    # From nought no share is known.
    return ""


def _signed(row: Row, change: float) -> str:
    """Format a change in the figure's own unit: `+39 MiB/min`."""
    return f"{'−' if change < 0 else '+'}{row.words.shown(abs(change))}"


def signed_percent(percent: float) -> str:
    """Format a change: `+12%`, `−0.4%`, `×31` of what became many times as much."""
    sign, share = ("−" if percent < 0 else "+"), abs(percent)
    if share < SMALLEST_PERCENT:
        return "0%"
    if percent >= _MANY_TIMES_PERCENT:
        times = 1 + percent / 100
        return f"×{times:.0f}" if times < _MOST_TIMES else f"×{_MOST_TIMES:.0f}+"
    return f"{sign}{share:.1f}%" if share < 10 else f"{sign}{share:.0f}%"


def _within(row: Row) -> str:
    found = row.difference
    low, high = found.within.low, found.within.high
    if low is None and high is None:
        return "" if found.p is None else UNKNOWN
    return "…".join("" if each is None else _end(row, each) for each in (low, high))


def _end(row: Row, percent: float) -> str:
    if row.words.is_slope and row.difference.base:
        return _signed(row, percent / 100 * abs(row.difference.base))
    return signed_percent(percent)


def _is_open(row: Row) -> bool:
    """Tell whether an end is not known though a test was made."""
    found = row.difference
    return found.p is not None and None in (found.within.low, found.within.high)


def p_shown(p: float | None) -> str:
    """Format a probability."""
    if p is None:
        return UNKNOWN
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~!@" else char for char in text)
