"""The law: a pattern without possessive repetition matches the same lines, and reads them alike."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark

from gctui.grammar.forms import all_forms
from gctui.grammar.pattern import form_pattern
from gctui.grammar.reference import reference_parser
from tests.corpus_files import read_log, sample_logs

pl = pytest.importorskip("polars", reason="the extra gctui[frame] is not installed")

from gctui.frame.patterns import (  # noqa: E402 - needs the extra
    ColumnarForm,
    Untranslatable,
    columnar_forms,
    translated,
)

_EDITS = st.tuples(
    st.floats(0, 1),
    st.text('0123456789.+-/>()% @#,:=[]" gcsvMBKiPGnSCHED∆Δ', max_size=3),
    st.integers(0, 4),
)


def groups_by_polars(form: ColumnarForm, lines: list[str]) -> list[tuple[str | None, ...] | None]:
    read = pl.Series("line", lines).str.extract_groups(form.source).to_list()
    return [
        None if groups[str(form.certain)] is None else tuple(groups.values()) for groups in read
    ]


def groups_by_python(form: ColumnarForm, lines: list[str]) -> list[tuple[str | None, ...] | None]:
    pattern = form_pattern(form.form)
    found = [pattern.fullmatch(line.encode()) for line in lines]
    return [
        one and tuple(None if text is None else text.decode() for text in one.groups())
        for one in found
    ]


@pytest.mark.parametrize("form", columnar_forms(), ids=lambda form: form.form.name)
def test_drawn_and_damaged_lines(form: ColumnarForm) -> None:
    lines: list[str] = []

    @settings(max_examples=60, deadline=None, database=None)
    @given(from_lark(reference_parser(form.form)), st.lists(_EDITS, min_size=1, max_size=3))
    def draw(line: str, edits: list[tuple[float, str, int]]) -> None:
        damaged = line
        for place, text, cut in edits:
            at = int(place * len(damaged))
            damaged = damaged[:at] + text + damaged[at + cut :]
        lines.extend((line, damaged))

    draw()
    read = groups_by_polars(form, lines)
    assert read == groups_by_python(form, lines)
    assert any(read)


def test_every_line_of_every_sample() -> None:
    texts = {line for path in sample_logs() for line in read_log(path).split(b"\n")}
    lines = [line.decode() for line in sorted(texts) if _is_utf8(line)]
    matched = 0
    for form in columnar_forms():
        read = groups_by_polars(form, lines)
        assert read == groups_by_python(form, lines)
        matched += any(read)
    assert matched > 20


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_every_form_but_the_folded_ones_is_read() -> None:
    left_out = {form.name for form in all_forms()} - {f.form.name for f in columnar_forms()}
    assert all(name.startswith("scheddetail.") for name in left_out)


def test_nothing_possessive_is_left_and_nothing_is_guessed() -> None:
    for form in columnar_forms():
        # Another `+` behind one that repeats is the sign of it, and an error in other engines.
        assert not re.search(r"(?<!\\)[+*?}]\+", form.source)
    assert translated(r"a++\++[+*]++(?:b{0,19}+)?+c\}+") == r"a+\++[+*]+(?:b{0,19})?c\}+"
    with pytest.raises(Untranslatable):
        translated("a(?!b)")
