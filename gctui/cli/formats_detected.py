"""Which Go printed a log: each program's versions, and the lines that tell them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from gctui.analysis.go_versions import SHORT_FLOATS, Program, VersionSearch
from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import PROFILE_ALONE, no_trace
from gctui.cli.saved_events import SavedEvents
from gctui.cli.saved_files import to_be_read
from gctui.errors import ExitCode
from gctui.events import AnyEvent, Event
from gctui.events.versions import NONE, versions
from gctui.grammar.field_notes import families, for_versions
from gctui.grammar.forms import family_forms
from gctui.model.profile import Profile
from gctui.report.paper import Paper
from gctui.session.told_apart import ToldApart
from gctui.session.waiting import Origin

_LONGEST_NAME = 400
_MOST_SETTINGS = 2
_TELLING = ("gctrace", "scavtrace", "sched", "pacer")
"""Families whose lines changed often, and that anyone may switch on."""


class _Part:
    """One program's lines, as its clock and its counts tell it from another's."""

    def __init__(self) -> None:
        self.search = VersionSearch()

    def add(self, events: Sequence[AnyEvent], origin: Origin) -> None:
        self.search.add(event for event in events if isinstance(event, Event))

    def take_profile(self, profile: Profile) -> None:
        """Nothing: profiles are no lines."""

    def forget_samples(self) -> None:
        """Nothing: samples are no lines."""


def detect(names: Sequence[str], paper: Paper) -> int:
    """Print which Go printed each of these logs. Raises GctuiError where one cannot be read."""
    # Every file is opened before the first is read, so that a wrong name is said at once.
    logs = [(name, SavedEvents(name)) for name in to_be_read(names)]
    code, is_first = ExitCode.GOOD, True
    for name, saved in logs:
        label = "standard input" if name == "-" else neutral(name, _LONGEST_NAME)
        programs = _programs(saved)
        if not programs:
            said = PROFILE_ALONE if saved.has_profile else no_trace()
            print(f"gctui: {label}: {said}", file=sys.stderr)
            code = ExitCode.NO_TRACE
            continue
        if not is_first:
            print()
        is_first = False
        if saved.go_version:
            print(neutral(f"{label}: the program's binary says {saved.go_version}; its lines:"))
        print("\n".join(_detected(label, programs, paper)))
    return code


def _programs(saved: SavedEvents) -> list[Program]:
    """Tell programs apart by what no one Go prints, or by their clocks: by what finds more."""
    search, told, origin = VersionSearch(), ToldApart(_Part), Origin("")
    for events in saved:
        search.add(events)
        told.add(events, origin)
    by_versions = search.programs()
    by_clocks = [one for each in told.programs() for one in each.part.search.programs()]
    if len(by_clocks) <= len(by_versions):
        return by_versions
    return sorted(by_clocks, key=lambda one: one.first_line)


def _detected(label: str, programs: list[Program], paper: Paper) -> Iterator[str]:
    if len(programs) == 1:
        yield paper.bold(f"{label}: Go {programs[0].versions}")
        yield ""
        yield from _evidence(programs[0], paper)
        return
    named = {str(program.versions) for program in programs}
    if len(named) == 1:
        yield paper.bold(f"{label}: {len(programs)} programs, Go {named.pop()}")
    else:
        yield paper.bold(f"{label}: {len(programs)} programs of {len(named)} Go versions")
    for place, program in enumerate(programs):
        others = programs[:place] + programs[place + 1 :]
        yield ""
        yield from paper.wrapped(f"{_where(program, others)}: Go {program.versions}")
        yield from _evidence(program, paper)


def _where(program: Program, others: list[Program]) -> str:
    """Say where a program's lines are, and whether others lie between them."""
    lines = f"lines {program.first_line}–{program.last_line}"
    if program.first_line == program.last_line:
        lines = f"line {program.first_line}"
    if program.source:
        return f"{neutral(program.source, 80)}, {lines}"
    is_mixed = any(
        other.first_line <= program.last_line and program.first_line <= other.last_line
        for other in others
    )
    return f"{lines}, mixed with another's" if is_mixed else lines


def _evidence(program: Program, paper: Paper) -> Iterator[str]:
    number = len(str(max(each.line for each in program.evidence)))
    for each in program.evidence:
        label = f"line {each.line:>{number}}"
        text = f"{each.what}: Go {each.versions}"
        yield from paper.labelled(label, text, 2, len(label) + 2)
    for hint in program.hints:
        yield from paper.wrapped(hint, 2)
    if settings := _would_narrow(program):
        yield from paper.wrapped(f"Lines of {' or '.join(settings)} would tell more.", 2)


def _would_narrow(program: Program) -> list[str]:
    """Return what to set for lines that differ most among the versions that are left."""
    (low, *_), (high, *_) = program.versions.bounds
    seen = {each.what.partition(".")[0] for each in program.evidence}
    in_use = {text for family in seen for text in _settings(family, program)}
    ranked: dict[str, int] = {}
    for family in _TELLING if low != high else ():
        cuts = {versions(form.versions) & program.versions for form in family_forms(family)}
        if family == "pacer":
            cuts.add(SHORT_FLOATS & program.versions)
        for text in _settings(family, program):
            if text not in in_use:
                ranked[text] = max(ranked.get(text, 0), len(cuts - {NONE, program.versions}))
    best = sorted((text for text in ranked if ranked[text]), key=lambda text: -ranked[text])
    return best[:_MOST_SETTINGS]


def _settings(family: str, program: Program) -> list[str]:
    note = families().get(family)
    return [each.text for each in for_versions(note.settings, program.versions)] if note else []
