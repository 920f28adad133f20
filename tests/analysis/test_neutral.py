"""No text of a program acts on a terminal, and none is hidden."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from gctui.analysis.neutral import LONGEST_SHOWN, neutral


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
@example("\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x9b31m \u202e \u200b \ud800 \udcff \x7f \r\n")
def test_nothing_acts(text: str) -> None:
    shown = neutral(text)
    assert all(unicodedata.category(char) not in {"Cc", "Cs"} for char in shown)
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff"
    )
    assert len(shown) <= LONGEST_SHOWN


def test_what_was_there_stays_visible() -> None:
    assert neutral("a\x00b\x7f\x1b]0;t\x07") == "a␀b␡␛]0;t␇"
    assert neutral("\x1b[1;31mred\x1b[m") == "red"
    assert neutral("tab\there") == "tab    here"
    assert neutral("[bold]kept[/bold]") == "[bold]kept[/bold]"


def test_floods_are_cut() -> None:
    assert len(neutral("x" * 10_000, 80)) == 80
    assert neutral("x" * 10_000, 80).endswith("…")
    assert len(neutral("e" + "\u0301" * 5000)) < 10
