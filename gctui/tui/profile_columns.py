"""The columns of the list of functions, and the line above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, clock
from gctui.tui.columns import Column, file_name, function_name
from gctui.tui.profile_figures import RESIDENT_TYPES, change, meaning, share, value

if TYPE_CHECKING:
    from gctui.analysis.profile_top import TopRow
    from gctui.tui.profile_reading import Reading

GREW = "▲"
_SORTED = "▼"
_LONGEST_TYPE = 40
_SURE_DEVIATIONS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One function and what its figures are to be held against."""

    row: TopRow
    reading: Reading
    rss_bytes: int | None

    @property
    def sorted_value(self) -> int:
        """The value by which the list is sorted."""
        return self.row.flat if self.reading.wanted.by == "flat" else self.row.cum

    @property
    def sorted_error(self) -> float | None:
        """One standard deviation of that value."""
        return self.row.flat_error if self.reading.wanted.by == "flat" else self.row.cum_error

    @property
    def has_grown(self) -> bool:
        """It holds more than it did, by more than sampling explains."""
        error = self.sorted_error or 0.0
        return self.reading.is_difference and self.sorted_value > _SURE_DEVIATIONS * error

    def text(self, amount: float) -> str:
        """Format a value in the unit of the profile."""
        write = change if self.reading.is_difference else value
        return write(amount, self.reading.kind.unit)

    def share(self, amount: int) -> str:
        """Format a share of the profile."""
        return share(amount, self.reading.whole)

    def error(self, error: float | None) -> str:
        """Format a standard deviation."""
        return UNKNOWN if error is None else value(error, self.reading.kind.unit)

    def share_of_rss(self, amount: int) -> str:
        """Format a share of RSS; nothing for what cannot be a part of it."""
        resident = resident_bytes(self.reading, self.rss_bytes)
        return share(amount, resident) if resident else ""


def resident_bytes(reading: Reading, rss_bytes: int | None) -> int | None:
    """Return the RSS where the values of a reading are a part of it."""
    is_part = reading.kind.name in RESIDENT_TYPES and not reading.is_difference
    return rss_bytes if is_part else None


def title(column: Column[Line], reading: Reading | None) -> str:
    """Return a column's title; that of the sorted one has a sign."""
    is_sorted = reading is not None and column.title == reading.wanted.by
    return f"{_SORTED} {column.title}" if is_sorted else column.title


@dataclass(frozen=True, slots=True)
class Headline:
    """The line above the list, from what matters most to what may be left out."""

    total: str
    about: str
    more: Sequence[str]


def headline(reading: Reading, rss_bytes: int | None) -> Headline:
    """Say what is listed, and what it comes to."""
    name = neutral(reading.kind.name, _LONGEST_TYPE)
    words = meaning(reading.kind.name)
    write = change if reading.is_difference else value
    total = f"{write(reading.total, reading.kind.unit)} {words}".rstrip()
    about = f" ({name})" if words else f" {name}"
    if reading.is_difference:
        about += f" since the mark{_ago(reading)}"
    resident = resident_bytes(reading, rss_bytes)
    if resident:
        about += f", {share(reading.total, resident)} of RSS"
    more = [f", {reading.stacks:,} stack{'' if reading.stacks == 1 else 's'}"]
    more.append("; flat is what a function holds itself, cum with its callees")
    if (reading.profile.sampling_bytes or 0) > 1:
        rate = value(reading.profile.sampling_bytes or 0, "bytes")
        more.append(f"; one sample per {rate}, ± is one standard deviation")
    return Headline(total, about, more)


def keys_now(reading: Reading, room_cells: int, *, may_change: bool) -> str:
    """Say what each key would do now, as many as fit."""
    other = "cum" if reading.wanted.by == "flat" else "flat"
    mark = "m ends the comparison" if reading.is_difference else "m sets a mark"
    texts = [f"t {neutral(reading.next_type, _LONGEST_TYPE)}", f"b by {other}"]
    if may_change:
        texts.append(mark)
    while texts and cell_len(" · ".join(texts)) > room_cells:
        texts.pop(0)
    return " · ".join(texts)


def fitted(texts: Sequence[str], room_cells: int) -> str:
    """Join as many of the first texts as fit."""
    shown = ""
    for text in texts:
        if cell_len(shown + text) > room_cells:
            break
        shown += text
    return shown


def _ago(reading: Reading) -> str:
    base = reading.wanted.base
    if base is None or base.time_ns is None or reading.profile.time_ns is None:
        return ""
    seconds = max(0.0, (reading.profile.time_ns - base.time_ns) / 1e9)
    return f", {seconds:.0f} s ago" if seconds < 59.5 else f", {clock(seconds)} ago"


def _grown(line: Line, _width: int) -> str:
    text = line.text(line.row.flat)
    return f"{GREW} {text}" if line.has_grown and line.reading.wanted.by == "flat" else text


def _grown_cum(line: Line, _width: int) -> str:
    text = line.text(line.row.cum)
    return f"{GREW} {text}" if line.has_grown and line.reading.wanted.by == "cum" else text


def _error(line: Line, _width: int) -> str:
    return line.error(line.sorted_error) if line.sorted_value else ""


OF_RSS: Column[Line] = Column("of RSS", 8, lambda line, _: line.share_of_rss(line.sorted_value), 2)
COLUMNS: tuple[Column[Line], ...] = (
    Column("flat", 12, _grown, 0),
    Column("flat %", 8, lambda line, _: line.share(line.row.flat), 1),
    Column("cum", 12, _grown_cum, 1),
    Column("cum %", 8, lambda line, _: line.share(line.row.cum), 4),
    Column("±", 9, _error, 3),
    OF_RSS,
    Column(
        "function",
        24,
        lambda line, width: function_name(neutral(line.row.function), width),
        0,
        share=0.7,
        most_cells=80,
    ),
    Column(
        "file",
        16,
        lambda line, width: file_name(neutral(line.row.file), width),
        5,
        share=0.3,
        most_cells=60,
    ),
)
