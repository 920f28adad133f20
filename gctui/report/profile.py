"""Profiles as text: the largest functions, one between its callers and callees, its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gctui.analysis.neutral import neutral
from gctui.analysis.profile_list import Listing, list_source
from gctui.analysis.profile_nodes import magnitude, type_index
from gctui.analysis.profile_peek import PeekEntry, peek
from gctui.analysis.profile_top import SMALL_SHARE, By, TopRow, least_cum, top
from gctui.analysis.units import UNKNOWN, duration_ms, percent, size
from gctui.model.profile import Profile

_LONGEST_NAME = 120
_LONGEST_SOURCE = 200
_RESIDENT_TYPES = {"inuse_space", "space"}
"""Only what is in use can be a part of RSS."""


@dataclass(frozen=True, slots=True)
class TopOptions:
    """How the table of functions is shown."""

    count: int = 20
    by: By = "flat"
    all_of_them: bool = False
    """Those that hold next to nothing, too."""
    rss_bytes: int | None = None
    """What shares of RSS are of; None leaves them out."""
    width_cells: int | None = None
    """The terminal's; None for a file, which takes rows of any length."""
    names_options: bool = True
    """Say which option of `gctui profile` shows what is left out."""


def profile_lines(
    profile: Profile, *, type_name: str | None = None, options: TopOptions | None = None
) -> Iterator[str]:
    """Yield the largest functions as a table; raises GctuiError for an unknown type."""
    shown, how = _shown(profile, type_name), options or TopOptions()
    rows = top(profile, shown.index, how.by)
    least = 0 if how.all_of_them else least_cum(rows)
    large = [row for row in rows if abs(row.cum) >= least]
    yield _headline(profile, shown)
    yield from _table(rows, large, shown, how)
    if len(large) > how.count:
        more = f"{len(large) - how.count} more functions"
        yield f"{more}: --top N shows N" if how.names_options else more
    if small := len(rows) - len(large):
        holds = "holds" if small == 1 else "hold"
        share = f"{100 * SMALL_SHARE}% (cum below {shown.value(least)})"
        left_out = f"{small} left out that {holds} less than {share}"
        yield f"{left_out}: --all shows them" if how.names_options else left_out


def _table(
    rows: Sequence[TopRow], large: Sequence[TopRow], shown: _Shown, how: TopOptions
) -> Iterator[str]:
    resident = how.rss_bytes if shown.name in _RESIDENT_TYPES else None
    is_sampled = any(row.cum_error is not None for row in rows)
    yield (
        f"{'flat':>10} {'flat %':>7} {'sum %':>7} {'cum':>10} {'cum %':>7}"
        + (f" {'±':>10}" if is_sampled else "")
        + (f" {'of RSS':>7}" if resident else "")
        + "  function"
    )
    sum_flat = 0
    for row in large[: how.count]:
        sum_flat += row.flat
        figures = (
            f"{shown.value(row.flat):>10} {shown.share(row.flat):>7} {shown.share(sum_flat):>7}"
            f" {shown.value(row.cum):>10} {shown.share(row.cum):>7}"
            + (f" {shown.error(_error(row, how.by)):>10}" if is_sampled else "")
            + (f" {_share(_sorted_by(row, how.by), resident):>7}" if resident else "")
            + f"  {_name(row.function)}"
        )
        yield figures + _file(row.file, figures, how.width_cells)


def _file(path: str, before: str, width_cells: int | None) -> str:
    """Return a file's path, as much of its end as fits behind `before`."""
    name = _name(path)
    room = None if width_cells is None else width_cells - len(before) - 2
    if not name or room is None or len(name) <= room:
        return f"  {name}" if name else ""
    at = name.find("/", max(0, len(name) - room + 1))
    if at < 0:
        at = name.rfind("/")
    end = f"…{name[at:]}"
    return f"  {end}" if len(end) <= room else ""


def peek_lines(profile: Profile, *, type_name: str | None, pattern: str) -> Iterator[str]:
    """Yield each function that `pattern` is found in, between its callers and callees.

    Raises GctuiError for an unknown type and for a bad pattern.
    """
    shown = _shown(profile, type_name)
    entries = peek(profile, shown.index, pattern)
    yield _headline(profile, shown)
    if not entries:
        yield _nothing_matches(pattern)
    for entry in entries:
        yield ""
        yield from _peek_entry_lines(entry, shown)


