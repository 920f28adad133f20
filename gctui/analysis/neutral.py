"""A program's own text, made harmless: no byte of it can act on a terminal.

Control characters (C0, DEL, C1), bidirectional controls, every other character without a shape of
its own (formatting, fillers, selectors, lone surrogates, what Unicode has not assigned) are shown
as visible marks; floods of combining marks are cut. What is left has the same width everywhere.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_SHOWN = 2000
LONGEST_NAME = 200
_CUT = " …"
_MARK = "\ufffd"
_NOTHING_BELOW = "\u25cc"
"""Carries a combining mark that would else be drawn over what stands before the text."""

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SGR = re.compile("\x1b\\[[0-9;:]*m")

_SHAPELESS_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"})
_COMBINING_CATEGORIES = frozenset({"Mc", "Me", "Mn"})
# By their categories marks and letters, and yet nothing of them is seen.
_SHAPELESS = (
    *range(0x034F, 0x0350),
    *range(0x115F, 0x1161),
    *range(0x17B4, 0x17B6),
    *range(0x180B, 0x1810),
    *range(0x3164, 0x3165),
    *range(0xFE00, 0xFE0E),
    *range(0xFFA0, 0xFFA1),
    *range(0xE0100, 0xE01F0),
)
# Like colours: how another character is drawn. Terminals disagree on the width of the two.
_STYLES = (0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400))
# Letters that become flags in pairs. Terminals disagree on their width.
_FLAG_LETTERS = {0x1F1E6 + place: chr(ord("A") + place) for place in range(26)}
_JOINED_VOWELS_AND_FINALS = (range(0x1161, 0x1200), range(0xD7B0, 0xD800))

_PLAIN, _COMBINING = "\x00", "\x01"
_FLOOD = re.compile(f"({_COMBINING}{{6}}){_COMBINING}+")
_MOST_KNOWN = 1 << 14


class _PerCharacter(dict[int, str]):
    """What stands for a character, found when it is first met. Hostile text must not fill it."""

    def __missing__(self, code: int) -> str:
        found = self._find(code)
        if len(self) < _MOST_KNOWN:
            self[code] = found
        return found

    def _find(self, code: int) -> str:
        raise NotImplementedError


class _Shown(_PerCharacter):
    def _find(self, code: int) -> str:
        if unicodedata.category(chr(code)) in _SHAPELESS_CATEGORIES:
            return _control_mark(code)
        return chr(code)


class _Kinds(_PerCharacter):
    def _find(self, code: int) -> str:
        return _COMBINING if is_combining(chr(code)) else _PLAIN


def is_combining(char: str) -> bool:
    """Tell whether a character takes no cell of its own: it changes the one before it."""
    is_joined = any(ord(char) in each for each in _JOINED_VOWELS_AND_FINALS)
    return is_joined or unicodedata.category(char) in _COMBINING_CATEGORIES


def neutral(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return `text` on one line, at most `longest` characters, with nothing left that acts.

    Colours and styles are dropped; every other harmful character becomes a visible mark, so that
    nothing is hidden.
    """
    cut = text[: longest * 2]
    shown = _SGR.sub("", cut).replace("\t", "    ")
    if not shown.isascii():
        shown = _without_floods(shown.translate(_SHOWN))
    elif not shown.isprintable():
        shown = _CONTROL.sub(lambda found: _control_mark(ord(found[0])), shown)
    if len(shown) > longest or len(cut) < len(text):
        shown = shown[: longest - len(_CUT)] + _CUT
    return shown


def place(line: int, file: str | None) -> str:
    """Say where a line is: its number, and the file where there are several."""
    return f"line {line}" if file is None else f"{neutral(file, LONGEST_NAME)}:{line}"


def _control_mark(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else _MARK


def _without_floods(text: str) -> str:
    kinds = text.translate(_KINDS)
    if _COMBINING not in kinds:
        return text
    kept, at = "", 0
    for flood in _FLOOD.finditer(kinds):
        kept += text[at : flood.end(1)] + _CUT.strip()
        at = flood.end()
    before = _NOTHING_BELOW if kinds.startswith(_COMBINING) else ""
    return before + kept + text[at:]


_SHOWN = _Shown(dict.fromkeys(_SHAPELESS, _MARK) | dict.fromkeys(_STYLES, "") | _FLAG_LETTERS)
_KINDS = _Kinds()
