"""What the observed program says is shown and never obeyed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from wcwidth import wcwidth

from gctui.analysis.neutral import neutral
from gctui.model.feed import Phase
from gctui.report.plain import summary, ticker_line
from gctui.tui.app import GctuiApp
from gctui.tui.harmless_filter import harmless
from gctui.tui.leaving import Leave
from gctui.tui.output_pane import OutputPane

from .feeds import LIVE, SAWTOOTH, StillFeed, logged, sample_lines
from .looking import rows, seen, segments, strips

MARKUP = "[bold red]no[/] [@click=app.exit]x[/] [/] [unclosed"
WIDE = "日本語のログ 🚀🚀 é 👩‍💻 ﷽ end"
TRACE = sample_lines(SAWTOOTH)[:20]
SHAPELESS = {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}
CONTROLS = "a\x1b]0;title\x07b\x1b[2Jc\rd\x9be\u202ef\x00g"


def feed_that_says(text: str) -> StillFeed:
    feed = logged(SAWTOOTH, 100, replace(LIVE, pid=7, godebug=text))
    feed.become(label=text)
    feed.read(text.encode() + b"\n")
    return feed


@pytest.mark.parametrize("phase", [Phase.LIVE, Phase.ENDED])
async def test_markup_is_text(phase: Phase) -> None:
    feed = feed_that_says(MARKUP)
    feed.become(phase=phase, ended=MARKUP)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert MARKUP in rows(app)[0]
        assert any(MARKUP in row for row in rows(app)[40:])
        for segment in segments(app, "[@click"):
            assert segment.style is not None
            assert "@click" not in segment.style.meta
        await pilot.click("#output", offset=(30, 1))
        assert app.is_running


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 20), (200, 60)])
@pytest.mark.parametrize("text", [WIDE, WIDE * 20, CONTROLS, "\u0301" * 500, "a\u0301" * 500])
async def test_rows_keep_their_width(text: str, size: tuple[int, int]) -> None:
    app = GctuiApp(feed_that_says(text), leave=Leave.PIPE)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for strip in strips(app):
            assert cell_len(strip.text) == size[0]


async def test_control_characters_never_reach_the_terminal() -> None:
    app = GctuiApp(feed_that_says(CONTROLS), leave=Leave.PIPE)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        text = seen(app).replace("\n", "")
        assert not [char for char in text if ord(char) < 32 or 0x7F <= ord(char) < 0xA0]
        assert "\u202e" not in text
        assert "a␛]0;title␇b" in text


async def test_bytes_that_are_not_utf8() -> None:
    feed = StillFeed()
    feed.read(b"caf\xe9 \xff\xfe\n")
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "caf\ufffd \ufffd\ufffd" in seen(app)
        seen(app).encode()


async def test_a_search_for_special_signs() -> None:
    feed = StillFeed()
    feed.read(b"a [bold]b[/] (c) .*\nplain\n")
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *"[bold]b[/] (c) .*")
        await pilot.pause()
        assert segments(app, "[bold]b[/] (c) .*")


async def test_an_unparsed_line_is_output_too() -> None:
    feed = StillFeed()
    feed.read(sample_lines(SAWTOOTH)[0].rstrip()[:-6] + b"\n")
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "gc 1" in seen(app)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary() | st.text().map(str.encode) | st.sampled_from(TRACE), max_size=30))
@example([b"\x1b]52;c;aGk=\x07", b"\xff\xc2\x9b6n", "\u202e\u0301".encode() * 9, b"\x7f\x00\r"])
def test_of_any_bytes_nothing_but_printable_text_is_left(pieces: list[bytes]) -> None:
    feed = StillFeed(replace(LIVE, label="any", godebug="any"))
    feed.read(b"\n".join(pieces) + b"\n")
    frame = feed.frame()
    pane = OutputPane(feed)
    _, lines = feed.text(0, frame.text_lines)
    drawn = [segment.text for line in lines for segment in pane._marked(neutral(line), 0)]
    printed = [*summary(frame), ticker_line(frame)]
    for text in [*drawn, *printed]:
        assert not SHAPELESS & set(map(unicodedata.category, text)), text
        assert cell_len(text) == sum(map(wcwidth, text))


@given(st.text())
def test_the_last_look_at_a_row_moves_nothing(text: str) -> None:
    shown = harmless(text)
    assert not SHAPELESS & set(map(unicodedata.category, shown))
    assert harmless(neutral(text)) == neutral(text)
    if "\u200d" not in text:
        assert cell_len(shown) == cell_len(text)


async def test_what_is_pasted_is_harmless_too() -> None:
    feed = StillFeed()
    feed.read(b"plain\n")
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash")
        app.post_message(events.Paste("one\x1b]0;t\x07\u202e\x9b\ntwo"))
        await pilot.pause(0.1)
        assert "one␛]0;t␇\ufffd\ufffd" in seen(app)
        assert "two" not in seen(app)
