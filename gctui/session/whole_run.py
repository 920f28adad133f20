"""One whole run, read from saved files for its figures; nothing is drawn meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from gctui.analysis.cycle_samples import CycleSamples
from gctui.analysis.run_figures import RunFigures
from gctui.errors import GctuiError
from gctui.model.feed import Asked
from gctui.session.long_logs import alone_bytes
from gctui.session.program_part import ProgramPart
from gctui.session.recording_format import seconds_since
from gctui.session.saved import Batch, SavedReader
from gctui.session.span import EVERYTHING, Beginning, Inside, Span
from gctui.session.told_apart import ToldApart, ToldProgram
from gctui.session.waiting import Origin
from gctui.sources.files import LogFile

if TYPE_CHECKING:
    from gctui.trace.scanner import Scanner

Program = ToldProgram[ProgramPart]


class WholeRun:
    """Reads files, those of one run in their order; every program in them has its figures.

    Where `samples` makes something, it takes the single collections of a program.
    """

    def __init__(
        self,
        label: str,
        span: Span = EVERYTHING,
        *,
        samples: Callable[[], CycleSamples] | None = None,
        takes: Callable[[str], bool] | None = None,
    ) -> None:
        self.label = label
        self._cut = span.words
        self._beginning = beginning = Beginning(span)

        def part() -> ProgramPart:
            inside = Inside(span, beginning)
            return ProgramPart(label, inside, None if samples is None else samples())

        self.told = ToldApart(part, takes)
        self._is_divisible = span.is_everything and samples is None and takes is None
        """What counts of a part of a log can be worked out by itself."""
        self.files = 0
        """How many were read."""
        self._began: datetime | None = None
        self._programs: list[Program] | None = None
        self.has_profile = False
        self.is_profile = False
        """A file was a profile, and no log."""
        self.damage = ""
        """What is wrong with a recording that was read all the same."""

    @property
    def programs(self) -> list[Program]:
        """All that were read, that with the most collections first; at least one."""
        if self._programs is None:
            self._programs = sorted(self.told.programs(), key=lambda each: -each.collections)
        return self._programs

    @property
    def tells(self) -> bool:
        """There was at least one trace line, or a sample of the program."""
        return any(program.part.fold.tells for program in self.programs)

    @property
    def tells_anything(self) -> bool:
        """The same of all programs, those included that were not wanted."""
        return self.tells or bool(self.told.left_out)

    @property
    def clock_s(self) -> tuple[float, float] | None:
        """From when to when there are collections, where only a part by the clock counts."""
        found = [p.part.inside.clock_s for p in self.programs if p.part.inside.clock_s]
        return (min(a for a, _ in found), max(b for _, b in found)) if found else None

    @property
    def walls(self) -> tuple[str, str] | None:
        """The first and the last moment, where only a part by the wall clock counts."""
        found = [p.part.inside.walls for p in self.programs if p.part.inside.walls]
        return (min(a for a, _ in found), max(b for _, b in found)) if found else None

    @property
    def knows_walls(self) -> bool:
        """Some line or recording told a moment: `--from` a wall time can be found."""
        return any(program.part.inside.knows_walls for program in self.programs)

    def read(
        self,
        file: LogFile,
        progress: Callable[[float], None] | None = None,
        jobs: int = 1,
    ) -> None:
        """Read one file to its end. Raises GctuiError; what came before a damage counts."""
        reader = SavedReader(file.label)
        self.files += 1
        origin = Origin(file.label, self.files)
        first_bytes = alone_bytes(file, jobs) if self._is_divisible else None
        try:
            for chunk in file.chunks():
                for batch in reader.feed(chunk):
                    self._take(batch, origin)
                if progress is not None:
                    progress(file.progress)
                if first_bytes is not None and file.read_bytes >= first_bytes and reader.scanner:
                    self._read_rest(reader.scanner, file, origin, progress, jobs)
                    return
        except GctuiError:
            for batch in reader.finish():
                self._take(batch, origin)
            raise
        finally:
            file.close()
        for batch in reader.finish():
            self._take(batch, origin)
        if reader.recording is not None:
            fold = self.told.main.fold
            fold.go_version = fold.go_version or reader.recording.header.go_version
            self.damage = self.damage or reader.recording.damage

    def _read_rest(
        self,
        scanner: Scanner,
        file: LogFile,
        origin: Origin,
        progress: Callable[[float], None] | None,
        jobs: int,
    ) -> None:
        """Read the rest of a long log, in which other processes join."""
        from gctui.session.digested import read_rest  # noqa: PLC0415 - for long logs alone

        def passed(read_bytes: int) -> None:
            file.read_bytes = read_bytes
            if progress is not None:
                progress(file.progress)

        if file.plain is not None:
            read_rest(self.told, scanner, file.plain, origin, jobs, passed)

    def figures(self, asked: Sequence[Asked] = (), program: Program | None = None) -> RunFigures:
        """Return the figures of a program, by default of the one with the most collections."""
        program = program or self.programs[0]
        found = program.part.fold.figures(asked)
        found = replace(found, repeated=program.repeated, cut=self._cut)
        if len(self.programs) == 1 and not self.told.left_out:
            return replace(found, program=program.source or "")
        return replace(found, label=f"{self.label}: {program.name}", program=program.name)

    def _take(self, batch: Batch, origin: Origin) -> None:
        if batch.received is not None:
            self._began = self._began or batch.received
            received_s = seconds_since(self._began, batch.received)
            origin = replace(origin, received_s=received_s, received=batch.received)
        if batch.profile is not None:
            self.has_profile = True
            self.is_profile = self.is_profile or batch.received is None
            self.told.take_profile(batch.profile)
        self._beginning.look(batch.events, origin.place, batch.received)
        self.told.add(batch.events, origin)


def read_run(
    files: Sequence[LogFile],
    span: Span = EVERYTHING,
    asked: Sequence[Asked] = (),
    progress: Callable[[float], None] | None = None,
) -> RunFigures:
    """Read files as one run and return its figures. Raises GctuiError."""
    label = ", ".join(file.label for file in files[:3])
    if len(files) > 3:
        label += f" and {len(files) - 3} more"
    run = WholeRun(label, span)
    for file in files:
        run.read(file, progress)
    return run.figures(asked)
