"""Goroutines as text: how many wait for what, and where, by the go statement that made them."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.goroutines import Site, sites, states
from gctui.analysis.neutral import neutral
from gctui.analysis.run_figures import RunFigures
from gctui.analysis.units import clock
from gctui.model.counters import Census
from gctui.report.report_parts import Table

SITES_SHOWN = 12
_STATES_SHOWN = 6
_LONGEST_NAME, _LONGEST_TABLE_NAME = 120, 50
_WAIT_TOLD_S = 60.0


def goroutine_lines(
    census: Census, first: Census | None, *, most_sites: int = SITES_SHOWN, only_grown: bool = False
) -> Iterator[str]:
    """Yield the totals and the most grown, or most numerous, sites; `first` is from before."""
    since = _since(census, first)
    yield f"  goroutines  {census.goroutines:,}: {_totals(census)}"
    found = [site for site in sites(census, since) if not only_grown or (site.growth or 0) > 0]
    over_s = next((site.watched_s for site in found if site.watched_s is not None), None)
    if over_s is not None:
        yield f"     count   growth  in   (growth in {clock(over_s)})"
    elif found:
        yield "     count  in"
    for site in found[:most_sites]:
        yield _site_line(site, has_growth=over_s is not None)
    if len(found) > most_sites:
        yield f"     {len(found) - most_sites} more places"


def goroutine_table(run: RunFigures) -> Table:
    """Return the most grown, or most numerous, sites at the end of a run, as a table."""
    counters = run.snapshot.counters
    if counters is None or counters.census is None:
        return Table("Goroutines", (), ())
    found = run_sites(run)
    over_s = next((site.watched_s for site in found if site.watched_s is not None), None)
    notes = [f"{counters.census.goroutines:,} in all: {_totals(counters.census)}."]
    if over_s is not None:
        notes.append(f"Growth is since the first look, {clock(over_s)} before.")
    if len(found) > SITES_SHOWN:
        notes.append(f"And {len(found) - SITES_SHOWN} more places.")
    rows = tuple(map(_table_row, found[:SITES_SHOWN]))
    head = ("in", "count", "growth", "where, and what they do")
    title = "Goroutines, at the end"
    return Table(title, head, rows, " ".join(notes), words=frozenset({3}))


def run_sites(run: RunFigures) -> list[Site]:
    """Return the sites of a run's last census, compared with its first; none without one."""
    counters = run.snapshot.counters
    if counters is None or counters.census is None:
        return []
    return sites(counters.census, _since(counters.census, counters.first_census))


def _since(census: Census, first: Census | None) -> Census | None:
    return first if first is not None and first.time_s < census.time_s else None


def _table_row(site: Site) -> tuple[str, str, str, str]:
    name = neutral(site.function or site.created_by, _LONGEST_TABLE_NAME)
    place = neutral(site.line or site.place, _LONGEST_NAME)
    doing = _doing(site) if not site.count or site.states else ""
    at = ": ".join(filter(None, (place, doing)))
    growth = f"{site.growth:+,}" if site.growth else ""
    return name, f"{site.count:,}", growth, f"{at}{_created(site)}".removeprefix("; ")


def _totals(census: Census) -> str:
    all_states = states(census)
    if not all_states:
        return "by the program's own pages, which tell neither states nor go statements"
    shown = ", ".join(f"{neutral(name)} {count:,}" for name, count in all_states[:_STATES_SHOWN])
    more = len(all_states) - _STATES_SHOWN
    return shown + (f", {more} more" if more > 0 else "")


def _site_line(site: Site, *, has_growth: bool) -> str:
    growth = f" {f'{site.growth:+,}' if site.growth else '':>8}" if has_growth else ""
    name = neutral(site.function or site.created_by, _LONGEST_NAME)
    place = neutral(site.line or site.place, _LONGEST_NAME)
    at = f" at {place}" if place else ""
    doing = f": {_doing(site)}" if not site.count or site.states else ""
    return f"  {site.count:>8,}{growth}  {name}{at}{doing}{_created(site)}"


def _doing(site: Site) -> str:
    if not site.count:
        return "ended"
    waits = ", ".join(f"{neutral(name)} {count:,}" for name, count in site.states[:3])
    longest_s = site.longest_wait_s
    if longest_s is None or longest_s < _WAIT_TOLD_S:
        return waits
    return f"{waits} (the longest for {clock(longest_s)})"


def _created(site: Site) -> str:
    told = bool(site.function and site.place)
    if not told or (site.function, site.line) == (site.created_by, site.place):
        return ""
    name, place = neutral(site.created_by, _LONGEST_NAME), neutral(site.place, _LONGEST_NAME)
    return f"; created by {name} at {place}"
