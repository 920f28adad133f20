"""`gctui formats`: every line that gctui reads, the Go versions that print it, and which did."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

from gctui.analysis.neutral import neutral
from gctui.cli.explanation import field_note, heading, marked_line, provenance
from gctui.cli.formats_detected import detect
from gctui.errors import ExitCode, GctuiError
from gctui.events import unit_of
from gctui.events.versions import versions
from gctui.grammar.describe import EVERY_FAMILY, form_named, outline, sample_line
from gctui.grammar.field_notes import families
from gctui.grammar.forms import Form, all_forms, family_forms, family_remark, profile_forms
from gctui.grammar.pattern import form_pattern
from gctui.report.paper import Paper, output_paper

_LABEL = 9


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
        parser.add_argument(
            "--detect", nargs="+", metavar="FILE", help="tell which Go printed these logs"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Print all forms, those of a family, one in full, or which Go printed a log."""
        paper = output_paper()
        if args.detect and args.name:
            raise GctuiError("either a name or --detect FILE")
        if args.detect:
            return detect(args.detect, paper)
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


COMMAND = Formats()
