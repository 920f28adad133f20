"""Growth, GOGC and the scavenger in words."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.figures import gc_cpu_share_percent
from gctui.analysis.gogc import (
    Binding,
    Gogc,
    acts_as,
    binding,
    gogc,
    is_in_spiral,
    room_lacking_mib,
)
from gctui.analysis.growth import (
    FEWEST_COLLECTIONS,
    SHORTEST_S,
    Growth,
    Verdict,
    live_growth,
)
from gctui.analysis.note import Note, Topic
from gctui.analysis.scavenger import OLD_WAIT_S, Scavenging, scavenging
from gctui.analysis.units import clock, percent, size
from gctui.analysis.what_if import CAPPED, raised_limit_mib
from gctui.model.snapshot import Snapshot

_WORTH_SAYING_MIB = 8
_TIGHT = 0.1
_NOTABLE_SHARE = 0.05
"""Of what is idle: less is within what the estimates are off."""
_WORTH_COUNTING_S = 1.0
"""A saved profile is one moment: that it is short goes without saying."""
_LONGEST_S = 3600.0

_VERDICTS = {
    Verdict.LEAK: "and does not slow down: a leak, or a cache that is far from full",
    Verdict.CACHE: "and slows down: a cache that fills",
}
_ESTIMATED = (
    " Estimated from the goals and GOGC, 100 if it is not told; a memory limit would hide growth."
)
_MINUTE_S = 60.0
_WHOLE_FROM = 100.0
"""From here on a decimal place only hides the figure."""


def growth_note(snapshot: Snapshot, growth: Growth | None = None) -> Iterator[Note]:
    """Say what the live heap does; nothing where there is no heap to speak of.

    `growth` is another one than that since the last start.
    """
    growth = growth or live_growth(snapshot)
    if growth.verdict is Verdict.UNKNOWN and snapshot.counters is not None:
        yield from _unknown_growth(growth)
        return
    if growth.verdict is Verdict.TOO_SHORT or growth.now is None:
        if growth.collections and growth.watched_s >= _WORTH_COUNTING_S:
            yield _too_short(growth)
        return
    amounts = f"from {size(round(growth.from_mib))} to {size(round(growth.reached_mib))}"
    over = f"over {clock(growth.over_s)}"
    if growth.grows:
        said = f"The live heap grew {amounts} {over}, {_VERDICTS[growth.verdict]}."
    elif growth.verdict is Verdict.FALLING:
        said = f"The live heap shrinks: {amounts} {over}."
    else:
        level, lately = size(round(growth.now.level)), clock(growth.now.span_s)
        said = f"The live heap is steady: about {level} over the last {lately}."
    if growth.life is not None:
        said += f" That was {growth.life.said}."
    basis = f"{_slopes(growth)}{_ESTIMATED if growth.is_estimate else ''}"
    yield Note(Topic.GROWTH, said, basis, is_alarming=growth.verdict is Verdict.LEAK)


def _unknown_growth(growth: Growth) -> Iterator[Note]:
    """Say what would tell the live heap, to those who watch; a file is as it is."""
    if growth.watched_s >= _WORTH_COUNTING_S:
        told_by = "a trace (GODEBUG=gctrace=1) or gctui attach"
        yield Note(Topic.GROWTH, f"Nothing tells the live heap here; {told_by} would.", "")


def _too_short(growth: Growth) -> Note:
    count, what, over_s = growth.collections, "collection", growth.watched_s
    if count >= FEWEST_COLLECTIONS:
        # Enough of them: the time is too short, or the looks at the live heap are too few.
        over_s = growth.over_s
        if over_s >= SHORTEST_S:
            count, what = growth.samples, "sample"
    seen = f"{count} {what}{'' if count == 1 else 's'} in {clock(over_s)}"
    said = f"Too short to tell whether the live heap grows: {seen}."
    return Note(Topic.GROWTH, said, f"It takes a dozen {what}s over {SHORTEST_S:.0f} s.")


def _slopes(growth: Growth) -> str:
    now = growth.now
    if now is None:
        return ""
    slope, low, high = (
        _signed(_MINUTE_S * each) for each in (now.slope_per_s, now.low_per_s, now.high_per_s)
    )
    moment = "now" if growth.life is None else "at its end"
    said = f"{slope} MiB/min {moment} (95%: {low} to {high}), Theil–Sen over the last "
    said += clock(now.span_s)
    # How it began says something of what grows: everything steady grew once.
    if growth.grows and growth.before is not None:
        said += f"; {_signed(_MINUTE_S * growth.before.slope_per_s)} MiB/min before"
    return f"{said}."


def _signed(amount: float) -> str:
    return f"{amount:+.0f}" if abs(amount) >= _WHOLE_FROM else f"{amount:+.1f}"


def gogc_note(snapshot: Snapshot) -> Iterator[Note]:
    """Say what GOGC is, and whether a limit sets the goal in its place."""
    now, held = gogc(snapshot), binding(snapshot)
    share = gc_cpu_share_percent(snapshot)
    if held is not None:
        yield _binding_note(snapshot, held, share)
    elif now is not None:
        said, basis = _gogc_words(now)
        yield Note(Topic.GOGC, said, basis)


def _gogc_words(now: Gogc) -> tuple[str, str]:
    if now.is_off:
        return "GOGC is off: without a memory limit nothing collects.", "The runtime's own setting."
    if now.is_exact:
        return f"GOGC is {now.percent:.0f}, and sets the goal.", "The runtime's own setting."
    spread = f"{now.low_percent:.0f} to {now.high_percent:.0f}"
    basis = f"From {now.goals} goals, each cut to whole MB: {spread}."
    if now.setting is not None:
        return f"GOGC is {now.setting}, and sets the goal; no memory limit shows.", basis
    said = f"GOGC is about {now.percent:.0f} ({spread})"
    if now.high_percent - now.low_percent < _TIGHT * now.percent:
        said += ", which is no usual setting: a memory limit may set the goal"
    return f"{said}.", basis


def _binding_note(snapshot: Snapshot, held: Binding, gc_cpu_percent: float | None) -> Note:
    acts = f"it acts as {acts_as(held.effective_percent)}"
    goal = size(round(held.goal_mib))
    if held.limit_mib is not None:
        said = f"GOMEMLIMIT ({size(round(held.limit_mib))}) sets the goal, {goal}: {acts}."
        basis = "The goal is lower than what GOGC asks for."
    elif held.is_certain:
        said = f"A memory limit sets the goal, {goal}: {acts}."
        basis = "The goal stands still while the live heap changes, which no GOGC does."
    else:
        said = f"The goals are lower than before, {goal}: {acts}. A memory limit, or a lower GOGC."
        basis = "One step down: debug.SetGCPercent does that as well as a limit."
    in_spiral = is_in_spiral(held, gc_cpu_percent)
    if in_spiral:
        cpu = percent(gc_cpu_percent)
        said += f" A death spiral: it collects all the time, GC CPU {cpu}. {_raise(snapshot)}"
        basis += f" {CAPPED}"
    return Note(Topic.GOGC, said, basis, is_alarming=in_spiral)


def _raise(snapshot: Snapshot) -> str:
    """Say how high the limit should be; where the limit is not known, by how much higher."""
    if (raised := raised_limit_mib(snapshot)) is not None:
        limit_mib, cpu_percent = raised
        to = f"{limit_mib:.0f} MiB"
        return f"Raise the limit to {to}: GC CPU at most {percent(cpu_percent)} then, as predicted."
    more_mib = room_lacking_mib(snapshot)
    if more_mib is None:
        return "Raise the limit."
    return f"Raise the limit: GOGC=100 would need {size(round(more_mib))} more."


def scavenger_note(snapshot: Snapshot, now_s: float) -> Iterator[Note]:
    """Say what goes back to the OS, how fast, and what has to happen first."""
    found = scavenging(snapshot, now_s)
    if found is None or found.idle_mib < _WORTH_SAYING_MIB:
        return
    idle = f"{size(round(found.idle_mib))} is free inside Go and not returned"
    if found.is_old:
        said = (
            f"{idle}. This Go returns pages that were idle for five minutes, once a GC found "
            f"them: give it {OLD_WAIT_S / 60:.0f} minutes."
        )
        yield Note(Topic.SCAVENGER, said, "Up to Go 1.12: runtime/mheap.go, scavengelimit.")
        return
    yield Note(Topic.SCAVENGER, f"{idle}. {_next(found)}", _target(found))


def _next(found: Scavenging) -> str:
    least_mib = max(_WORTH_SAYING_MIB, _NOTABLE_SHARE * found.idle_mib)
    after_mib = found.due_after_gc_mib
    if found.due_mib is not None and found.due_mib >= least_mib:
        return _due_now(found, found.due_mib)
    if found.goes_back and (after_mib is None or after_mib >= least_mib):
        return f"It goes back at {size(found.mib_per_s)}/s."
    if after_mib is not None and after_mib >= least_mib:
        return _due_after_gc(found, after_mib)
    if found.due_mib is None and after_mib is None:
        return "How much of it goes back, and when, a single look does not tell."
    into = "The heap is expected to grow into it"
    return f"{into} before the next GC." if found.due_mib is None else f"{into}: none is due back."


def _due_now(found: Scavenging, due_mib: float) -> str:
    said = f"{size(round(due_mib))} of it is due back now"
    if found.goes_back:
        said += f", at {size(found.mib_per_s)}/s"
    if found.done_in_s is not None and found.done_in_s < _LONGEST_S:
        said += f": done in about {clock(found.done_in_s)}"
    return f"{said}."


def _due_after_gc(found: Scavenging, after_mib: float) -> str:
    """Say what waits for a collection; the forced one is that unless the goal is reached before."""
    amount = size(round(after_mib))
    forced = ""
    if found.forced_gc_in_s is not None and not found.at_goal:
        forced = f", forced in {clock(found.forced_gc_in_s)} at the latest"
    if found.due_mib is None:
        # It may have made the same pages due that the next one will.
        after = f"{amount} of it is due after the next one{forced}"
        return f"The last GC was not seen: {after}, if not before."
    return f"The next GC{forced}{',' if forced else ''} makes {amount} of it due."


def _target(found: Scavenging) -> str:
    if found.is_counted:
        return (
            "The scavenger keeps 110% of the heap in use at the end of the last GC, more or less "
            "as the goal moved, and leaves what was densely used then until the next GC "
            "(runtime/mgcscavenge.go); it takes 1% of the CPU at most."
        )
    return "scvg: idle less released."
