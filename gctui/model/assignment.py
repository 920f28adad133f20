"""Whose line is this? Tells apart what several programs print into one stream.

A name in the line's prefix tells, where there is one. Else the counter and the clock do: a gc line
is the next one of the strand whose counter and clock go on with it, and whose heap it could be.
Where no strand goes on with a line, a new one begins: another program, or the same after a restart
or after lines that were lost. Which of these it is shows later: when the old strand goes on too.

Nothing here reads a clock, and receipt times are not looked at: a saved log is told apart as the
live stream was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf, log2

from gctui.events import AnyEvent, Event, Gc, Init, Pacer, Scav, Sched, Scvg, Text, Unparsed
from gctui.model.going_on import Passage, go_on, heading_of, passage_of
from gctui.model.strand import Reading, Strand, pages_of

MOST_STRANDS = 128
"""Of more, the one that was heard last longest ago is over."""
_STRANGER_COST = 16.0
"""What is unlikelier than this begins a strand of its own."""
_SURE_COST = 2.5
"""So much better than the next best one is the best one."""
_FORGOTTEN_NAME_COST = 1.0
_SURE_COUNT = 3
"""So many collections one after the other did not lose their names by chance."""
_NOT_DUE_COST = 4.0
_OTHER_COST = 2.0
_UNKNOWN_COST = 2.0
_EXACT_GAIN = 2.0
_IMPOSSIBLE_COST = 20.0
_MOST_APART_COST = 6.0
_HARDLY_APART_KIB = 16


class Assigner:
    """Gives every event of a stream its strand."""

    def __init__(self) -> None:
        self.strands: list[Strand] = []
        """Those that may go on."""
        self._axis_s = 0.0
        """The present on an axis common to all, as far as the lines' own clocks tell it."""
        self._heading: str | None = None
        """Whose lines follow, as `tail` says when it reads several files."""
        self._heard = 0
        self._newest: dict[str | None, Strand] = {}
        self.is_repeat = False
        """What was assigned last is a line once more that whoever logs had printed before."""
        self._doubled: Strand | None = None
        """Of which the newest collection came more than once."""
        self._scav: tuple[Strand, Scav] | None = None
        """The last line, if it is the scavenger's."""

    def assign(self, event: AnyEvent) -> Strand | None:
        """Return the strand that a line belongs to; None where that cannot be told.

        So it is of the program's own text: ask of what the runtime prints.
        """
        if isinstance(event, Text):
            self._listen(event)
            return None
        if not isinstance(event, Event) or isinstance(event, Unparsed):
            return None
        self._heard += 1
        self.is_repeat = False
        source = self.source_of(event)
        match event:
            case Gc():
                strand = self._collected(event, source)
            case Sched() | Init():
                strand = self._timed(event, source)
            case Scav() | Scvg() | Pacer():
                strand = self._figured(event, source)
            case _:
                strand = self._newest.get(source)
        if strand is not None:
            if self._doubled is not None:
                self._repeats_scav(strand, event)
            strand.heard = self._heard
            self._newest[source] = strand
        return strand

    def assign_all(self, events: Sequence[AnyEvent]) -> Strand | None:
        """Return the only strand where all of these lines plainly are of it.

        None where one of them may be another's: nothing was taken, and each is to be asked of.
        """
        passage = passage_of(events) if len(self.strands) == 1 else None
        return None if passage is None else self.assign_passages([passage])

    def assign_passages(self, passages: Sequence[Passage]) -> Strand | None:
        """Do the same with lines of which only this is known."""
        if len(self.strands) != 1 or self._heading is not None:
            return None
        (only,) = self.strands
        heard = go_on(only, passages, self._heard)
        if heard is None:
            return None
        self._heard, self._doubled = heard, None
        self._newest = {only.source: only}
        return only

    def source_of(self, event: Event) -> str | None:
        """Return who printed a line, as its prefix or a heading before it tells."""
        return event.around.source or self._heading

    def close(self, strand: Strand) -> None:
        """Let nothing go on with a strand."""
        if strand in self.strands:
            self.strands.remove(strand)
        for source in [name for name, newest in self._newest.items() if newest is strand]:
            del self._newest[source]

    def _listen(self, text: Text) -> None:
        self._heading = heading_of(text) or self._heading

    def _of(self, source: str | None) -> list[Strand]:
        """Return the strands that a line may belong to.

        One without a name is a nameless program's, where there surely is one. Else it may be
        anybody's: there are tools that now and then forget a name.
        """
        own = [strand for strand in self.strands if strand.source == source]
        if source is not None or len(own) == len(self.strands) or any(map(self._is_sure, own)):
            return own
        return self.strands

    def _is_sure(self, strand: Strand) -> bool:
        """Tell whether a strand is a program's, and not of lines that lost their names."""
        if strand.count >= _SURE_COUNT:
            return True
        return strand.first_n == 1 and all(s.first_n != strand.n + 1 for s in self.strands)

    def _present(self, source: str | None) -> list[Strand]:
        return [strand for strand in self._of(source) if not strand.is_past]

    def _collected(self, gc: Gc, source: str | None) -> Strand | None:
        number = gc.n
        if number is None:
            return self._newest.get(source)
        only = self._only_one(number, source)
        if only is not None:
            if only.takes_next(gc, number, self._heard):
                self._keep_time(only, only.at_s if len(self.strands) > 1 else None)
                return only
            self._keep_time(only, only.last.end_s if only.last is not None else None)
        repeated = self._repeated(gc, source)
        if repeated is not None:
            return repeated
        reading = Reading.of(gc)
        strand = self._going_on(reading, source)
        if strand is None:
            strand = self._begun(source, reading.end_s)
        strand.take(reading, self._heard)
        self._keep_time(strand, reading.end_s)
        return strand

    def _repeated(self, gc: Gc, source: str | None) -> Strand | None:
        """Return the strand of the line before if its newest collection is this, word for word."""
        strand = self._newest.get(source)
        if strand is None or strand.source != source or strand.n != gc.n or strand.last is None:
            return None
        last = strand.last.gc
        if type(last) is not type(gc) or last.printed != gc.printed:
            return None
        self._doubled, self.is_repeat = strand, True
        return strand

    def _repeats_scav(self, strand: Strand, event: Event) -> None:
        """Tell whether a line of the scavenger is the one before, in a log that doubles lines.

        Elsewhere two may be alike: they tell no time.
        """
        before, self._scav = self._scav, None
        if strand is not self._doubled or not isinstance(event, Scav):
            self._doubled = strand if self.is_repeat else None
        elif before is not None and before[0] is strand and before[1].printed == event.printed:
            self.is_repeat = True
        else:
            self._scav = strand, event

    def _only_one(self, number: int, source: str | None) -> Strand | None:
        """Return the newest strand of a name where no other one may have this number yet."""
        newest = self._newest.get(source)
        for strand in self._of(source):
            if strand is not newest and (number > strand.n or number in strand.missing):
                return None
        return newest if newest is not None and newest.source == source else None

    def _going_on(self, reading: Reading, source: str | None) -> Strand | None:
        """Return the strand whose next line this is, the likeliest one of several."""
        best: Strand | None = None
        least = _STRANGER_COST if len(self.strands) > 1 else inf
        for strand in self._of(source):
            cost = strand.cost(reading, self._axis_s)
            if cost is not None and strand.source != source:
                may_be = strand.last is not None and strand.is_next(reading)
                cost = cost + _FORGOTTEN_NAME_COST if may_be else None
            if cost is not None and cost < least:
                best, least = strand, cost
        return best

    def _begun(self, source: str | None, at_s: float | None) -> Strand:
        if len(self.strands) >= MOST_STRANDS:
            self.close(min(self.strands, key=lambda strand: strand.heard))
        strand = Strand(source, self._axis_s - (at_s or 0.0))
        self.strands.append(strand)
        return strand

    def _keep_time(self, strand: Strand, at_s: float | None) -> None:
        """Move the common axis on, or the zero of the strand: lines come as they are printed."""
        if at_s is None:
            return
        placed_s = strand.offset_s + at_s
        if placed_s > self._axis_s:
            self._axis_s = placed_s
        else:
            strand.offset_s += self._axis_s - placed_s

    def _timed(self, event: Sched | Init, source: str | None) -> Strand:
        """Find the strand of a line that tells how long its program has run."""
        at_s = (event.at_ms or 0) / 1000
        procs = event.gomaxprocs if isinstance(event, Sched) else None
        fitting = [s for s in self._present(source) if s.may_be_at(at_s, event.kind)]

        def unlikeness(strand: Strand) -> tuple[bool, float]:
            has_others = procs is not None and strand.procs not in {None, procs}
            return has_others, abs(strand.offset_s + at_s - self._axis_s)

        strand = min(fitting, key=unlikeness, default=None) or self._begun(source, at_s)
        strand.tell_time(at_s)
        strand.told_s[event.kind] = at_s
        if procs is not None and strand.procs is None:
            strand.procs = procs
        self._keep_time(strand, at_s)
        return strand

    def _figured(self, event: Scav | Scvg | Pacer, source: str | None) -> Strand | None:
        """Find the strand of a line that has neither a counter nor a clock."""
        strands = self._present(source)
        if len(strands) < 2:
            strand = strands[0] if strands else self._begun(source, None)
        else:
            found = self._likeliest(strands, _costs(event, self._heard), source)
            if found is None:
                return None
            strand = found
        if not isinstance(event, Pacer):
            strand.take_figures(event)
        return strand

    def _likeliest(
        self, strands: Iterable[Strand], cost: Callable[[Strand], float], source: str | None
    ) -> Strand | None:
        newest = self._newest.get(source)

        def whole_cost(strand: Strand) -> float:
            return cost(strand) + (0.0 if strand is newest else _OTHER_COST)

        best, second = sorted(strands, key=whole_cost)[:2]
        return best if whole_cost(second) - whole_cost(best) >= _SURE_COST else None


