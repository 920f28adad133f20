"""One sentence on where the memory is: the biggest part that the live heap does not explain."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.capacity import grown_objects
from gctui.analysis.figures import gc_cpu_share_percent
from gctui.analysis.gogc import binding, is_in_spiral
from gctui.analysis.goroutines import sites
from gctui.analysis.growth import Verdict, live_growth
from gctui.analysis.neutral import neutral
from gctui.analysis.quiet import outdated_live
from gctui.analysis.reasons import normal, reason
from gctui.analysis.units import percent, size
from gctui.model.counter_parts import untold
from gctui.model.parts import Ledger, PartName
from gctui.model.snapshot import Snapshot

_SMALL_SHARE = 0.1
_LITTLE_ROOM_PERCENT = 25
_SMALL_MIB = 4
_GROWTH_SEEN_S = 20.0
_GROWTH_COUNT = 100
_GROWTH_SHARE = 0.2
_LONGEST_PLACE = 60
_UNTOUCHED_MIB = 64


@dataclass(frozen=True, slots=True)
class Headline:
    """What a stranger should read first."""

    said: str
    """One sentence."""
    part: PartName | None = None
    """What it is about, where something can be done about that."""


def sentence(snapshot: Snapshot, split: Ledger) -> str:
    """Say in plain words what takes the memory and why."""
    return headline(snapshot, split).said


def headline(snapshot: Snapshot, split: Ledger) -> Headline:
    """Return what there is to say: what goes wrong, else the biggest part that is not live."""
    if snapshot.last_cycle is None and snapshot.counters is None:
        return Headline(_waiting(snapshot))
    alarms = (
        (_held_down(snapshot), None),
        (_growth(snapshot, split), PartName.LIVE),
        (_goroutine_growth(snapshot), PartName.STACKS),
        (_untouched(split), PartName.UNTOUCHED),
        (outdated_live(snapshot, split), None),
    )
    found = next((Headline(said, part) for said, part in alarms if said), None)
    return found or _biggest(snapshot, split)


def _biggest(snapshot: Snapshot, split: Ledger) -> Headline:
    others = [part for part in split.parts if part.name is not PartName.LIVE]
    biggest = max(others, key=lambda part: part.mib, default=None)
    live = split.part(PartName.LIVE)
    if said := _untold(snapshot):
        return Headline(said)
    if split.total_mib < _SMALL_MIB:
        return Headline(f"A small heap: less than {_SMALL_MIB} MiB in all.")
    if biggest is None or live is None or biggest.mib < _SMALL_SHARE * split.total_mib:
        live_mib = live.mib if live else 0.0
        means = _live_means(snapshot, live_mib)
        said = f"Nearly all is live heap, {size(round(live_mib))}: {means}."
        return Headline(said, PartName.LIVE)
    if said := normal(biggest, snapshot, split):
        return Headline(said)
    return Headline(reason(biggest, snapshot, split), biggest.name)


def _untold(snapshot: Snapshot) -> str:
    """Say so where the counters do not tell enough to split the memory by."""
    sample = snapshot.moment.sample
    lacking = () if sample is None else untold(sample)
    if sample is None or not lacking:
        return ""
    known = (sample.heap_allocated_bytes, sample.heap_inuse_bytes, sample.sys_bytes)
    if all(each is None for each in known):
        return "Go's memory is not told: the page lacks MemStats (as metrics: go_memstats_*)."
    return f"Go's memory is told in part: of MemStats, the page lacks {', '.join(lacking)}."


def _live_means(snapshot: Snapshot, live_mib: float) -> str:
    counters = snapshot.counters
    if counters is not None and counters.sample.heap_live_bytes is None:
        return "an estimate from the goal, as no source tells what is garbage"
    grown = [] if snapshot.profile is None else grown_objects(snapshot.profile)
    if grown and grown[0].unused_mib >= _SMALL_SHARE * live_mib:
        spare, holder = size(round(grown[0].unused_mib)), neutral(grown[0].function, _LONGEST_PLACE)
        return f"up to {spare} of it is spare capacity of what {holder} grew by copying"
    return "what the last GC found the program holding on to"


def _held_down(snapshot: Snapshot) -> str:
    """Say so where a memory limit leaves the heap little room, or none."""
    share, held = gc_cpu_share_percent(snapshot), binding(snapshot)
    if held is None or held.effective_percent > _LITTLE_ROOM_PERCENT:
        return ""
    limit = "A memory limit" if held.limit_mib is None else f"GOMEMLIMIT={size(held.limit_mib)}"
    cost = f"GC CPU {percent(share)}"
    if is_in_spiral(held, share):
        return f"{limit} leaves no room above the live heap: it collects all the time, {cost}."
    if not held.is_certain:
        limit += ", or a low GOGC,"
    return f"{limit} holds the heap down: GOGC acts as {held.effective_percent:.0f}, {cost}."


def _growth(snapshot: Snapshot, split: Ledger) -> str:
    growth = live_growth(snapshot)
    if not growth.grows:
        return ""
    live = split.part(PartName.LIVE)
    to_mib = growth.reached_mib
    if live is not None and live.mib > growth.from_mib:
        # The bar beside it shows what is live now.
        to_mib = live.mib
    slowing = growth.verdict is Verdict.CACHE
    what = "ever more slowly: a cache that fills" if slowing else "a leak, or a cache that fills"
    return (
        f"Live grew from {size(round(growth.from_mib))} to {size(round(to_mib))}, "
        f"{size(round(growth.mib_per_min))} a minute{',' if slowing else ':'} {what}."
    )


def _waiting(snapshot: Snapshot) -> str:
    if snapshot.profile is not None:
        return "A heap profile alone: it tells who holds live memory, and nothing of the rest."
    if snapshot.goroutine_profile is not None:
        return "A profile of the goroutines alone: it tells where they are, and nothing of memory."
    if snapshot.count("text") or snapshot.count("process"):
        return "No collection yet: a small or quiet program may run for minutes without one."
    return "Waiting for the first figures."


def _goroutine_growth(snapshot: Snapshot) -> str:
    """Say so where one go statement's goroutines keep growing in number."""
    counters = snapshot.counters
    if counters is None or counters.census is None or counters.first_census is None:
        return ""
    over_s = counters.census.time_s - counters.first_census.time_s
    grown = sites(counters.census, counters.first_census)
    if over_s < _GROWTH_SEEN_S or not grown or not grown[0].growth:
        return ""
    site, growth = grown[0], grown[0].growth
    if growth < max(_GROWTH_COUNT, _GROWTH_SHARE * counters.census.goroutines):
        return ""
    line = site.line or site.place
    where = neutral(line.rsplit("/", 1)[-1] or site.created_by, _LONGEST_PLACE)
    verb = "waiting" if site.line else "created"
    return f"{growth:,} more goroutines in {over_s:.0f} s, {verb} at {where}: do they ever end?"


def _untouched(split: Ledger) -> str:
    part = split.part(PartName.UNTOUCHED)
    mib = 0.0 if part is None or part.mapped_mib is None else part.mapped_mib
    others = [each.mib for each in split.parts if each.name is not PartName.LIVE]
    if mib < _UNTOUCHED_MIB or mib < max(others):
        return ""
    return (
        f"{size(round(mib))} of the heap was allocated and never written to: it takes no memory "
        "until the program touches it."
    )
