"""What a scanner learned of a stream so far: enough for another one to go on where it stands.

Something may be open: a line that was torn, a snapshot, UTF-16. Then only the same scanner can go
on, and there is no state.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gctui.events import Event, Text, Unparsed
from gctui.events.alike import Alike
from gctui.trace.beginnings import Latest
from gctui.trace.prefix import Shape
from gctui.trace.scanner import Scanner

_MAY_BEGIN = re.compile(rb"gc |[0-9] @").search
_TRIED_FIRST = 2
"""So many forms are tried before all others."""


@dataclass(frozen=True, slots=True)
class ScannerState:
    """All that what comes next depends on."""

    forms: tuple[str, ...]
    """The names of all forms, in the order in which they are tried."""
    seen: frozenset[str]
    """Those of which the stream had a line."""
    shape: Shape | None
    """Of the lines' prefix."""
    head: bytes | None
    """What stood before the last line that had text before it."""
    is_wrapped: bool
    """Its lines are messages of a logger."""
    latest: Latest | None
    """The latest collection."""
    torn_lengths: tuple[int, ...]
    """How long the latest torn lines were."""

    def serves(self, other: ScannerState, end: ScannerState, *, is_plain: bool) -> bool:
        """Tell whether what was read from this state to `end` is what `other` would have read.

        Forms are tried in their order, so those at the end of it that nothing matched make no
        difference. They do where a line is torn or misprinted: where not `is_plain`.
        """
        if self == other:
            return True
        kept = self._in_common(other)
        return (
            is_plain
            and kept >= _TRIED_FIRST
            and end.forms[kept:] == self.forms[kept:]
            and self.seen.intersection(self.forms[:kept])
            == other.seen.intersection(other.forms[:kept])
            and (self.shape, self.head, self.is_wrapped, self.latest)
            == (other.shape, other.head, other.is_wrapped, other.latest)
        )

    def end_for(self, other: ScannerState, end: ScannerState) -> ScannerState:
        """Return what `other` ends as where this state ended as `end` and served for it."""
        kept = self._in_common(other)
        forms = end.forms[:kept] + other.forms[kept:]
        seen = end.seen.intersection(end.forms[:kept]) | other.seen.intersection(forms[kept:])
        if self == other:
            return end
        return replace(end, forms=forms, seen=seen, torn_lengths=other.torn_lengths)

    def _in_common(self, other: ScannerState) -> int:
        pairs = enumerate(zip(self.forms, other.forms, strict=True))
        return next((place for place, (one, two) in pairs if one != two), len(self.forms))


def state_of(scanner: Scanner) -> ScannerState | None:
    """Return the state between two lines; None where something is open."""
    lines, reader = scanner._lines, scanner._lines._reader
    is_open = scanner._head is not None or scanner._utf16 is not None or scanner._snapshots.is_open
    if is_open or reader.waits or len(lines._pending) >= lines._limit_bytes:
        return None
    recognizer = reader._recognizer
    return ScannerState(
        forms=tuple(known.form.name for known in reader._forms._known),
        seen=frozenset(known.form.name for known in reader._forms._known if known.was_seen),
        shape=recognizer._shape,
        head=recognizer._head,
        is_wrapped=recognizer._is_wrapped,
        latest=reader._beginnings._latest,
        torn_lengths=tuple(reader._mender._lengths),
    )


def line_of(scanner: Scanner) -> int:
    """Return the number of the line that the next byte belongs to."""
    return scanner._lines._line


def scanner_at(state: ScannerState, offset: int, line: int, begun: bytes) -> Scanner:
    """Return a scanner that goes on at `offset`, where `begun` of line number `line` has come."""
    scanner = Scanner()
    scanner._head = None
    lines, reader = scanner._lines, scanner._lines._reader
    lines._pending += begun
    lines._offset, lines._line = offset - len(begun), line
    by_name = {known.form.name: known for known in reader._forms._known}
    reader._forms._known = [by_name[name] for name in state.forms]
    for known in reader._forms._known:
        known.was_seen = known.form.name in state.seen
    reader._recognizer._shape, reader._recognizer._head = state.shape, state.head
    reader._recognizer._is_wrapped = state.is_wrapped
    reader._beginnings._latest = state.latest
    lengths = reader._mender._lengths
    reader._mender._lengths = deque(state.torn_lengths, maxlen=lengths.maxlen)
    return scanner


def are_plain(events: Sequence[Event]) -> bool:
    """Tell whether nothing among these was torn or misprinted, or may have been."""
    if isinstance(events, Alike):
        return True
    for event in events:
        if isinstance(event, Unparsed) or event.around.repaired:
            return False
        if isinstance(event, Text) and _MAY_BEGIN(event.printed[0] or b""):
            return False
    return True
