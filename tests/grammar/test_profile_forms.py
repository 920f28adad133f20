"""The forms of text profiles: documented, each seen in a sample, read by no other, agreed upon."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis.extra.lark import from_lark

from gctui.events import MemStats
from gctui.grammar.forms import PROFILE_FAMILIES, Form, all_forms, family_remark, profile_forms
from gctui.grammar.pattern import form_pattern
from gctui.grammar.reference import reference_fields, reference_parser
from tests.corpus_files import SAMPLES
from tests.grammar.test_agreement import pattern_fields

FORMS = profile_forms()
SAMPLE_FILES = sorted(
    path for path in (SAMPLES / "profiles").iterdir() if path.suffix in {".txt", ".dump"}
)


def sample_lines() -> list[bytes]:
    """Every line of the samples but the empty ones, its columns aligned by one tab."""
    lines = b"\n".join(path.read_bytes() for path in SAMPLE_FILES).split(b"\n")
    return [re.sub(rb"\t+", b"\t", line) for line in lines if line]


def test_each_line_is_read_by_one_form_and_each_form_reads_one() -> None:
    seen = set()
    for line in sample_lines():
        readers = [form.name for form in FORMS if form_pattern(form).fullmatch(line)]
        if line == b"# runtime.MemStats":
            assert readers == []
            continue
        assert len(readers) == 1, (line[:200], readers)
        seen.update(readers)
    assert seen == {form.name for form in FORMS}


def test_none_of_them_is_looked_for_in_a_stream() -> None:
    assert not set(all_forms()) & set(FORMS)
    for form in all_forms():
        assert not any(form_pattern(form).fullmatch(line) for line in sample_lines())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_documented(form: Form) -> None:
    assert form.versions
    assert form.remark
    assert all(field.meaning for field in form.fields)


def test_families_introduce_themselves() -> None:
    assert all(family_remark(family).endswith(".") for family in PROFILE_FAMILIES)


def test_every_figure_has_a_field() -> None:
    figures = {field.name for form in FORMS if form.kind == "memstats" for field in form.fields}
    assert figures <= {field.name for field in fields(MemStats)}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_drawn_lines(form: Form) -> None:
    """Lines drawn from the grammar mean the same to Lark and to the pattern."""

    @settings(max_examples=25, deadline=None, database=None)
    @given(line=from_lark(reference_parser(form)))
    def agree(line: str) -> None:
        whole = reference_fields(form, line)
        assert whole is not None
        assert pattern_fields(form, line) == whole

    agree()


def test_real_lines_mean_the_same_to_both() -> None:
    for line in sample_lines():
        text = line.decode()
        if len(text) > 500:
            continue
        for form in FORMS:
            read = pattern_fields(form, text)
            if read is not None:
                assert reference_fields(form, text) == read, (form.name, text)
