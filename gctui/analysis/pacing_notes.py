"""Growth, GOGC and the scavenger in words."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.figures import gc_cpu_share_percent
from gctui.analysis.gogc import Binding, Gogc, binding, gogc, is_in_spiral
from gctui.analysis.growth import Growth, Verdict, live_growth
from gctui.analysis.note import Note, Topic
from gctui.analysis.scavenger import OLD_WAIT_S, Scavenging, scavenging
from gctui.analysis.units import clock, percent, size
from gctui.model.snapshot import Snapshot

_WORTH_SAYING_MIB = 8
_TIGHT = 0.1
_SLOWEST_MIB_PER_S = 0.05

_VERDICTS = {
    Verdict.LEAK: "and does not slow down: a leak, or a cache that is far from full",
    Verdict.CACHE: "and slows down: a cache that fills",
}
_MINUTE_S = 60.0
_WHOLE_FROM = 100.0
"""From here on a decimal place only hides the figure."""


def growth_note(snapshot: Snapshot) -> Iterator[Note]:
    """Say what the live heap does; nothing where there is no heap to speak of."""
    growth = live_growth(snapshot)
    if growth.verdict is Verdict.TOO_SHORT or growth.now is None:
        if growth.collections:
            seen = f"{growth.collections} collections in {clock(growth.over_s)}"
            said = f"Too short to tell whether the live heap grows: {seen}."
            yield Note(Topic.GROWTH, said, "It takes a dozen collections over ten seconds.")
        return
    amounts = f"from {size(round(growth.from_mib))} to {size(round(growth.to_mib))}"
    over = f"over {clock(growth.over_s)}"
    if growth.grows:
        said = f"The live heap grew {amounts} {over}, {_VERDICTS[growth.verdict]}."
    elif growth.verdict is Verdict.FALLING:
        said = f"The live heap shrinks: {amounts} {over}."
    else:
        level, lately = size(round(growth.now.level)), clock(growth.now.span_s)
        said = f"The live heap is steady: about {level} over the last {lately}."
    yield Note(Topic.GROWTH, said, _slopes(growth), is_alarming=growth.verdict is Verdict.LEAK)


def _slopes(growth: Growth) -> str:
    now = growth.now
    if now is None:
        return ""
    # A minute's growth is no figure of a program that was seen for seconds.
    per_s, unit = (60, "MiB/min") if now.span_s >= _MINUTE_S else (1, "MiB/s")
    slope, low, high = (
        _signed(per_s * each) for each in (now.slope_per_s, now.low_per_s, now.high_per_s)
    )
    said = f"{slope} {unit} now (95%: {low} to {high}), Theil–Sen over the last {clock(now.span_s)}"
    # How it began says something of what grows: everything steady grew once.
    if growth.grows and growth.before is not None:
        said += f"; {_signed(per_s * growth.before.slope_per_s)} {unit} before"
    return f"{said}."


def _signed(amount: float) -> str:
    return f"{amount:+.0f}" if abs(amount) >= _WHOLE_FROM else f"{amount:+.1f}"


def gogc_note(snapshot: Snapshot) -> Iterator[Note]:
    """Say what GOGC is, and whether a limit sets the goal in its place."""
    now, held = gogc(snapshot), binding(snapshot)
    share = gc_cpu_share_percent(snapshot)
    if held is not None:
        yield _binding_note(held, share, in_spiral=is_in_spiral(held, share))
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
    said = f"GOGC acts as about {now.percent:.0f} ({spread})"
    if now.high_percent - now.low_percent < _TIGHT * now.percent:
        said += ", which is no usual setting: a memory limit may set the goal"
    return f"{said}.", basis


def _binding_note(held: Binding, gc_cpu_percent: float | None, *, in_spiral: bool) -> Note:
    acts = f"GOGC acts as {held.effective_percent:.0f}"
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
    if in_spiral:
        cpu = percent(gc_cpu_percent)
        said += f" A death spiral: it collects all the time, GC CPU {cpu}. Raise the limit."
    return Note(Topic.GOGC, said, basis, is_alarming=in_spiral)


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
    due, after = found.due_mib or 0.0, found.due_after_gc_mib or 0.0
    if due >= _WORTH_SAYING_MIB:
        said = f"{size(round(due))} of it is due back now"
        if found.mib_per_s is not None and found.mib_per_s >= _SLOWEST_MIB_PER_S:
            said += f", at {size(found.mib_per_s)}/s"
        if found.done_in_s is not None and found.mib_per_s and found.done_in_s < 3600:
            said += f": done in about {clock(found.done_in_s)}"
        return f"{said}."
    if after >= _WORTH_SAYING_MIB:
        when = "The next GC"
        if found.forced_gc_in_s is not None:
            when += f", forced in {clock(found.forced_gc_in_s)} at the latest,"
        return f"{when} makes {size(round(after))} of it due."
    return "The heap is expected to grow into it: none of it is due back."


def _target(found: Scavenging) -> str:
    if found.due_mib is None:
        return "scvg: idle less released."
    return (
        "The scavenger keeps 110% of the heap in use at the end of the last GC "
        "(runtime/mgcscavenge.go), and takes 1% of the CPU at most."
    )
