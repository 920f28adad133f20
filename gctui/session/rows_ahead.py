"""The rows of a long log, made by other processes as long as they need no source.

Whose the lines of a piece are, `Passage` tells. Where they may be another program's than those
before, the piece is read again, here, and its lines get their sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gctui.model.going_on import passage_of
from gctui.session.parallel import ParallelLog, ReadAhead
from gctui.session.pickled import pickled, unpickled
from gctui.session.saved import Batch
from gctui.session.sources import Sources

if TYPE_CHECKING:
    from gctui.events import Event
    from gctui.model.going_on import Passage
    from gctui.trace.scanner import Scanner

Encode = Callable[["Sequence[Event]"], bytes]

_SIZE_BYTES = 8
_MOST_REFUSED = 3
"""So many pieces in a row had to be read again: several programs print to this log."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What was made of a piece."""

    rows: bytes
    tells: bool
    """There is a trace line in it."""


def rows_ahead(
    scanner: Scanner, sources: Sources, plain: tuple[int, int], encode: Encode, jobs: int
) -> Iterator[Rows | Batch]:
    """Yield the rest of a log of which `scanner` read the beginning: rows, or what makes some.

    `plain` is its descriptor and size. `encode` makes rows of events, in any process.
    """
    log = ParallelLog(scanner, *plain, partial(_made, encode=encode), jobs)
    refused = 0
    for part in log.parts():
        if not isinstance(part, ReadAhead):
            yield from sources.take(Batch(part, 0))
            continue
        rows = _rows(sources, part.encoded)
        if rows is not None:
            refused = 0
            yield Rows(rows, part.tells)
            continue
        refused += 1
        if refused >= _MOST_REFUSED:
            log.read_on_alone()
        for events in part.again():
            yield from sources.take(Batch(events, 0))
    yield from sources.rest()


def _made(portions: Iterable[Sequence[Event]], encode: Encode) -> bytes:
    """Return the rows of a piece behind what tells whose they are."""
    passages: list[Passage | None] = []
    rows: list[bytes] = []
    for events in portions:
        passages.append(passage_of(events))
        rows.append(encode(events))
    told = pickled(passages)
    return b"".join([len(told).to_bytes(_SIZE_BYTES, "little"), told, *rows])


def _rows(sources: Sources, made: bytes) -> bytes | None:
    begin = _SIZE_BYTES + int.from_bytes(made[:_SIZE_BYTES], "little")
    return made[begin:] if sources.goes_on(unpickled(made[_SIZE_BYTES:begin])) else None
