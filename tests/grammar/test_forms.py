"""Each form is documented, has a sample of its own name, and reads that sample alone."""

from pathlib import Path

import pytest

from gctui.grammar.forms import FAMILIES, Form, Resolver, all_forms, family_remark
from gctui.grammar.pattern import form_pattern, needles, openings_pattern
from gctui.grammar.syntax import GrammarError, read_grammar
from tests.corpus_files import SAMPLES

FORMS = all_forms()


def sample_lines(form: Form) -> list[bytes]:
    data = (SAMPLES / "forms" / f"{form.name}.log").read_bytes()
    return data.removesuffix(b"\n").split(b"\n")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_matrix(form: Form) -> None:
    """Each sample is read by its form and by no other."""
    for line in sample_lines(form):
        readers = [other.name for other in FORMS if form_pattern(other).fullmatch(line)]
        assert readers == [form.name], line


def test_no_sample_without_a_form() -> None:
    names = {path.name.removesuffix(".log") for path in (SAMPLES / "forms").glob("*.log")}
    assert names == {form.name for form in FORMS}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_documented(form: Form) -> None:
    """The grammar is the reference page: versions, a remark, a meaning for every field."""
    assert form.versions
    assert form.remark
    for field in form.fields:
        assert field.meaning, f"{form.name}: {field.name} has no meaning"


def test_families_introduce_themselves() -> None:
    assert all(family_remark(family).endswith(".") for family in FAMILIES)


def test_needles_find_every_sample() -> None:
    """The words that the hot path looks for are in every trace line."""
    words = needles(FORMS)
    for form in FORMS:
        assert all(any(word in line for word in words) for line in sample_lines(form))


def test_openings_find_every_sample() -> None:
    """Each line is found where it begins, in whatever text it stands."""
    openings = openings_pattern(FORMS)
    assert openings.pattern.startswith(b"(?=[")
    for form in FORMS:
        for line in sample_lines(form):
            found = openings.search(b"x" + line)
            assert found is not None
            assert found.start() == 1, line


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('// Go 1: x.\na: "x" _b\n_b: "y" _b\n', "recursion"),
        ("// Go 1: x.\na: /(x)/\n", "capturing"),
        ('// Go 1: x.\na.2: "x"\n', "priorities"),
        ('// Go 1: x.\na: "x"+\n', "cannot translate"),
        ("%ignore /x/\n", "not used here"),
        ('a: "x', "x"),
    ],
)
def test_refusals(tmp_path: Path, text: str, complaint: str) -> None:
    """What cannot become a pattern is refused by name."""
    path = tmp_path / "bad.lark"
    path.write_text(text)
    with pytest.raises(GrammarError, match=complaint):
        _translate(path)


def _translate(path: Path) -> None:
    grammar = read_grammar(path)
    resolver = Resolver(grammar)
    for rule in grammar.rules.values():
        resolver.part(rule.body, ())
