"""What two outputs write at once, in one file."""

from __future__ import annotations

from gctui.session.whole_lines import WholeLines


def test_a_trace_line_is_not_cut_by_the_other_stream() -> None:
    lines = WholeLines()
    written = [
        lines.feed("err", b"text\ngc "),
        lines.feed("err", b"1 @0.1s"),
        lines.feed("out", b"prompt> "),
        lines.feed("err", b" 0%: 1+2+3\ngc 2"),
        lines.feed("out", b"answer\n"),
        lines.finish(),
    ]
    assert written == [b"text\n", b"", b"prompt> ", b"gc 1 @0.1s 0%: 1+2+3\n", b"answer\n", b"gc 2"]
    assert lines.finish() == b""


def test_what_goes_on_for_ever_is_no_trace_line() -> None:
    lines = WholeLines()
    assert lines.feed("err", b"gc ") == b""
    assert lines.feed("err", b"x" * 5000) == b"gc " + b"x" * 5000
    assert lines.feed("err", b"gc") == b""
