"""The notes beside the grammar: every field has one, none is left over, versions are readable."""

from __future__ import annotations

import pytest

from gctui.events.versions import EVERY, versions
from gctui.grammar.describe import EVERY_FAMILY
from gctui.grammar.field_notes import (
    Texts,
    families,
    for_versions,
    kinds_with_notes,
    note_of,
    notes_of,
    unit_notes,
)
from gctui.grammar.forms import Form, all_forms, profile_forms

FORMS = all_forms() + profile_forms()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_field_of_every_form_has_a_note_for_its_versions(form: Form) -> None:
    printed_by = versions(form.versions)
    assert printed_by != EVERY, f"{form.name}: what versions are {form.versions!r}?"
    for field in form.fields:
        note = note_of(form, field.name)
        assert [*for_versions(note.computed, printed_by)], f"{form.name}: {field.name}: computed?"
        assert [*for_versions(note.normal, printed_by)], f"{form.name}: {field.name}: normal?"


@pytest.mark.parametrize("kind", kinds_with_notes())
def test_no_note_is_about_a_field_that_does_not_exist(kind: str) -> None:
    fields = {
        field.name for form in FORMS if kind in {form.kind, form.family} for field in form.fields
    }
    assert set(notes_of(kind)) <= fields


@pytest.mark.parametrize("kind", kinds_with_notes())
def test_no_text_is_about_versions_that_never_print_the_field(kind: str) -> None:
    for name, note in notes_of(kind).items():
        printed_by = [
            versions(form.versions)
            for form in FORMS
            if kind in {form.kind, form.family} and name in {field.name for field in form.fields}
        ]
        texts: Texts = note.computed + note.normal + note.by_version
        for each in texts:
            assert any(each.versions & printing for printing in printed_by), each.text
        assert all(each.versions != EVERY for each in note.by_version)


def test_every_family_says_how_to_get_its_lines() -> None:
    assert set(families()) == set(EVERY_FAMILY)
    for form in FORMS:
        settings = [*for_versions(families()[form.family].settings, versions(form.versions))]
        assert settings, form.name


def test_units_are_those_of_the_grammar() -> None:
    assert set(unit_notes()) <= {field.unit for form in FORMS for field in form.fields}
