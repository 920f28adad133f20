"""What a terminal was sent, taken apart: text, and the sequences that act on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass

from wcwidth import wcswidth

MARKER = "mark3r"
"""Stands behind each sequence of the hostile texts, to tell those from what is drawn with."""

# Each would act on a terminal; none is a part of what is drawn with.
ACTING = (
    b"\x1b]52;c;ZXZpbA==\x07",
    b"\x1b]52;c;?\x1b\\",
    b"\x1b]0;evil title\x07",
    b"\x1b]8;;http://evil.example\x1b\\",
    b"\x1b]1337;File=:AAAA\x07",
    b"\x1b[6n",
    b"\x1b[c",
    b"\x1b[21t",
    b"\x1b[77;7H",
    b"\x1b[2J",
    b"\x1b[38;2;66;6;66m",
    b"\x1b[8m",
    b"\x1b[?1000h",
    b"\x1b[?1049l",
    b"\x1b[?7l",
    b"\x1b[4i",
    b"\x1b[!p",
    b"\x1b[",
    b"\x1b",
    b"\x1bc",
    b"\x1b#8",
    b"\x1b(0",
    b"\x1bP$q\x1b\\",
    b"\x1bPtmux;\x1b\x1b]0;evil\x07\x1b\\",
    b"\x1b_Gi=1\x1b\\",
    b"\x1b^private\x1b\\",
    b"\x1bXstring\x1b\\",
    b"\xc2\x9b6n",
    b"\xc2\x9d0;evil\xc2\x9c",
    b"\x9b6n",
    b"\x9d0;evil\x9c",
    b"\x90q\x9c",
    b"\x00",
    b"\x05",
    b"\x07",
    b"\x08\x08",
    b"\x0b",
    b"\x0c",
    b"\x0e",
    b"\x0f",
    b"\x18",
    b"\x1a",
    b"\x7f",
    b"\xc2\x85",
    b"\xff\xfe",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
)
# None of these may be left in what is drawn.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c"
    "\u202d\u202e\u2060\u2066\u2067\u2068\u2069\u206a\u3164\ufe00\ufeff\uffa0\ufff9\ufffe"
    "\U000e0001\U000e0041\U000e0100\U0001d173"
)
MARKUP = "[bold]x[/bold] [/] [@click=app.quit]y[/] [link=http://evil]z[/] [red"
LAST = "harmless end"

HOSTILE_LINES = (
    *(b"text " + sequence + MARKER.encode() for sequence in ACTING),
    *(sequence + MARKER.encode() for sequence in ACTING),
    *(f"text {char}{MARKER}".encode() for char in INVISIBLE),
    MARKUP.encode(),
)
HOSTILE_TEXT = " ".join(
    (
        MARKUP,
        *(each.decode("utf-8", "surrogateescape") + MARKER for each in ACTING),
        INVISIBLE,
        "\u0301" * 20,
        "a\nb\rc\td",
    )
)
"""All of it in one, for what is more than a line."""
HOSTILE_NAME = f"{MARKUP.replace('/', '|')[:40]} \x1b]0;{MARKER}\x07\x1b[6n\udc9b\x9b\u202e\r\n\x7f"
"""As much of it as a file's name may be."""

_TOKEN = re.compile(
    r"(?P<sequence>\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|[ -/]*[0-~])?)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)
_DRAWN_WITH = re.compile(r"\x1b\[[0-9;]*(?=[mH]\Z)")
_PLACE = re.compile(r"\x1b\[[0-9]*;?([0-9]*)H")
_SHAPELESS = {"Cf", "Cn", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of what was sent: a text, or what acts."""

    text: str
    acts: bool

    @property
    def shape(self) -> str:
        """The sequence without the figures of a colour or a place."""
        return _DRAWN_WITH.sub("\x1b[…", self.text)


def tokens(raw: bytes) -> Iterator[Token]:
    """Take it apart; raises UnicodeDecodeError for what is no UTF-8."""
    for found in _TOKEN.finditer(raw.decode()):
        yield Token(found[0], found.lastgroup != "text")


def shapes(raw: bytes) -> set[str]:
    """Return what acts, each once."""
    return {token.shape for token in tokens(raw) if token.acts}


def foreign(raw: bytes, own: Set[str]) -> list[str]:
    """Return whatever is neither text nor one of gctui's own sequences."""
    found = [repr(each) for each in ACTING if each + MARKER.encode() in raw]
    for token in tokens(raw):
        if token.acts and token.shape not in own:
            found.append(repr(token.text))
        elif not token.acts and (odd := set(token.text) & set(INVISIBLE) or _shapeless(token.text)):
            found.append(f"{sorted(map(hex, map(ord, odd)))} in {token.text[:80]!r}")
    return found


def spans(raw: bytes) -> Iterator[tuple[int, int]]:
    """Yield the columns in which each piece of a row that is drawn at once begins and ends.

    The widths are a terminal's own, not those that the drawing was made with.
    """
    begin = at = 0
    for token in tokens(raw):
        if not token.acts:
            at += wcswidth(token.text)
        elif not token.text.endswith("m"):
            if at > begin:
                yield begin, at
            place = _PLACE.fullmatch(token.text)
            begin = at = int(place[1] or 1) - 1 if place else 0 if token.text in "\r\n" else at


def _shapeless(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in _SHAPELESS}
