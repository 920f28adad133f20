"""Pieces of a log, and what another process makes of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from signal import SIG_BLOCK, SIG_IGN, SIG_SETMASK, SIGINT, pthread_sigmask, signal
from threading import Thread

from gctui.events import Event
from gctui.sources.files import CHUNK_BYTES
from gctui.trace.line_scanner import LINE_LIMIT_BYTES
from gctui.trace.scanner_state import ScannerState, are_plain, scanner_at, state_of

PORTION_BYTES = CHUNK_BYTES
PIECE_BYTES = 64 * PORTION_BYTES
LAST_PIECE_BYTES = PIECE_BYTES // 16
"""What is left at the end of a log, unless it is less, is a piece of some of these."""

Encode = Callable[[Iterable[Sequence[Event]]], bytes]
"""What becomes of a piece: of the events of each of its portions, which are to be asked for all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file."""

    descriptor: int
    start: int
    end: int
    line: int
    """The number of the line that `start` is in."""


@dataclass(frozen=True, slots=True)
class PieceRead:
    """What another process made of a piece."""

    encoded: bytes
    tells: bool
    """Whether any event was of a trace line."""
    start: ScannerState
    """What it took for granted."""
    end: ScannerState
    is_plain: bool


class Pieces:
    """Cuts a file from some offset on; counts its lines on the way."""

    def __init__(self, descriptor: int, start: int, line: int, size_bytes: int) -> None:
        self._descriptor = descriptor
        self._start = start
        self._line = line
        self._size_bytes = size_bytes

    @property
    def rest(self) -> Piece:
        """All that was not cut off yet."""
        return Piece(self._descriptor, self._start, self._size_bytes, self._line)

    def cut(self) -> Piece | None:
        """Cut off the next piece; None where too little is left for one."""
        whole_bytes = self._size_bytes // LAST_PIECE_BYTES * LAST_PIECE_BYTES
        end = min(self._start + PIECE_BYTES, whole_bytes)
        if end <= self._start:
            return None
        piece = Piece(self._descriptor, self._start, end, self._line)
        self._line += sum(data.count(b"\n") for data in portions(piece))
        self._start = end
        return piece


class Readers:
    """Processes that read pieces."""

    def __init__(self, jobs: int, encode: Encode) -> None:
        self.jobs = jobs
        self._pool = ProcessPoolExecutor(jobs, get_context("fork"), _begin, (encode,))

    def submit(self, piece: Piece, known: ScannerState) -> Future[PieceRead | None] | None:
        """Hand a piece out, with what is known of the lines before; None where nobody takes it."""
        try:
            with _uninterrupted():
                return self._pool.submit(_read, piece, known)
        except (BrokenProcessPool, OSError):
            return None

    def close(self) -> None:
        """Let them end."""
        with _uninterrupted():
            self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a Ctrl-C wait: it would be lost in a fork, and an end that it breaks off never comes."""
    mask = pthread_sigmask(SIG_BLOCK, {SIGINT})
    try:
        yield
    finally:
        pthread_sigmask(SIG_SETMASK, mask)


def can_read_in_processes() -> bool:
    """Tell whether processes begin with all that this one has loaded, which takes no time then."""
    return os.uname().sysname == "Linux"


def result_of(future: Future[PieceRead | None] | None) -> PieceRead | None:
    """Wait for a piece; None where it was not read, whatever the reason."""
    try:
        return None if future is None else future.result()
    except (BrokenProcessPool, OSError, MemoryError):
        return None


def portions(piece: Piece) -> Iterator[bytes]:
    """Yield the bytes of a piece as a single process reads them."""
    at = piece.start
    while at < piece.end:
        data = os.pread(piece.descriptor, min(PORTION_BYTES, piece.end - at), at)
        if not data:
            return
        yield data
        at += len(data)


def begun_line(descriptor: int, at: int) -> bytes | None:
    """Return what stands of the line that `at` is in before it; None where that is too long."""
    start = max(0, at - LINE_LIMIT_BYTES)
    before = os.pread(descriptor, at - start, start)
    newline = before.rfind(b"\n")
    return None if newline < 0 and start > 0 else before[newline + 1 :]


_encoders: list[Encode] = []


def _begin(encode: Encode) -> None:
    """Prepare a process: whoever reads for nobody ends."""
    _encoders[:] = [encode]
    signal(SIGINT, SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read(piece: Piece, known: ScannerState) -> PieceRead | None:
    """Read a piece, after the portion before it, from which to guess how it begins."""
    before = Piece(piece.descriptor, piece.start - PORTION_BYTES, piece.start, 0)
    (data,) = portions(before)
    begun = begun_line(piece.descriptor, before.start)
    if begun is None:
        return None
    scanner = scanner_at(known, before.start, piece.line - data.count(b"\n"), begun)
    scanner.feed(data)
    known_before = state_of(scanner)
    if known_before is None:
        return None
    tells, is_plain = False, True

    def scanned() -> Iterator[Sequence[Event]]:
        nonlocal tells, is_plain
        for data in portions(piece):
            events = scanner.feed(data)
            tells = tells or any(event.format for event in events)
            is_plain = is_plain and are_plain(events)
            yield events

    encoded = _encoders[0](scanned())
    end = state_of(scanner)
    if end is None or begun_line(piece.descriptor, piece.end) is None:
        return None
    return PieceRead(encoded, tells, known_before, end, is_plain)