def listing_lines(
    profile: Profile,
    *,
    type_name: str | None,
    pattern: str,
    read_source: Callable[[str], list[str] | None],
) -> Iterator[str]:
    """Yield the source of each function that `pattern` is found in, with each line's values.

    Without the source, only the lines that have values, by number. Raises GctuiError for an unknown
    type and for a bad pattern.
    """
    shown = _shown(profile, type_name)
    listings = list_source(profile, shown.index, pattern, read_source)
    yield _headline(profile, shown)
    if not listings:
        yield _nothing_matches(pattern)
    for listing in listings:
        yield ""
        yield from _one_listing(listing, shown)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The sample type that is shown, and how its values read."""

    index: int
    name: str
    unit: str
    whole: int

    def value(self, value: float) -> str:
        if value < 0:
            return f"-{self.value(-value)}"
        if self.unit == "bytes":
            return bytes_shown(value)
        if self.unit == "nanoseconds":
            return duration_ms(value / 1e6)
        return f"{value:.0f}"

    def share(self, value: int) -> str:
        return _share(value, self.whole)

    def error(self, error: float | None) -> str:
        return UNKNOWN if error is None else self.value(error)


def _shown(profile: Profile, type_name: str | None) -> _Shown:
    index = type_index(profile, type_name)
    kind = profile.sample_types[index]
    return _Shown(index, kind.name, kind.unit, magnitude(profile, index))


def _headline(profile: Profile, shown: _Shown) -> str:
    source = f"{_name(profile.source)}: " if profile.source else ""
    stacks = len({each.stack for each in profile.samples if each.values[shown.index]})
    rate = profile.sampling_bytes
    sampled = ""
    if rate is not None and rate > 1:
        sampled = f"; one sample in {bytes_shown(rate)} on average, ± is one standard deviation"
    total = shown.value(profile.total(shown.index))
    of_stacks = "1 stack" if stacks == 1 else f"{stacks} stacks"
    return f"{source}{_name(shown.name)} {total} in {of_stacks}{sampled}"


def _peek_entry_lines(entry: PeekEntry, shown: _Shown) -> Iterator[str]:
    for name, value in entry.callers:
        yield f"{shown.value(value):>12} {_share(value, entry.cum):>6}   called by {_name(name)}"
    yield (
        f"{_name(entry.function)}: flat {shown.value(entry.flat)} ({shown.share(entry.flat)}), "
        f"cum {shown.value(entry.cum)} ({shown.share(entry.cum)})"
    )
    for name, value in entry.callees:
        yield f"{shown.value(value):>12} {_share(value, entry.cum):>6}   calls {_name(name)}"


def _one_listing(listing: Listing, shown: _Shown) -> Iterator[str]:
    yield (
        f"{_name(listing.function)} in {_name(listing.file) or 'no known file'}: "
        f"flat {shown.value(listing.flat)}, cum {shown.value(listing.cum)} "
        f"({shown.share(listing.cum)})"
    )
    yield f"{'flat':>10} {'cum':>10} {'line':>7}"
    for line in listing.lines:
        flat = shown.value(line.flat) if line.flat else "."
        cum = shown.value(line.cum) if line.cum else "."
        text = "" if line.text is None else neutral(line.text, _LONGEST_SOURCE)
        yield f"{flat:>10} {cum:>10} {line.number:>7}  {text}".rstrip()


def _nothing_matches(pattern: str) -> str:
    return f"no function of this profile matches {_name(pattern)!r}"


def _sorted_by(row: TopRow, by: By) -> int:
    return row.flat if by == "flat" else row.cum


def _error(row: TopRow, by: By) -> float | None:
    return row.flat_error if by == "flat" else row.cum_error


def _share(value: int, whole: int) -> str:
    share = 100 * value / whole if whole else None
    return f"-{percent(-share)}" if share is not None and share < 0 else percent(share)


def bytes_shown(size_bytes: float) -> str:
    """Format a size that may be a few bytes."""
    if size_bytes >= 1 << 20:
        return size(size_bytes / (1 << 20))
    if size_bytes < 1 << 10:
        return f"{size_bytes:.0f} B"
    kib = size_bytes / (1 << 10)
    return f"{kib:.0f} KiB" if kib >= 10 or kib == int(kib) else f"{kib:.1f} KiB"


def _name(name: str) -> str:
    return neutral(name, _LONGEST_NAME)
