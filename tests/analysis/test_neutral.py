"""No text of a program acts on a terminal, none is hidden, and all of it has one width."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from gctui.analysis.neutral import LONGEST_SHOWN, is_combining, neutral

EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]
MARKS_ON_ONE = 6


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
@example("\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x9b31m \u202e \u200b \ud800 \udcff \x7f \r\n")
@example("\u0301" * 5000)
@example("\x1b[\x1b[0m0m")
def test_nothing_acts(text: str) -> None:
    shown = neutral(text)
    assert not {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, shown))
    assert len(shown) <= LONGEST_SHOWN
    assert not shown or not is_combining(shown[0])
    assert neutral(shown) == shown


def test_every_character_has_the_width_that_terminals_give_it() -> None:
    shown = {neutral(f"a{each}") for each in EVERY_CHARACTER}
    assert [
        text for text in shown if cell_len(text) != sum(map(wcwidth, text)) or wcwidth(text[-1]) < 0
    ] == []


def test_no_character_changes_the_width_of_others() -> None:
    shown = [neutral(f"a{each}")[1:] for each in EVERY_CHARACTER]
    alone = sum(cell_len(f"a{text}") - 1 for text in shown)
    assert cell_len("a" + "".join(shown)) - 1 == alone


def test_what_was_there_stays_visible() -> None:
    assert neutral("a\x00b\x7f\x1b]0;t\x07") == "a␀b␡␛]0;t␇"
    assert neutral("\x1b[1;31mred\x1b[m") == "red"
    assert neutral("tab\there") == "tab    here"
    assert neutral("[bold]kept[/bold]") == "[bold]kept[/bold]"
    assert neutral("a\x9bb\u202ec\u2066d\u200be\ufefff\udcffg\u00adh") == "a�b�c�d�e�f�g�h"
    assert neutral("a\u3164b\u034fc\U000e0100d\u2028e") == "a�b�c�d�e"


@pytest.mark.parametrize(
    "text", ["Straße", "naïve cafe\u0301", "日本語", "Việt", "हिन्दी", "ကျွန်တော်", "ไม่ได้", "🚀", "각"]
)
def test_languages_are_left_alone(text: str) -> None:
    assert neutral(text) == text


def test_how_a_character_is_drawn_is_dropped() -> None:
    assert neutral("\u2764\ufe0f 👍🏽 1\ufe0f\u20e3") == "\u2764 👍 1\u20e3"
    assert neutral("🇩🇪") == "DE"
    assert neutral("👩\u200d💻") == "👩�💻"


def test_long_texts_are_cut() -> None:
    assert len(neutral("x" * 10_000, 80)) == 80
    assert neutral("x" * 10_000, 80).endswith("…")


@pytest.mark.parametrize(
    "mark", ["\u0301", "\u20dd", "\u0e35", "\u064b", "\U0001d165", "\u1161", "\u11a8", "\u0903"]
)
def test_floods_are_cut(mark: str) -> None:
    assert neutral(f"e{mark * 50}f") == f"e{mark * MARKS_ON_ONE}…f"
    assert neutral(mark * 50) == f"\u25cc{mark * MARKS_ON_ONE}…"
    assert neutral("ab") + neutral(mark) == f"ab\u25cc{mark}"


@pytest.mark.parametrize("flood", ["e\u0301", "\u0301", "👨\u200d👩", "\u200d", "\x1b[", "🏽", "ﷺ"])
def test_a_flood_costs_no_more_than_what_is_shown(flood: str) -> None:
    long = flood * (1 << 20)
    neutral(long)
    begin_s = time.process_time()
    for _ in range(20):
        neutral(long)
    assert time.process_time() - begin_s < 1.0
