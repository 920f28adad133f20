"""Which Go printed a log: each form and some habits narrow it down, line by line.

A line that no version so far could have printed is another program's: its form is looked for among
the programs seen before, and begins a new one where none of them fits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from gctui.events import Event, Gc, Printed
from gctui.events.versions import EVERY, Versions, versions
from gctui.model.cycle import NO_GOAL_MB
from gctui.model.program_list import ListedProgram
from gctui.model.snapshot import Snapshot

_NO_GOAL_BEFORE_LIMITS_MB = 17592186044415
"""2^64 − 1 bytes, cut to MB."""
_MOST_PROGRAMS = 64
_LOOKED_AT = 20
"""Of the newest collections, which are looked at again with every frame."""
_FEWEST_FORCED = 10
_OLD_FLOAT = re.compile(rb"[+-]\d\.\d{6}e[+-]\d{3}")
_NEW_FLOAT = re.compile(rb"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
_FLOATS = ("assist_ratio", "cons_mark", "pages_per_byte", "trigger_ratio")
_WORKERS = {
    True: ("a whole number of fractional workers", versions("1.5 – 1.9")),
    False: ("fractional workers as a share", versions("1.10 –")),
}
_AIMS = {
    b"+2.500000e-001": ("u_g=0.25", versions("1.5 – 1.9")),
    b"+3.000000e-001": ("u_g=0.3", versions("1.10 – 1.18")),
}
SHORT_FLOATS = versions("1.26 –")
"""Those that print a float as short as it goes, where earlier ones print +2.500000e-001."""
_STOPPED = versions("1.5 – 1.8")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line that narrowed the versions down, or agreed with them in a way of its own."""

    line: int
    what: str
    versions: Versions
    """Those that print such a line."""


@dataclass(slots=True)
class Program:
    """One program's lines, as far as they can be told from another's by its Go."""

    versions: Versions = EVERY
    evidence: list[Evidence] = field(default_factory=list)
    first_line: int = 0
    last_line: int = 0
    collections: int = 0
    forced: int = 0
    source: str = ""
    _seen: set[str] = field(default_factory=set)

    @property
    def hints(self) -> list[str]:
        """What speaks for some of these versions without excluding the others."""
        if self.collections < _FEWEST_FORCED or self.forced < self.collections:
            return []
        said = f"all {self.collections} collections are (forced)"
        if _STOPPED & self.versions:
            return [f"{said}: a program that collects by hand, or gcstoptheworld in Go 1.5 – 1.8"]
        return [f"{said}: the program collects by hand"]


