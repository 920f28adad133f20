"""Where a torn line may have begun.

Most begin like a line that goes on. Where the runtime was interrupted before it had written as much
as that, `gc ` or `gc 41` stands alone in some text, which proves nothing, or a line lacks its first
word: these are believed where the collection's number is one that may come next. `scvg` is nobody
else's word; of what is put together behind it, the figures must add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from gctui.events import Event, Gc, Scvg
from gctui.events.alike import Alike
from gctui.grammar.forms import Form, Words
from gctui.trace.joining import Way, may_begin
from gctui.trace.known_forms import KnownForms

_MOST_AHEAD = 16
"""How many collections may have been lost in between."""

_MOST_LOOKED_AT = 256
_FIRST_WORD = "gc "
_NUMBERED = re.compile(rb"gc ([1-9][0-9]{0,9}+)(?! ?[@#])")
_SCAVENGED = re.compile(rb"(?<![0-9A-Za-z])(?:forced )?+scvg")
_HEADLESS = re.compile(rb"(?<![0-9])([1-9][0-9]{0,9}+) @(?=[0-9])")


class Latest(NamedTuple):
    """The latest collection: what the next one goes on from."""

    n: int
    start_s: float
    procs: int | None


class Beginnings:
    """Knows which collection was the latest, and so which may come next."""

    def __init__(self, forms: KnownForms) -> None:
        self._forms = forms
        self._latest: Latest | None = None

    def remember(self, events: Sequence[Event]) -> None:
        """Keep the latest collection in `events`."""
        for event in _latest_of(events):
            if isinstance(event, Gc) and event.n is not None:
                self._latest = Latest(event.n, event.start_s or 0.0, event.procs)
                return

    def is_believed(self, event: Event) -> bool:
        """Tell whether a line that was put together can be what this program prints next."""
        if isinstance(event, Scvg):
            return _adds_up(event)
        latest = self._latest
        if latest is None or not isinstance(event, Gc) or event.n is None:
            return True
        is_later = (event.start_s or 0.0) >= latest.start_s
        return is_later and self._may_come_next(event.n) and event.procs == latest.procs

    def unfinished(self, raw: bytes) -> tuple[int, list[Way]] | None:
        """Return where a line began that looks like one and did not end, and what it may be."""
        nearest = self._forms.furthest(raw)
        if nearest is None:
            return None
        return nearest[0], [Way(form) for form in self._forms.openers(raw, nearest[0])]

    def doubtful(self, raw: bytes, before: list[Event]) -> tuple[int, list[Way]] | None:
        """Return where a line may have begun of which `raw` has too little, or not the first word.

        `before` are the events that came since `remember`.
        """
        for pattern, text, part in ((_HEADLESS, b"gc ", 1), (_NUMBERED, b"", 0)):
            for found in pattern.finditer(raw):
                if not may_begin(raw, found.start()):
                    continue
                self.remember(before)
                if self._may_come_next(int(found[1])):
                    ways = [Way(form, text, part) for form in self._gc_forms()]
                    return (found.start(), ways) if ways else None
        return self._scavenged(raw)

    def _scavenged(self, raw: bytes) -> tuple[int, list[Way]] | None:
        found = _SCAVENGED.search(raw)
        forms = self._forms.may_open(raw, found.start()) if found else []
        ways = [Way(form) for form in forms if form.kind == Scvg.kind]
        return (found.start(), ways) if found and ways else None

    def _may_come_next(self, n: int) -> bool:
        latest = self._latest.n if self._latest else None
        return latest is not None and latest < n <= latest + _MOST_AHEAD

    def _gc_forms(self) -> Iterator[Form]:
        for form in self._forms.seen():
            first = form.body.parts[0]
            if isinstance(first, Words) and first.text == _FIRST_WORD:
                yield form


def _latest_of(events: Sequence[Event]) -> Iterable[Event]:
    if isinstance(events, Alike):
        return (events.last,)
    return islice(reversed(events), _MOST_LOOKED_AT)


def _adds_up(scvg: Scvg) -> bool:
    """Tell whether the heap's pages are those in use and idle, and those that are not released.

    Each figure is rounded down by itself.
    """
    pages = scvg.inuse_mb, scvg.idle_mb, scvg.sys_mb, scvg.released_mb, scvg.consumed_mb
    if None in pages:
        return True
    inuse, idle, sys, released, consumed = (mb or 0 for mb in pages)
    return 0 <= sys - inuse - idle <= 1 and 0 <= sys - released - consumed <= 1
