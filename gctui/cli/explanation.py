"""One line in full: the line with its fields marked, each field explained, what follows from it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from gctui.analysis.neutral import neutral
from gctui.analysis.one_line import Derived
from gctui.analysis.spread import LogSpread, compared
from gctui.analysis.units import size
from gctui.events import Printed
from gctui.events.versions import Versions, versions
from gctui.grammar.describe import pieces, shown_value
from gctui.grammar.field_notes import Texts, families, for_versions, note_of, unit_notes
from gctui.grammar.forms import Form, FormField
from gctui.report.paper import Paper
from gctui.report.ruler import LETTERS, Marked, ruled

_INDENT = 4
_LABEL = 9
_LONGEST_VALUE = 200
_NARROWEST_COLUMN = 34
_LARGE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line to explain."""

    form: Form
    printed: Printed
    derived: tuple[Derived, ...]
    printed_by: Versions
    """Which Go printed it: as the form says, or fewer where more is known."""


@dataclass(frozen=True, slots=True)
class Log:
    """What a line is held against."""

    label: str
    spread: LogSpread


def explanation(line: Line, paper: Paper, log: Log | None = None, *, brief: bool) -> Iterator[str]:
    """Yield everything about a line; `brief`: without what is the same for every such line."""
    printed_by = line.printed_by
    yield from heading(line.form, paper, printed_by)
    yield ""
    yield from marked_line(line.form, line.printed, paper)
    yield ""
    for letter, field, text in _printed_fields(line.form, line.printed):
        yield from _field(letter, field, shown_value(field, text), paper)
        if not brief:
            yield from field_note(line.form, field, paper, printed_by)
        if log is not None:
            yield from _against(line, field, text, paper, log)
        if not brief:
            yield ""
    if line.derived:
        if brief:
            yield ""
        yield from _derived(line.derived, paper)
    if not brief:
        if line.derived:
            yield ""
        yield from provenance(line.form, paper, printed_by)


def heading(form: Form, paper: Paper, printed_by: Versions) -> Iterator[str]:
    """Yield the form's name, versions and remark."""
    said = f"{form.name}: printed by Go {form.versions}."
    if str(printed_by) != form.versions and not versions(form.versions) <= printed_by:
        said += f" This one: Go {printed_by}."
    first, *rest = paper.wrapped(f"{said} {form.remark}")
    yield paper.bold(form.name) + first.removeprefix(form.name)
    yield from rest


def marked_line(form: Form, printed: Printed, paper: Paper) -> Generator[str, None, dict[str, str]]:
    """Yield the line with a ruler under it; return the letter of each field that it has."""
    letters = {field.name: letter for letter, field, _ in _printed_fields(form, printed)}
    parts = [
        Marked(neutral(piece.text), letters.get(piece.field.name, "") if piece.field else "")
        for piece in pieces(form, printed)
    ]
    for row in ruled(parts, paper.width - 2):
        yield f"  {row.text}"
        if row.ruler:
            yield f"  {paper.accent(row.ruler)}"
    return letters


def _printed_fields(form: Form, printed: Printed) -> Iterator[tuple[str, FormField, bytes]]:
    """Yield letter, field and text of what stands on the line."""
    there = [
        (field, text) for field, text in zip(form.fields, printed, strict=True) if text is not None
    ]
    for place, (field, text) in enumerate(there):
        yield LETTERS[place] if place < len(LETTERS) else "", field, text


def _field(letter: str, field: FormField, value: str, paper: Paper) -> Iterator[str]:
    shown = neutral(value, _LONGEST_VALUE)
    if field.name.endswith("_bytes") and field.type_name == "int":
        count = int(value.split(maxsplit=1)[0])
        if abs(count) >= _LARGE_BYTES:
            sign = "−" if count < 0 else ""
            shown += f" ({sign}{size(abs(count) / _LARGE_BYTES)})"
    head = f"{field.name}  {shown}"
    yield f" {paper.accent(letter or ' ')}  {paper.bold(field.name)}  {head[len(field.name) + 2 :]}"
    yield from paper.wrapped(field.meaning, _INDENT)


def field_note(form: Form, field: FormField, paper: Paper, printed_by: Versions) -> Iterator[str]:
    """Yield how a field is computed, what is normal, and what differs between versions."""
    note = note_of(form, field.name)
    yield from _texts("how", note.computed, paper, printed_by)
    yield from _texts("normal", note.normal, paper, printed_by)
    for each in note.by_version:
        common = each.versions & printed_by
        if common:
            label = f"Go {common}"
            yield from paper.labelled(label, each.text, _INDENT, max(_LABEL, len(label) + 2))


def _texts(label: str, texts: Texts, paper: Paper, printed_by: Versions) -> Iterator[str]:
    told = [*for_versions(texts, printed_by)]
    for each in told:
        which = f"Go {each.versions & printed_by}: " if len(told) > 1 else ""
        yield from paper.labelled(label, which + each.text, _INDENT, _LABEL)


def _against(line: Line, field: FormField, text: bytes, paper: Paper, log: Log) -> Iterator[str]:
    form, lines = line.form.name, log.spread.lines.get(line.form.name, 0)
    if not lines:
        return
    if field.is_flag:
        said = f"{log.spread.flagged(form, field.name)} of {lines} lines"
    else:
        value, spread = field.read(text), log.spread.of(form, field.name)
        if spread is None or isinstance(value, bool) or not isinstance(value, int | float):
            return
        said = compared(value, spread, lines) if value >= 0 else f"below 0; {lines} lines"
    yield from paper.labelled("log", said, _INDENT, _LABEL)


def _derived(derived: tuple[Derived, ...], paper: Paper) -> Iterator[str]:
    yield paper.bold("What follows from this line")
    names = max(len(each.name) for each in derived) + 2
    values = max(len(each.value) for each in derived) + 2
    column = _INDENT + names + values
    is_narrow = paper.width - column < _NARROWEST_COLUMN
    for each in derived:
        rows = list(paper.wrapped(each.how, 2 * _INDENT if is_narrow else column))
        if is_narrow:
            rows.insert(0, "")
        head = f"{' ' * _INDENT}{each.name:<{names}}{paper.bold(each.value)}"
        gap = " " * (values - len(each.value))
        yield (head + gap + (rows[0].lstrip() if rows else "")).rstrip()
        yield from rows[1:]


def provenance(form: Form, paper: Paper, printed_by: Versions) -> Iterator[str]:
    """Yield how to get such a line, and how its numbers are printed."""
    yield paper.bold("How to get this line")
    family = families().get(form.family)
    if family is not None:
        for each in for_versions(family.settings, printed_by):
            yield from paper.labelled("set", each.text, _INDENT, _LABEL)
        yield from paper.labelled("when", family.when, _INDENT, _LABEL)
    yield from paper.labelled("form", f"{form.name}, Go {form.versions}", _INDENT, _LABEL)
    units = unit_notes()
    told = dict.fromkeys(units[field.unit] for field in form.fields if field.unit in units)
    for text in told:
        unit, _, rest = text.partition(": ")
        if rest:
            yield from paper.labelled(unit, rest, _INDENT, _LABEL)
        else:
            yield from paper.labelled("numbers", text, _INDENT, _LABEL)