class VersionSearch:
    """Takes the events of a log in order."""

    def __init__(self) -> None:
        self._programs: list[Program] = []
        self._current: dict[str, Program] = {}
        self._marked: dict[str, Printed] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Take events."""
        for event in events:
            if event.format is not None:
                source = event.around.source or ""
                is_known = source in self._current or len(self._current) < _MOST_PROGRAMS
                self._add(event, source if is_known else "")

    def programs(self) -> list[Program]:
        """Return the programs, in the order of their first lines."""
        return sorted(self._programs, key=lambda one: one.first_line)

    def _add(self, event: Event, source: str) -> None:
        found = [*_found(event), *self._forced(event, source)]
        allowed = EVERY
        for _, each in found:
            allowed &= each
        if not allowed:
            # One line cannot contradict itself: its form is what counts.
            found, allowed = found[:1], found[0][1]
        program = self._program(allowed, source, event.line)
        program.last_line = event.line
        if isinstance(event, Gc):
            program.collections += 1
            program.forced += bool(event.forced)
        for what, each in found:
            if what not in program._seen:
                program._seen.add(what)
                program.evidence.append(Evidence(event.line, what, each))
        program.versions &= allowed

    def _program(self, allowed: Versions, source: str, line: int) -> Program:
        current = self._current.get(source)
        if current is not None and current.versions & allowed:
            return current
        for one in reversed(self._programs):
            if one.source == source and one.versions & allowed:
                break
        else:
            if len(self._programs) >= _MOST_PROGRAMS and current is not None:
                return current
            one = Program(first_line=line, source=source)
            self._programs.append(one)
        self._current[source] = one
        return one

    def _forced(self, event: Event, source: str) -> Iterator[tuple[str, Versions]]:
        """Tell how a forced collection marks: with the world stopped, or as any other.

        That it stops the world alone says nothing: under gcstoptheworld every Go does that.
        """
        if not isinstance(event, Gc) or event.cpu_idle_ms is None:
            return
        names = [each.name for each in type(event).fields]
        first = names.index("cpu_assist_ms")
        cpu = event.printed[first : first + 3]
        if not event.forced:
            self._marked[source] = cpu
        elif event.clock_mark_ms:
            yield "a (forced) collection that marks while the program runs", versions("1.9 –")
        elif cpu == self._marked.get(source) and any(text != b"0" for text in cpu):
            yield "a (forced) collection with the mark's cpu figures of the one before", _STOPPED


def _found(event: Event) -> Iterator[tuple[str, Versions]]:
    """Yield what one line tells by itself, its form first."""
    yield str(event.format), versions(type(event).versions).with_prereleases()
    if isinstance(event, Gc):
        goal = event.heap_goal_mb
        if goal is not None and goal > NO_GOAL_MB:
            if goal == _NO_GOAL_BEFORE_LIMITS_MB:
                yield f"{goal} MB goal, which is no goal", versions("1.9 – 1.18")
            else:
                yield "a goal beyond 10^12 MB, which is no limit", versions("1.19 –")
    elif event.kind == "scvg" and event.printed and b"-1" in event.printed[:1]:
        yield "scvg-1: debug.FreeOSMemory prints", versions("1.2 – 1.12")
    elif event.kind == "pacer":
        yield from _float_style(event)


def _float_style(event: Event) -> Iterator[tuple[str, Versions]]:
    printed = {
        each.name: text
        for each, text in zip(type(event).fields, event.printed, strict=True)
        if text is not None
    }
    number = next((printed[name] for name in _FLOATS if name in printed), b"")
    if _OLD_FLOAT.fullmatch(number):
        yield "numbers as in +2.500000e-001", versions("1.5 – 1.25")
    elif _NEW_FLOAT.fullmatch(number):
        yield "numbers as in 0.25", SHORT_FLOATS
    workers = printed.get("fractional_utilization")
    if workers is not None:
        # Before Go 1.10 a count of workers, then a share with a sign or, since 1.26, without one.
        is_count = workers in {b"0", b"1"} and _OLD_FLOAT.fullmatch(number) is not None
        yield _WORKERS[is_count]
    aim = _AIMS.get(printed.get("gc_cpu_goal_utilization", b""))
    if aim is not None:
        yield aim


def go_label(known: str, snapshot: Snapshot) -> str:
    """Return which Go the program is of: `Go 1.27.3`, `Go 1.18 – 1.25`, empty where nothing tells.

    `known` is the version that its binary or its server tells, as in `go1.27.3`.
    """
    newest = (cycle.event for cycle in snapshot.cycles[-_LOOKED_AT:])
    return _label(known, snapshot.printed_by.values(), newest)


def listed_go_label(program: ListedProgram) -> str:
    """Return the same of one of several programs, as far as its lines tell."""
    return _label("", program.printed_by, program.newest)


def _label(known: str, printed_by: Collection[str], newest: Iterable[Gc]) -> str:
    if known:
        return f"Go {known.removeprefix('go')}"
    if not printed_by:
        return ""
    allowed = EVERY
    for text in printed_by:
        allowed &= versions(text).with_prereleases()
    search = VersionSearch()
    search.add(newest)
    for program in search.programs():
        allowed &= program.versions
    return f"Go {allowed}" if allowed else "several Go versions"
