"""A program's own text, made harmless: no byte of it can act on a terminal.

Control characters (C0, DEL, C1), bidirectional controls, other invisible format characters and
lone surrogates are shown as visible marks; floods of combining marks are cut.
"""

from __future__ import annotations

import re

LONGEST_SHOWN = 2000
_CUT = " …"

_HARMFUL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_COMBINING_FLOOD = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_SGR = re.compile("\x1b\\[[0-9;:]*m")


def neutral(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return `text` on one line, at most `longest` characters, with nothing left that acts.

    Colour sequences are dropped; every other harmful character becomes a visible mark, so that
    nothing is hidden.
    """
    cut = text[: longest * 2]
    shown = _HARMFUL.sub(_mark, _SGR.sub("", cut)).replace("\t", "    ")
    shown = _COMBINING_FLOOD.sub(r"\1", shown)
    if len(shown) > longest or len(cut) < len(text):
        shown = shown[: longest - len(_CUT)] + _CUT
    return shown


def _mark(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
