"""The law: Lark and the compiled pattern read the same lines, and read them alike."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark

from gctui.grammar.forms import Form, all_forms
from gctui.grammar.pattern import form_pattern, reach
from gctui.grammar.reference import reference_fields, reference_parser
from tests.corpus_files import corpus_logs, read_log, sample_logs

FORMS = all_forms()


def pattern_fields(form: Form, line: str) -> dict[str, str] | None:
    """What the compiled pattern reads, in the reference's terms: a flag's text is empty."""
    found = form_pattern(form).fullmatch(line.encode("utf-8", "surrogateescape"))
    if found is None:
        return None
    return {
        field.name: "" if field.is_flag else text.decode()
        for field, text in zip(form.fields, found.groups(), strict=True)
        if text is not None
    }


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_drawn_lines(form: Form) -> None:
    """Lines drawn from the grammar, whole and damaged, mean the same to both."""
    drawn = from_lark(reference_parser(form))

    @settings(max_examples=40, deadline=None, database=None)
    @given(line=drawn, edits=st.lists(_EDITS, min_size=1, max_size=3))
    def agree(line: str, edits: list[tuple[float, str, int]]) -> None:
        whole = reference_fields(form, line)
        assert whole is not None
        assert pattern_fields(form, line) == whole
        damaged = line
        for place, text, cut in edits:
            at = int(place * len(damaged))
            damaged = damaged[:at] + text + damaged[at + cut :]
        assert pattern_fields(form, damaged) == reference_fields(form, damaged)

    agree()


_EDITS = st.tuples(
    st.floats(0, 1),
    st.text('0123456789.+-/>()% @#,:=[]" gcsvMBKiPGnSCHED∆Δ\n', max_size=3),
    st.integers(0, 4),
)


_OPENINGS = ("gc", "sc", "GC", "forced", "SCHED", "pacer", "init ", "P", "M", "G", "check")


def _interesting_lines() -> list[str]:
    lines: set[bytes] = set()
    for path in [*sample_logs(), *corpus_logs()]:
        lines.update(line for line in read_log(path).split(b"\n") if len(line) < 1000)
    # One line per shape is enough for Lark, which is slow: digits say nothing new of the grammar.
    shapes = {re.sub(rb"\d+", b"0", line): line for line in sorted(lines)}
    return [line.decode("utf-8", "surrogateescape") for line in shapes.values()]


def test_real_lines() -> None:
    """Every shape of line in the samples, trace or not, means the same to both."""
    seen = 0
    for line in _interesting_lines():
        for form in FORMS:
            read = pattern_fields(form, line)
            if read is not None or line.lstrip().startswith(_OPENINGS):
                assert reference_fields(form, line) == read, (form.name, line)
                seen += 1
    assert seen > 500


def test_reach_says_what_lark_expected() -> None:
    line = (
        "gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
        "51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globels, 2 P"
    )
    form = next(form for form in FORMS if form.name == "gctrace.go1.18")
    end = reach(form, line.encode())
    assert (end.end, end.expected, end.whole) == (
        line.index(" MB globels"),
        '" MB globals, "',
        False,
    )


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@settings(max_examples=30, deadline=None, database=None)
@given(data=st.data())
def test_reach_agrees_with_the_pattern(form: Form, data: st.DataObject) -> None:
    """A form reaches the end of a text exactly when its pattern matches all of it."""
    line = data.draw(from_lark(reference_parser(form)))
    cut = line[: data.draw(st.integers(0, len(line)))].encode()
    end = reach(form, cut)
    assert (end.whole and end.end == len(cut)) == (form_pattern(form).fullmatch(cut) is not None)
