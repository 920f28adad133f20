"""The queue between the thread that drains a program's output and the one that parses it.

The observed program must never wait for a parser or a screen, so the draining side does not wait
until both the memory and the temporary file are full. Nothing that was put is ever dropped.

The chunks lie in three places, oldest first: in memory (`_front`), in the temporary file
(`_overflow`), and in memory again (`_back`: the newest chunk, which may still grow). The last two
are empty unless the first one is full.
"""

from __future__ import annotations

import enum
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gctui.sources.overflow import OverflowFile

if TYPE_CHECKING:
    from collections.abc import Callable

_MERGED_MOST_BYTES = 64 << 10
_MERGE_WITHIN_S = 0.005
# What the objects around a chunk take: a flood of tiny chunks must reach the limit in time, too.
_CHUNK_COSTS_BYTES = 256
_RECORD = struct.Struct("<Bd")


class Channel(enum.Enum):
    """Where bytes came from."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    FILE = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of one channel, as they came."""

    channel: Channel
    received_s: float
    """When its first byte came, in seconds since the spool's clock began."""
    data: bytes


class SpoolReader(Protocol):
    """The side of a spool that is read."""

    def now_s(self) -> float:
        """Seconds since the spool's clock began."""

    @property
    def finished(self) -> bool:
        """The writer's side ended and everything was taken."""

    @property
    def held_bytes(self) -> int:
        """Bytes that were put and not yet taken, in memory and in the temporary file."""

    @property
    def writer_waits(self) -> bool:
        """Memory and temporary file are full: the observed program is being held up."""

    def get(self, timeout_s: float | None) -> Chunk | None:
        """Return the oldest chunk; None when none came in `timeout_s` seconds or ever will.

        A timeout of None waits as long as the writer's side is open. Raises OSError when the
        temporary file cannot be read back.
        """


@dataclass(slots=True)
class _Held:
    """A chunk that may still grow."""

    channel: Channel
    received_s: float
    data: bytes | bytearray

    @property
    def cost_bytes(self) -> int:
        return len(self.data) + _CHUNK_COSTS_BYTES

    @property
    def full(self) -> bool:
        return len(self.data) >= _MERGED_MOST_BYTES

    def grow(self, channel: Channel, now_s: float, data: bytes) -> bool:
        """Add `data` if it belongs to the same burst, and say whether it was added."""
        if channel is not self.channel or now_s - self.received_s > _MERGE_WITHIN_S:
            return False
        if len(self.data) + len(data) > _MERGED_MOST_BYTES:
            return False
        if isinstance(self.data, bytes):
            self.data = bytearray(self.data)
        self.data += data
        return True


