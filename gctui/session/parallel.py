"""A long log read by several processes: as if by one.

What a line means depends on the lines before it: which forms the stream has, which prefix, which
line is torn. So a piece is read ahead from what was known when it was handed out and from the lines
right before it. When all before it is known, its result counts only if that guess serves; else the
piece is read again, here. So the events are those of a single process, whatever the log, and the
pieces are fed in the very portions in which a single process reads the file.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gctui.session.pieces import (
    Encode,
    Piece,
    PieceRead,
    Pieces,
    Readers,
    begun_line,
    portions,
    result_of,
)
from gctui.trace.scanner_state import line_of, scanner_at, state_of

if TYPE_CHECKING:
    from gctui.events import Event
    from gctui.trace.scanner import Scanner
    from gctui.trace.scanner_state import ScannerState

_MOST_MISSES = 3
"""So many pieces in a row were read for nothing: in this log, lines depend on one another."""

_MORE_AHEAD = 2
"""So many pieces wait for a reader, so that none has to wait for this process."""

_NO_END = 1 << 62


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """What another process made of a piece."""

    encoded: bytes
    tells: bool
    """There is a trace line in it."""
    again: Callable[[], Iterator[Sequence[Event]]]
    """Reads it here after all, portion by portion."""


class ParallelLog:
    """The rest of a log of which `scanner` read all that stands before the descriptor's place."""

    def __init__(
        self, scanner: Scanner, descriptor: int, size_bytes: int, encode: Encode, jobs: int
    ) -> None:
        self._descriptor = descriptor
        at = os.lseek(descriptor, 0, os.SEEK_CUR)
        self._pieces = Pieces(descriptor, at, line_of(scanner), size_bytes)
        self._waiting: deque[tuple[Piece, Future[PieceRead | None] | None]] = deque()
        self._scanner: Scanner | None = scanner
        """One that stands where the next piece begins, if there is one."""
        self._state = self._known = state_of(scanner)
        self._readers = Readers(jobs, encode)
        self._misses = 0
        self._is_alone = False
        self.read_bytes = at
        """So much of the file was read."""
        self.missed = 0
        """How many pieces were read twice."""

    def parts(self) -> Iterator[ReadAhead | Sequence[Event]]:
        """Yield all that is left: pieces that others read, and portions that were read here."""
        try:
            while (handed_out := self._next()) is not None:
                piece, future = handed_out
                state, result = self._state, result_of(future)
                self.read_bytes = piece.end
                if result is not None and self._take(result):
                    again = partial(self._again, piece, state)
                    yield ReadAhead(result.encoded, result.tells, again)
                    continue
                self._misses += 1
                self.missed += future is not None
                yield from self._here(piece)
        finally:
            self._readers.close()
        # It may have grown.
        yield from self._here(replace(self._pieces.rest, end=_NO_END))
        if self._scanner is not None:
            yield self._scanner.finish()

    def read_on_alone(self) -> None:
        """Hand out no more pieces: what others make of them is of no use."""
        self._is_alone = True

    def _next(self) -> tuple[Piece, Future[PieceRead | None] | None] | None:
        """Return the next piece; hand out those that follow it."""
        self._known = self._state or self._known
        most = self._readers.jobs + _MORE_AHEAD
        while self._known and self._misses < _MOST_MISSES and not self._is_alone:
            if len(self._waiting) > most or (piece := self._pieces.cut()) is None:
                break
            self._waiting.append((piece, self._readers.submit(piece, self._known)))
        if self._waiting:
            return self._waiting.popleft()
        last = self._pieces.cut()
        return None if last is None else (last, None)

    def _take(self, result: PieceRead) -> bool:
        """Go on behind a piece if it was read as it would have been here."""
        state, guess = self._state, result.start
        if state is None or not guess.serves(state, result.end, is_plain=result.is_plain):
            return False
        self._state, self._scanner = guess.end_for(state, result.end), None
        self._misses = 0
        return True

    def _again(self, piece: Piece, state: ScannerState | None) -> Iterator[Sequence[Event]]:
        scanner = self._scanner_at(piece, state)
        return (scanner.feed(data) for data in portions(piece))

    def _here(self, piece: Piece) -> Iterator[Sequence[Event]]:
        """Read a piece in this process."""
        if self._scanner is None:
            self._scanner = self._scanner_at(piece, self._state)
        for data in portions(piece):
            yield self._scanner.feed(data)
        is_short = begun_line(self._descriptor, piece.end) is not None
        self._state = state_of(self._scanner) if is_short else None

    def _scanner_at(self, piece: Piece, state: ScannerState | None) -> Scanner:
        begun = begun_line(self._descriptor, piece.start)
        if state is None or begun is None:
            raise AssertionError("what is open is read on by whoever has it open")
        return scanner_at(state, piece.start, piece.line, begun)
