"""Patterns for function names, written as RE2 has it, matched in linear time.

Python's own `re` tries one way after the other: a pattern out of a hostile profile, or a slip of
the operator's, could keep it busy for years. Here all ways are followed at once (Thompson's
construction), and what was found out about a set of ways is remembered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gctui.analysis.profile_pattern_syntax import (
    Either,
    Here,
    Node,
    One,
    Repeat,
    Row,
    bad_pattern,
    read_pattern,
)

_LONGEST_PROGRAM = 4000
_LONGEST_BUILDING = 20_000
_REMEMBERED = 50_000
_WORD = re.compile(r"\w", re.ASCII)


class NamePattern:
    """A pattern that is looked for anywhere in a name.

    The constructor raises GctuiError where `text` is no pattern, or one that is not understood.
    """

    def __init__(self, text: str) -> None:
        self._program = _Program(text)
        self._remembered: dict[tuple[frozenset[int], str, str], frozenset[int] | None] = {}

    def found_in(self, name: str) -> bool:
        """Tell whether some part of `name` matches."""
        states = frozenset([self._program.first])
        before = "start"
        for char in (*name, ""):
            key = states, before, char
            after = self._remembered[key] if key in self._remembered else self._after(*key)
            if after is None:
                return True
            states, before = after, _kind(char)
        return False

    def _after(self, states: frozenset[int], before: str, char: str) -> frozenset[int] | None:
        """Return the states after `char`; None where a match has been found before it."""
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
        reached = self._program.reached(states, before, _kind(char) if char else "end")
        after = None if reached is None else self._program.after(reached, char)
        self._remembered[states, before, char] = after
        return after


@dataclass(slots=True)
class _Step:
    """Goes on at all of `nexts` where its condition holds; the one without `nexts` is the end."""

    nexts: tuple[int, ...]
    one: re.Pattern[str] | None = None
    here: str = ""


class _Program:
    """The pattern as steps that refer to each other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = [_Step(())]
        self._building = 0
        self.first = self._build(read_pattern(text), 0)

    def reached(self, states: frozenset[int], before: str, after: str) -> list[_Step] | None:
        """Return the steps that wait for a character; None where the end is reached."""
        waiting = []
        seen = set(states)
        to_visit = list(states)
        while to_visit:
            step = self._steps[to_visit.pop()]
            if not step.nexts:
                return None
            if step.one is not None:
                waiting.append(step)
            elif not step.here or _holds(step.here, before, after):
                to_visit += [each for each in step.nexts if each not in seen]
                seen.update(step.nexts)
        return waiting

    def after(self, waiting: list[_Step], char: str) -> frozenset[int]:
        """Return the states after `char`: also the first one, since a match may begin anywhere."""
        passed = {step.nexts[0] for step in waiting if step.one and step.one.fullmatch(char)}
        return frozenset(passed | {self.first})

    def _build(self, node: Node, then: int) -> int:
        """Add the steps of `node`, which go on at `then`; return where they begin."""
        self._building += 1
        if self._building > _LONGEST_BUILDING or len(self._steps) > _LONGEST_PROGRAM:
            raise bad_pattern(self._text, "it is too long once its counts are written out")
        match node:
            case One(pattern):
                return self._add(_Step((then,), one=pattern))
            case Here(kind):
                return self._add(_Step((then,), here=kind))
            case Row(parts):
                for part in reversed(parts):
                    then = self._build(part, then)
                return then
            case Either(parts):
                return self._add(_Step(tuple([self._build(part, then) for part in parts])))
            case Repeat():
                return self._build_repeat(node, then)

    def _build_repeat(self, node: Repeat, then: int) -> int:
        if node.most is None:
            loop = _Step((then,))
            first = self._add(loop)
            loop.nexts = (self._build(node.part, first), then)
        else:
            first = then
            for _ in range(node.most - node.least):
                first = self._add(_Step((self._build(node.part, first), then)))
        for _ in range(node.least):
            first = self._build(node.part, first)
        return first

    def _add(self, step: _Step) -> int:
        self._steps.append(step)
        return len(self._steps) - 1


def _kind(char: str) -> str:
    return "word" if _WORD.match(char) else "other"


def _holds(here: str, before: str, after: str) -> bool:
    if here == "start":
        return before == "start"
    if here == "end":
        return after == "end"
    return ((before == "word") != (after == "word")) == (here == "edge")
