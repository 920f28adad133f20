"""What a pattern for function names consists of. `re` only judges classes of one character."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gctui.analysis.neutral import neutral
from gctui.errors import GctuiError

LONGEST_PATTERN = 1000
_DEEPEST = 50
_HIGHEST_COUNT = 1000

_COUNT = re.compile(r"\{(\d{1,9})(,?)(\d{0,9})\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|[dDwWsSafnrtv]|[^a-zA-Z0-9])", re.DOTALL)
_PLACES = {"^": "start", "$": "end", r"\A": "start", r"\z": "end", r"\b": "edge", r"\B": "within"}
_REPEATS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(frozen=True, slots=True)
class One:
    """One character that `pattern` matches."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Here:
    """A place between characters: "start", "end", "edge" of a word, or "within" or outside it."""

    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """Its parts one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any one of its parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Its part `least` to `most` times; None: however often."""

    part: Node
    least: int
    most: int | None


Node = One | Here | Row | Either | Repeat


def read_pattern(text: str) -> Node:
    """Return what `text` consists of; raises GctuiError where it is not understood."""
    if len(text) > LONGEST_PATTERN:
        raise bad_pattern(text, f"it is longer than {LONGEST_PATTERN} characters")
    return _Reader(text).whole()


def bad_pattern(text: str, why: str) -> GctuiError:
    """Return the error that names the pattern."""
    return GctuiError(f"bad pattern {neutral(text, 60)!r}: {why}")


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._flags = re.ASCII
        if self._taken("(?i)"):
            self._flags = re.IGNORECASE

    def whole(self) -> Node:
        node = self._either(0)
        if self._at < len(self._text):
            raise self._bad("a ) without its (")
        return node

    def _either(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self._bad("its parentheses are nested too deep")
        parts = [self._row(depth)]
        while self._taken("|"):
            parts.append(self._row(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _row(self, depth: int) -> Node:
        parts = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated(depth))
        return Row(tuple(parts))

    def _repeated(self, depth: int) -> Node:
        node = self._atom(depth)
        repeat = self._repeat()
        if repeat is None:
            return node
        self._taken("?")  # which match is found does not matter, only whether there is one
        if self._repeat() is not None:
            raise self._bad("two repetitions in a row")
        return Repeat(node, *repeat)

    def _repeat(self) -> tuple[int, int | None] | None:
        counted = _COUNT.match(self._text, self._at)
        if counted:
            self._at = counted.end()
            return self._count(*counted.groups())
        for sign, repeat in _REPEATS.items():
            if self._taken(sign):
                return repeat
        return None

    def _count(self, least: str, comma: str, most: str) -> tuple[int, int | None]:
        low = int(least)
        high = int(most) if most else None if comma else low
        if low > _HIGHEST_COUNT or (high is not None and not low <= high <= _HIGHEST_COUNT):
            raise self._bad("a repetition's count is out of range")
        return low, high

    def _atom(self, depth: int) -> Node:
        for sign, kind in _PLACES.items():
            if self._taken(sign):
                return Here(kind)
        if self._taken("("):
            return self._group(depth)
        char = self._text[self._at]
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char in _REPEATS:
            raise self._bad(f"nothing to repeat before {char}")
        self._at += 1
        return self._one("." if char == "." else re.escape(char))

    def _group(self, depth: int) -> Node:
        if self._taken("?") and not self._taken(":"):
            raise self._bad("after (? only : is understood, and (?i) at the beginning")
        node = self._either(depth + 1)
        if not self._taken(")"):
            raise self._bad("a ( without its )")
        return node

    def _class(self) -> Node:
        found = _CLASS.match(self._text, self._at)
        if not found:
            raise self._bad("a [ without its ]")
        self._at = found.end()
        inside = found[0][1:-1]
        if "[:" in inside or "--" in inside:
            raise self._bad("[:names:] and -- are not understood inside [ ]")
        # To `re` these would be set operations, some day.
        escaped = re.sub(r"\\.|[\[&|~]", _escaped, inside, flags=re.DOTALL)
        return self._one(f"[{escaped}]")

    def _escape(self) -> Node:
        found = _ESCAPE.match(self._text, self._at)
        if not found:
            raise self._bad(f"{self._text[self._at : self._at + 2]} is not understood")
        self._at = found.end()
        return self._one(found[0])

    def _one(self, pattern: str) -> Node:
        try:
            return One(re.compile(pattern, self._flags))
        except re.error as error:
            raise self._bad(error.msg) from error

    def _taken(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _bad(self, why: str) -> GctuiError:
        return bad_pattern(self._text, why)


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("\\") else f"\\{found[0]}"