def _costs(event: Scav | Scvg | Pacer, heard: int) -> Callable[[Strand], float]:
    match event:
        case Scav():
            return lambda strand: _scav_cost(strand, event, heard)
        case Scvg():
            return lambda strand: _scvg_cost(strand, event)
        case Pacer():
            return lambda strand: _pacer_cost(strand, event)


def _scav_cost(strand: Strand, scav: Scav, heard: int) -> float:
    cost = 0.0 if heard <= strand.scav_due_until else _NOT_DUE_COST
    if strand.released_kib is None or scav.released_kib is None:
        return cost + _UNKNOWN_COST
    worked_kib = sum(kib or 0 for kib in (scav.work_kib, scav.background_kib, scav.eager_kib))
    # All that it releases stays released, until the heap grows into it.
    apart_kib = abs(strand.released_kib + worked_kib - scav.released_kib)
    if not apart_kib:
        return cost - _EXACT_GAIN
    return cost + min(_MOST_APART_COST, log2(1 + apart_kib / _HARDLY_APART_KIB))


def _scvg_cost(strand: Strand, scvg: Scvg) -> float:
    cost = 0.0
    if scvg.n is not None and strand.scvg_n is not None:
        cost += min(_MOST_APART_COST, 2 * abs(scvg.n - strand.scvg_n))
    if scvg.inuse_mb is None or scvg.sys_mb is None:
        return cost
    # What came from the system stays: it is no less than the heap ever was.
    if scvg.sys_mb < strand.peak_mb:
        cost += _IMPOSSIBLE_COST
    if strand.pages is None:
        cost += _UNKNOWN_COST
    else:
        apart = sum(_apart(*both, 1) for both in zip(strand.pages, pages_of(scvg), strict=True))
        cost += min(_MOST_APART_COST, 2 * apart)
    last = strand.last
    if last is not None:
        heap_mb = [mb for mb in (last.live_mb, last.heap_start_mb, last.goal_mb) if mb is not None]
        nearest_mb = max(min(heap_mb), min(max(heap_mb), scvg.inuse_mb)) if heap_mb else None
        cost += _apart(nearest_mb, scvg.inuse_mb, 2)
    return cost


def _pacer_cost(strand: Strand, pacer: Pacer) -> float:
    last = strand.last
    if last is None:
        return 2.0
    starts_mb = pacer.heap_start_mb
    if starts_mb is None and pacer.heap_end_bytes is not None:
        starts_mb = pacer.heap_end_bytes >> 20
    return 3 * _apart(last.heap_start_mb, starts_mb, 1)


def _apart(before: int | None, now: int | None, base: int) -> float:
    if before is None or now is None:
        return 1.0
    return abs(log2((max(0, now) + base) / (max(0, before) + base)))
