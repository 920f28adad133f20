"""The log that lines are held against: each line against those of its own program."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gctui.analysis.go_versions import Program, VersionSearch
from gctui.analysis.neutral import neutral
from gctui.analysis.spread import LogSpread
from gctui.cli.explanation import Line, Log
from gctui.cli.saved_events import SavedEvents
from gctui.events import AnyEvent, Event
from gctui.events.event import Printed
from gctui.model.processes import without_process
from gctui.model.profile import Profile
from gctui.session.told_apart import ToldApart, ToldProgram
from gctui.session.waiting import Origin

_LONGEST_NAME = 400
_LONGEST_PROGRAM = 60


class _Part:
    """What one program's lines tell, and which of the lines in question it has."""

    def __init__(self, lines: Collection[Line]) -> None:
        self.spread = LogSpread({line.form.name for line in lines})
        self.search = VersionSearch()
        self.has: set[Printed] = set()
        self._wanted = {line.printed for line in lines}

    def add(self, events: Sequence[AnyEvent], _origin: Origin) -> None:
        """Take the next lines."""
        printed = [event for event in events if isinstance(event, Event)]
        self.spread.add(printed)
        self.search.add(printed)
        self.has |= self._wanted.intersection(e.printed for e in printed if e.format is not None)

    def take_profile(self, profile: Profile) -> None:
        """Profiles have no lines."""

    def forget_samples(self) -> None:
        """Nor have samples."""


class ExplainedLog:
    """Reads the file `name` for some lines. Raises GctuiError."""

    def __init__(self, name: str, lines: Collection[Line]) -> None:
        self._label = neutral(name, _LONGEST_NAME)
        told = ToldApart(lambda: _Part(lines))
        origin = Origin(name)
        for events in SavedEvents(name):
            told.add(events, origin)
        self._programs = sorted(told.programs(), key=lambda each: -each.collections)

    def held_against(self, line: Line, source: str | None) -> tuple[Log, str]:
        """Return the lines of the program that printed one, and whose they are, if of several."""
        program, is_sure = self._program_of(line, source)
        log = Log(self._label, program.part.spread)
        if len(self._programs) == 1:
            return log, ""
        name = neutral(program.name, _LONGEST_PROGRAM)
        if is_sure:
            return log, f"{self._label}: {name}, one of {len(self._programs)} programs"
        many = f"{len(self._programs)} programs, and none of them alone has this line"
        return log, f"{self._label}: {many}; held against {name}, which collected most"

    def versions_of(self, line: Line, source: str | None) -> list[Program]:
        """Return which Go versions the program that printed a line may be of."""
        program, is_sure = self._program_of(line, source)
        return program.part.search.programs() if is_sure else []

    def _program_of(self, line: Line, source: str | None) -> tuple[ToldProgram[_Part], bool]:
        programs = self._programs
        having = [each for each in programs if line.printed in each.part.has]
        sources = {source, without_process(source) or source}
        named = [each for each in having if each.source in sources] or having
        if len(programs) == 1 or len(named) == 1:
            return (named or programs)[0], True
        able = [each for each in programs if each.part.spread.lines.get(line.form.name)]
        return (named or able or programs)[0], False
