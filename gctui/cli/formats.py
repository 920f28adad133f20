"""`gctui formats`: every line that gctui reads, the Go versions that print it, and which did."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

from gctui.analysis.go_versions import SHORT_FLOATS, Program, VersionSearch
from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import PROFILE_ALONE, no_trace
from gctui.cli.explanation import field_note, heading, marked_line, provenance
from gctui.cli.saved_events import SavedEvents
from gctui.errors import ExitCode, GctuiError
from gctui.events import unit_of
from gctui.events.versions import NONE, versions
from gctui.grammar.describe import EVERY_FAMILY, form_named, outline, sample_line
from gctui.grammar.field_notes import families, for_versions
from gctui.grammar.forms import Form, all_forms, family_forms, family_remark, profile_forms
from gctui.grammar.pattern import form_pattern
from gctui.report.paper import Paper, output_paper

_LABEL = 9
_LONGEST_NAME = 400
_MOST_SETTINGS = 2
_TELLING = ("gctrace", "scavtrace", "sched", "pacer")
"""Families whose lines changed often, and that anyone may switch on."""


class Formats:
    """Lists the forms."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "name",
            nargs="?",
            metavar="FAMILY|KIND|FORM",
            help="one family, or kind of event, or one form in full",
        )
        parser.add_argument("--detect", metavar="FILE", help="tell which Go printed this log")

    def run(self, args: argparse.Namespace) -> int:
        """Print all forms, those of a family, one in full, or which Go printed a log."""
        paper = output_paper()
        if args.detect and args.name:
            raise GctuiError("either a name or --detect FILE")
        if args.detect:
            return _detect(args.detect, paper)
        if args.name is None:
            lines = _all_families(paper)
        elif named := _families_named(args.name):
            lines = chain.from_iterable(_family(each, paper, in_full=True) for each in named)
        elif args.name in _form_names():
            lines = _form(form_named(args.name), paper)
        else:
            raise GctuiError(_unknown(args.name))
        print("\n".join(lines))
        return ExitCode.GOOD


def _families_named(name: str) -> list[str]:
    """Return the family of this name, else those whose lines are events of this kind."""
    if name in EVERY_FAMILY:
        return [name]
    of_kind = {form.family for form in all_forms() if form.kind == name}
    return [each for each in EVERY_FAMILY if each in of_kind]


def _form_names() -> list[str]:
    return [form.name for form in all_forms() + profile_forms()]


def _unknown(name: str) -> str:
    kinds = {form.kind for form in all_forms()}
    known = [*dict.fromkeys([*EVERY_FAMILY, *sorted(kinds), *_form_names()])]
    near = get_close_matches(name[:80], known, n=3, cutoff=0.6)
    meant = f"; {' or '.join(near)}?" if near else "; `gctui formats` lists them"
    return f"no family, no kind and no form {name[:80]!r}{meant}"


def _all_families(paper: Paper) -> Iterator[str]:
    for family in EVERY_FAMILY:
        yield from _family(family, paper, in_full=False)
    yield from paper.wrapped(
        "gctui formats FAMILY shows the fields, gctui formats FORM explains them; "
        "gctui explain LINE takes a line apart; gctui formats --detect LOG tells which Go "
        "printed a log."
    )


def _family(name: str, paper: Paper, *, in_full: bool) -> Iterator[str]:
    first, *rest = paper.wrapped(f"{name}: {family_remark(name)}")
    yield paper.bold(name) + first.removeprefix(name)
    yield from rest
    if (note := families().get(name)) is not None:
        settings = "; ".join(
            each.text if len(note.settings) == 1 else f"Go {each.versions}: {each.text}"
            for each in note.settings
        )
        yield from paper.labelled("set", settings, 2, _LABEL)
        yield from paper.labelled("when", note.when, 2, _LABEL)
    for form in family_forms(name):
        if in_full:
            yield ""
        yield from _form_in_short(form, paper)
        if in_full:
            yield from _fields(form, paper)
    yield ""


def _form_in_short(form: Form, paper: Paper) -> Iterator[str]:
    head = f"  {form.name:<30} Go {form.versions}"
    yield head.replace(form.name, paper.bold(form.name), 1)
    shown = sample_line(form) or outline(form)
    yield from paper.verbatim(neutral(shown), 6)


def _fields(form: Form, paper: Paper) -> Iterator[str]:
    yield from paper.wrapped(form.remark, 6)
    width = max((len(field.name) for field in form.fields), default=0) + 2
    for field in form.fields:
        unit = unit_of(field.name)
        meaning = f"{unit}: {field.meaning}" if unit else field.meaning
        yield from paper.labelled(field.name, meaning, 6, width)


def _form(form: Form, paper: Paper) -> Iterator[str]:
    """Yield one form in full: outline, sample, each field with its note."""
    printed_by = versions(form.versions)
    yield from heading(form, paper, printed_by)
    yield ""
    yield from paper.verbatim(outline(form), 2)
    letters: dict[str, str] = {}
    sample = sample_line(form)
    found = form_pattern(form).fullmatch(sample.encode("utf-8", "surrogateescape"))
    if found is not None:
        yield ""
        letters = yield from marked_line(form, found.groups(), paper)
    for field in form.fields:
        yield ""
        unit = unit_of(field.name)
        name = paper.bold(field.name) + (f", in {unit}" if unit else "")
        yield f" {paper.accent(letters.get(field.name, ' '))}  {name}"
        yield from paper.wrapped(field.meaning, 4)
        yield from field_note(form, field, paper, printed_by)
    yield ""
    yield from provenance(form, paper, printed_by)


def _detect(name: str, paper: Paper) -> int:
    search, saved = VersionSearch(), SavedEvents(name)
    for events in saved:
        search.add(events)
    programs = search.programs()
    label = "standard input" if name == "-" else neutral(name, _LONGEST_NAME)
    if not programs:
        said = PROFILE_ALONE if saved.has_profile else no_trace()
        raise GctuiError(f"{label}: {said}", ExitCode.NO_TRACE)
    if saved.go_version:
        print(neutral(f"{label}: the program's binary says {saved.go_version}; its lines:"))
    print("\n".join(_detected(label, programs, paper)))
    return ExitCode.GOOD


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


COMMAND = Formats()
