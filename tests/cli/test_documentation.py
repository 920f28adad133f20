"""`formats` and `explain`: the grammar as documentation."""

from __future__ import annotations

import pytest

from gctui.cli.main import main
from gctui.grammar.forms import all_forms
from tests.corpus_files import SAMPLES


def said(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(args) == 0
    return capsys.readouterr().out


def test_formats_lists_every_form_with_its_versions(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "formats")
    for form in all_forms():
        assert form.name in text
        assert f"Go {form.versions}" in text


@pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.name)
def test_explain_takes_the_sample_of_every_form_apart(
    form: object, capsys: pytest.CaptureFixture[str]
) -> None:
    name = getattr(form, "name", "")
    line = (SAMPLES / "forms" / f"{name}.log").read_text().split("\n")[0]
    text = said(capsys, "explain", line)
    assert text.startswith(f"{name}: printed by Go ")
    for field in getattr(form, "fields", ()):
        if not field.is_flag:
            assert f"  {field.name} " in text
            assert field.meaning in text


def test_explain_points_at_a_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "gc 1 @0.1s 2%: 3"]) == 3
    out = capsys.readouterr().out.split("\n")
    assert out[0] == "gc 1 @0.1s 2%: 3"
    assert out[1].index("^") == 6
    assert "expected start_s (SECONDS)" in out[1]


def test_explain_shows_what_stands_around_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "app: scvg7: 0x1b MB released"]) == 0
    out = capsys.readouterr().out
    assert "text: app:" in out
    assert "27 MB" in out
