"""What the grammar's comments have no room for: how a figure is computed, what is normal.

`notes/KIND.toml` has a table per field of an event kind, `notes/FAMILY.toml` what differs in one of
its families; `families.toml` says what to set to get a family's lines, `units.toml` how the numbers
of a terminal are printed. A text may be for some Go versions alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gctui.events.versions import EVERY, Versions, versions
from gctui.grammar.forms import Form

_FOLDER = Path(__file__).resolve().parent / "notes"


@dataclass(frozen=True, slots=True)
class VersionedText:
    """A text, and the Go versions that it is about."""

    versions: Versions
    text: str


Texts = tuple[VersionedText, ...]


@dataclass(frozen=True, slots=True)
class FieldNote:
    """What there is to know of a field besides its meaning."""

    computed: Texts = ()
    """How the runtime computes it, with the function that does."""
    normal: Texts = ()
    """What is usual, and when to worry."""
    by_version: Texts = ()
    """What is different in some Go versions."""


@dataclass(frozen=True, slots=True)
class FamilyNote:
    """How to get the lines of a family."""

    settings: Texts
    when: str


@cache
def notes_of(kind: str) -> dict[str, FieldNote]:
    """Return the notes on the fields of a kind or a family, by name; none where there are none."""
    return {
        name: FieldNote(
            _texts(table.get("computed", "")),
            _texts(table.get("normal", "")),
            _texts(table.get("by_version", [])),
        )
        for name, table in _tables(kind).items()
    }


def note_of(form: Form, field: str) -> FieldNote:
    """Return the note on a field; an empty one where there is none."""
    return notes_of(form.family).get(field) or notes_of(form.kind).get(field, FieldNote())


@cache
def families() -> dict[str, FamilyNote]:
    """Return how to get the lines of each family, by its name."""
    return {
        name: FamilyNote(_texts(table["set"]), str(table["when"]))
        for name, table in _tables("families").items()
    }


@cache
def unit_notes() -> dict[str, str]:
    """Return how the numbers of a terminal are printed, by its name; only where it matters."""
    return {name: str(table["text"]) for name, table in _tables("units").items()}


def for_versions(texts: Iterable[VersionedText], printed_by: Versions) -> Iterator[VersionedText]:
    """Yield the texts that are about any of these versions, each cut to them."""
    for each in texts:
        common = each.versions & printed_by
        if common:
            yield VersionedText(EVERY if printed_by <= each.versions else common, each.text)


def kinds_with_notes() -> list[str]:
    """Return every kind, and every family, that has a file of notes."""
    others = {"families", "units"}
    return sorted(path.stem for path in _FOLDER.glob("*.toml") if path.stem not in others)


def _tables(name: str) -> dict[str, dict[str, object]]:
    path = _FOLDER / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _texts(value: object) -> Texts:
    """Read one text for every version, or pairs of versions and a text."""
    if isinstance(value, str):
        return (VersionedText(EVERY, value),) if value else ()
    if not isinstance(value, list):
        raise TypeError(f"a text, or pairs of versions and a text: {value!r}")
    return tuple(
        VersionedText(versions(about).with_prereleases(), str(text)) for about, text in value
    )