class Spool:
    """A queue of chunks between threads: any number that write, and one that reads.

    The runtime prints a trace line in some 40 writes. Writes of one channel that come within 5 ms
    therefore become one chunk (of at most 64 KiB), and `get` lets a fresh chunk grow that long.

    Its clock may have begun before it: when the program did that it is filled by.
    """

    def __init__(
        self,
        memory_limit_bytes: int = 32 << 20,
        disk_limit_bytes: int = 1 << 30,
        clock: Callable[[], float] = time.monotonic,
        began_ago_s: float = 0.0,
    ) -> None:
        self._memory_limit_bytes = memory_limit_bytes
        self._clock = clock
        self._began_s = clock() - began_ago_s
        self._front: deque[_Held] = deque()
        self._overflow = OverflowFile(disk_limit_bytes)
        self._back: deque[_Held] = deque()
        self._front_costs_bytes = 0
        self._put_bytes = 0
        self._taken_bytes = 0
        self._waiting_writers = 0
        self._closed = False
        self._unlimited = False
        self.tell: Callable[[int, bool], None] | None = None
        """Called with all bytes that were put, and whether the writer waits, when either changes.
        """
        lock = threading.Lock()
        self._readable = threading.Condition(lock)
        self._writable = threading.Condition(lock)

    def now_s(self) -> float:
        """Seconds since the spool's clock began."""
        return self._clock() - self._began_s

    @property
    def finished(self) -> bool:
        """The writer's side ended and everything was taken."""
        with self._readable:
            return self._closed and not self._front

    @property
    def held_bytes(self) -> int:
        """Bytes that were put and not yet taken, in memory and in the temporary file."""
        with self._readable:
            return self._put_bytes - self._taken_bytes

    @property
    def writer_waits(self) -> bool:
        """Memory and temporary file are full: the observed program is being held up."""
        with self._readable:
            return self._waiting_writers > 0

    def put(self, channel: Channel, data: bytes) -> None:
        """Queue `data`; wait only while both memory and the temporary file are full."""
        if not data:
            return
        with self._writable:
            self._put_bytes += len(data)
            self._tell()
            now_s = self.now_s()
            newest = self._newest()
            if newest and newest.grow(channel, now_s, data):
                self._account_growth(newest, len(data))
                return
            self._back.append(_Held(channel, now_s, data))
            self._settle_back()
            self._readable.notify()
            self._wait_for_room()

    def get(self, timeout_s: float | None) -> Chunk | None:
        """Return the oldest chunk; None when none came in `timeout_s` seconds or ever will.

        A timeout of None waits as long as the writer's side is open. Raises OSError when the
        temporary file cannot be read back.
        """
        with self._readable:
            before_s = time.monotonic()
            self._readable.wait_for(lambda: self._front or self._closed, timeout_s)
            if not self._front:
                return None
            spent_s = time.monotonic() - before_s
            self._let_grow(None if timeout_s is None else timeout_s - spent_s)
            return self._take()

    def close(self) -> None:
        """End the writer's side. A `put` that waits, or comes later, is kept and returns."""
        with self._readable:
            self._closed = True
            self._unlimited = True
            self._readable.notify_all()
            self._writable.notify_all()

    def release_writer(self) -> None:
        """Let no `put` wait from now on: what comes beyond the limits is kept in memory."""
        with self._writable:
            self._unlimited = True
            self._writable.notify_all()

    def _newest(self) -> _Held | None:
        if self._back:
            return self._back[-1]
        return self._front[-1] if self._front else None

    def _account_growth(self, grown: _Held, by_bytes: int) -> None:
        if not self._back:
            self._front_costs_bytes += by_bytes
        if grown.full:
            self._readable.notify()

    def _settle_back(self) -> None:
        """Move chunks from the back to where there is room, in order."""
        while self._back:
            oldest = self._back[0]
            if self._overflow.empty and self._fits_memory(oldest):
                self._front_append(self._back.popleft())
            elif len(self._back) > 1 and self._overflow.append(_packed(oldest)):
                self._back.popleft()
            else:
                return

    def _fits_memory(self, held: _Held) -> bool:
        wanted_bytes = self._front_costs_bytes + held.cost_bytes
        return not self._front or wanted_bytes <= self._memory_limit_bytes

    def _front_append(self, held: _Held) -> None:
        self._front.append(held)
        self._front_costs_bytes += held.cost_bytes

    def _wait_for_room(self) -> None:
        if len(self._back) <= 1 or self._unlimited:
            return
        self._waiting_writers += 1
        self._tell()
        while len(self._back) > 1 and not self._unlimited:
            self._writable.wait()
        self._waiting_writers -= 1
        self._tell()

    def _tell(self) -> None:
        if self.tell is not None:
            self.tell(self._put_bytes, self._waiting_writers > 0)

    def _may_still_grow(self) -> bool:
        oldest = self._front[0]
        return oldest is self._newest() and not oldest.full and not self._closed

    def _let_grow(self, timeout_s: float | None) -> None:
        """Wait until the oldest chunk is as old as a burst lasts, or cannot grow any more."""
        rest_s = self._front[0].received_s + _MERGE_WITHIN_S - self.now_s()
        if timeout_s is not None:
            rest_s = min(rest_s, timeout_s)
        if rest_s > 0:
            self._readable.wait_for(lambda: not self._may_still_grow(), rest_s)

    def _take(self) -> Chunk:
        taken = self._front.popleft()
        self._front_costs_bytes -= taken.cost_bytes
        self._taken_bytes += len(taken.data)
        if not self._front and not self._overflow.empty:
            self._front_append(_unpacked(self._overflow.take()))
        self._settle_back()
        self._writable.notify_all()
        return Chunk(taken.channel, taken.received_s, bytes(taken.data))


def _packed(held: _Held) -> bytes:
    return _RECORD.pack(held.channel.value, held.received_s) + held.data


def _unpacked(record: bytes) -> _Held:
    channel, received_s = _RECORD.unpack_from(record)
    return _Held(Channel(channel), received_s, record[_RECORD.size :])
