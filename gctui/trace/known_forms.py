"""Every form of a trace line, ready for the hot path: the one that matched last is tried first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice

from gctui.events import Event, Notice, Printed, Text
from gctui.grammar.forms import Form, all_forms
from gctui.grammar.pattern import Reach, first_words, form_pattern, needles, openings_pattern, reach
from gctui.trace.event_classes import event_class
from gctui.trace.rests import ENDS_OF_A_LINE

_TRIED_OPENINGS = 8
"""Near misses in one line that are walked for a diagnosis; the rest is the same line's noise."""

FullMatch = Callable[..., re.Match[bytes] | None]
MakeEvent = Callable[[int, int, int, Printed], Event]
Match = Callable[[bytes, int], re.Match[bytes] | None]
Quick = tuple[FullMatch, MakeEvent]
Glance = Callable[[bytes], object]
Quickly = tuple[Quick, Quick, Glance]


_groups = re.Match.groups

_NO_FORM: Quick = re.compile(rb"(?!)").fullmatch, Text
NOTHING_QUICK: Quickly = _NO_FORM, _NO_FORM, re.compile(b"").match
"""For `KnownForms.quickly`: every line is to be looked at closely."""

_NO_PLAIN_TEXT = rb"@[0-9]", rb"\\u", rb'"MESSAGE"', ENDS_OF_A_LINE
"""In what else a trace line may stand: without its beginning, escaped, or as numbers."""


class Known:
    """One form. Its pattern is compiled when a line begins as it does: most streams have two."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.begins = first_words(form)
        self.event = event_class(form)
        is_numbered = any(field.name == "n" for field in form.fields)
        self.stands_alone = is_numbered or not issubclass(self.event, Notice)
        """Specific enough to be believed in the middle of a line."""
        self.was_seen = False
        """A line of this stream was of this form."""

    @cached_property
    def match(self) -> Match:
        """Match a line that begins at a place, whatever follows it."""
        return form_pattern(self.form).match

    @cached_property
    def fullmatch(self) -> FullMatch:
        """Match a line that is all of a text."""
        return form_pattern(self.form).fullmatch

    def rows(self, text: bytes) -> list[Printed] | None:
        """Return what is printed in every line of a text that ends with one; None if one differs.

        Each line is read as by `fullmatch`.
        """
        last = text.rfind(b"\n", 0, -1) + 1
        if self.fullmatch(text, last, len(text) - 1) is None:
            return None
        rows = list(map(_groups, self._lines.finditer(text)))
        # A match has a newline at least, one of what differs has the last two: if there are as many
        # as newlines, each is a line.
        return rows if len(rows) == text.count(b"\n") else None

    @cached_property
    def _lines(self) -> re.Pattern[bytes]:
        """Match the next line, or where it differs all that is left: so the rest takes no time."""
        return re.compile(rb"(?:%b)\n|(?s:.)++" % form_pattern(self.form).pattern)


Reading = tuple[type[Event], Printed]
"""A line that was recognised: the class of its event, and its fields as printed."""


class KnownForms:
    """The forms of one stream, in the order in which they are worth trying."""

    def __init__(self) -> None:
        self._known = [Known(form) for form in all_forms()]
        words = [*map(re.escape, needles(all_forms()))]
        self.may_hold_trace = re.compile(b"|".join(words)).search
        self._glance: Glance = re.compile(b"|".join([*words, *_NO_PLAIN_TEXT])).search
        self._opening = openings_pattern(all_forms())
        self._asked: bytes | None = None
        self._answer: tuple[int, Reach] | None = None

    def quickly(self) -> Quickly:
        """Return how to read the two forms that matched last, for gc and scav lines take turns.

        And in what is the program's own text, and no piece of a trace line, a glance finds nothing.
        """
        first, second = self._known[:2]
        if not second.was_seen:
            second = first
        if not first.was_seen:
            return _NO_FORM, _NO_FORM, self._glance
        return (first.fullmatch, first.event), (second.fullmatch, second.event), self._glance

    def likeliest(self) -> Known | None:
        """Return the form that matched last, if one did."""
        return self._known[0] if self._known[0].was_seen else None

    def whole(self, body: bytes, begin: int = 0) -> Reading | None:
        """Read `body` from `begin` to its end as one line."""
        for index, known in enumerate(self._known):
            if not body.startswith(known.begins, begin):
                continue
            found = known.fullmatch(body, begin)
            if found is not None:
                self._prefer(index)
                known.was_seen = True
                return known.event, found.groups()
        return None

    def openings(self, body: bytes) -> Iterator[int]:
        """Yield where something begins that looks like a trace line."""
        return (found.start() for found in self._opening.finditer(body))

    def at(self, body: bytes, begin: int) -> tuple[Known, re.Match[bytes]] | None:
        """Return the form that matches at `begin`, whatever follows it."""
        for index, known in enumerate(self._known):
            if not body.startswith(known.begins, begin):
                continue
            found = known.match(body, begin)
            if found is not None:
                self._prefer(index)
                known.was_seen = True
                return known, found
        return None

    def openers(self, body: bytes, begin: int) -> list[Form]:
        """Return the forms that a line which begins at `begin` may be of, once it goes on.

        Where this stream had a line of one of them before, it is of that one.
        """
        nearest = self._nearest(body, begin)
        return [one.form for one in nearest if one.was_seen] or [one.form for one in nearest]

    def may_open(self, body: bytes, begin: int) -> list[Form]:
        """Return the same where too little is there to tell: all forms, whatever came before."""
        return [one.form for one in self._nearest(body, begin)]

    def _nearest(self, body: bytes, begin: int) -> list[Known]:
        reached = [(one, reach(one.form, body, begin).end) for one in self._beginning(body, begin)]
        furthest = max((end for _, end in reached), default=begin)
        return [one for one, end in reached if end == furthest > begin]

    def goes_on(self, text: bytes, may_follow: Callable[[bytes], object]) -> bool:
        """Tell whether all of a text is the beginning of a line, but for what `may_follow`."""
        for known in self._beginning(text, 0):
            end = reach(known.form, text).end
            if end >= len(known.begins) and may_follow(text[end:]):
                return True
        return False

    @property
    def was_told(self) -> bool:
        """A trace line came that no other text can be."""
        return any(known.was_seen and known.stands_alone for known in self._known)

    def seen(self) -> list[Form]:
        """Return the forms of this stream's lines so far, the latest first."""
        return [known.form for known in self._known if known.was_seen]

    def furthest(self, body: bytes) -> tuple[int, Reach] | None:
        """Tell where the likeliest line begins in what holds none whole, and how far it gets."""
        if self._asked is body:
            return self._answer
        best: tuple[int, Reach] | None = None
        for opening in islice(self._opening.finditer(body), _TRIED_OPENINGS):
            for known in self._beginning(body, opening.start()):
                one = reach(known.form, body, opening.start())
                if one.end >= opening.end() and (best is None or one.end > best[1].end):
                    best = opening.start(), one
        # Who says that it is no line asks, and then who looks for the rest of it.
        self._asked, self._answer = body, best
        return best

    def _beginning(self, body: bytes, begin: int) -> Iterator[Known]:
        return (
            known
            for known in self._known
            if known.stands_alone and body.startswith(known.begins, begin)
        )

    def _prefer(self, index: int) -> None:
        """Put a form in front."""
        if index:
            self._known.insert(0, self._known.pop(index))
