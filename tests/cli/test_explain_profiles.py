"""`explain` and `formats` know the lines of text profiles too."""

from __future__ import annotations

import pytest

from gctui.cli.main import main
from gctui.grammar.forms import profile_forms


@pytest.mark.parametrize(
    ("line", "form", "shown"),
    [
        ("heap profile: 1: 2 [3: 4] @ heap/1048576", "profile.go1.0.heap", "1048576"),
        ("#\t0x10\t\tmain.f+0x3\t/x.go:9", "profile.go1.0.frame", "main.f"),
        ("# Stack = 10 / 20", "memstats.go1.0.stack", "stack_sys_bytes"),
        ("# DebugGC = false", "memstats.go1.0.debug.gc", "false"),
    ],
)
def test_explain(line: str, form: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", line]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{form}: printed by Go ")
    assert shown in out


def test_what_a_line_holds_cannot_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "#\t0x10\tmain.\x1b[2J+0x3\t\x9b/x.go:9"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x9b" not in out


def test_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats"]) == 0
    out = capsys.readouterr().out
    assert all(form.name in out for form in profile_forms())
    assert main(["formats", "memstats.go1.15.max.rss"]) == 0
    assert "peak RSS" in capsys.readouterr().out
