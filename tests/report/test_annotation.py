"""What GitHub's runner reads of our lines, by a reader written from actions/runner's."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.report.annotation import annotation, harmless


def read_by_the_runner(line: str) -> tuple[str, dict[str, str], str]:
    """Take a workflow command apart as ActionCommand.TryParseV2 does."""
    assert line.startswith("::")
    head, _, text = line[2:].partition("::")
    command, _, written = head.partition(" ")
    properties = dict(part.split("=", 1) for part in written.split(",") if part)
    return command, {name: put_back(value) for name, value in properties.items()}, put_back(text)


def put_back(text: str) -> str:
    for escaped, meant in (
        ("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"),
    ):  # fmt: skip
        text = text.replace(escaped, meant)
    return text


@pytest.mark.parametrize("file", ["app.log", "a,b:c%.log", "new\nline\r::error::.log", "::set-env"])
def test_a_name_is_read_back(file: str) -> None:
    line = annotation("100% of: a, b\nand ::warning::", file=file, line=3, title="gctui: x, y")
    assert "\n" not in line
    assert "\r" not in line
    assert read_by_the_runner(line) == (
        "error",
        {"file": file, "line": "3", "title": "gctui: x, y"},
        "100% of: a, b\nand ::warning::",
    )


@given(st.text(), st.text())
def test_whatever_a_name_holds_it_is_one_command(text: str, file: str) -> None:
    line = annotation(text, file=file, title="gctui")
    command, properties, _ = read_by_the_runner(line)
    assert command == "error"
    assert set(properties) <= {"file", "title"}
    assert not {unicodedata.category(char) for char in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(line.splitlines()) == 1
    assert "##[" not in line


def test_nothing_known_is_left_out() -> None:
    assert annotation("broken") == "::error::broken"
    assert annotation("it costs", level="warning") == "::warning::it costs"
    assert harmless("x ##[add-mask]y") == "x ## [add-mask]y"
    assert harmless("   ::error::x") == "   : :error::x"
    assert harmless("a.log::error::x") == "a.log::error::x"
