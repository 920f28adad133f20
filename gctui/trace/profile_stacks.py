"""The stacks of a text profile: which frame printed under a record belongs to which address.

A record lists return addresses; the lines under it name functions, but leave out what the runtime
does at the leaf, and since Go 1.9 show several for one address where functions were inlined. Since
then, too, a frame's address is that of the call, one less than where it returns to. What the lines
leave out at either end of a stack is left out here, as a profile in protobuf form leaves it out;
where there are no such lines, all addresses stay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import attrgetter

from gctui.model.profile import Frame, Location

MOST_FRAMES = 1 << 20
_MOST_FRAMES_OF_A_RECORD = 1 << 14
_MOST_INLINED = 64
_ADDRESSES = 1 << 64


class TooMuch(Exception):
    """More of something than any profile has; the message says of what."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A frame line under the record that is being read."""

    position: int
    """Of its address in the record."""
    entry: int | None
    """Where the machine code begins that the line is in: one for all that was inlined there."""
    frame: Frame | None
    """None where nothing is known of the address."""


class Stacks:
    """Collects the places of all records; one record at a time is open for frames."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._frames: list[tuple[Frame, ...]] = []
        self._kept_frames = 0
        self._returns: list[int] = []
        self._positions: dict[int, list[int]] = {}
        self._shown: list[_Shown] = []
        self._prints_calls: bool | None = None
        """Whether frames show calls or where these return to; the first clear case tells."""

    def open(self, returns: list[int]) -> None:
        """Begin a record with its return addresses, the leaf's first."""
        self._returns = returns
        self._positions = {}
        self._shown = []

    def add(self, address: int, offset: int, function: str, place: str) -> None:
        """Take a frame of the open record; what fits no address of it is passed over."""
        position = self._position(address, function)
        if position is not None:
            file, _, line = place.rpartition(":")
            number = int(line) if line.isascii() and line.isdigit() and len(line) < 10 else 0
            frame = Frame(function, file if number or file else place, number)
            self._show(_Shown(position, address - offset, frame))

    def add_unknown(self, address: int) -> None:
        """Take a frame of which nothing but the address is known."""
        position = self._position(address, "")
        if position is not None:
            self._show(_Shown(position, None, None))

    def close(self) -> tuple[int, ...]:
        """End the open record: its frames become those of its places, which are returned."""
        first, last = 0, len(self._returns) - 1
        if self._shown:
            first, last = self._shown[0].position, self._shown[-1].position
        stack = tuple(map(self._place, self._returns[first : last + 1]))
        for position, group in groupby(_told_inlined(self._shown), key=attrgetter("position")):
            self._keep(stack[position - first], [one.frame for one in group if one.frame])
        return stack

    def locations(self) -> tuple[Location, ...]:
        """Return every place of the closed records."""
        pairs = zip(self._places, self._frames, strict=True)
        return tuple(Location(address, frames) for address, frames in pairs)

    def _place(self, returns_to: int) -> int:
        # As pprof does: the byte before is in the call.
        address = (returns_to - 1) % _ADDRESSES
        place = self._places.get(address)
        if place is None:
            place = self._places[address] = len(self._frames)
            self._frames.append(())
        return place

    def _show(self, one: _Shown) -> None:
        if len(self._shown) >= _MOST_FRAMES_OF_A_RECORD:
            raise TooMuch(f"more than {_MOST_FRAMES_OF_A_RECORD} frames under one record")
        self._shown.append(one)

    def _keep(self, place: int, frames: list[Frame]) -> None:
        """Keep the most that was ever shown of a place: a leaf hides its runtime functions."""
        if len(frames) <= len(self._frames[place]):
            return
        self._kept_frames += len(frames)
        if self._kept_frames > MOST_FRAMES:
            raise TooMuch(f"more than {MOST_FRAMES} frames")
        self._frames[place] = tuple(frames)

    def _position(self, address: int, function: str) -> int | None:
        at = 0
        if self._shown:
            at = self._shown[-1].position
            if self._continues(at, address, function):
                return at
            at += 1
        return self._next(address, at)

    def _continues(self, at: int, address: int, function: str) -> bool:
        """Tell whether one more function was inlined there, or a function calls itself."""
        if self._returns[at] - address not in self._distances(at, address):
            return False
        latest = self._shown[-_MOST_INLINED:]
        there = [one.frame.function for one in latest if one.frame and one.position == at]
        return bool(there) and len(there) < _MOST_INLINED and function not in there

    def _distances(self, at: int, address: int) -> tuple[int, ...]:
        if self._prints_calls is None:
            return (0, 1)
        usual = 1 if self._prints_calls else 0
        return (usual,) if self._next_at(address + usual, at) is not None else (0, 1)

    def _next(self, address: int, at: int) -> int | None:
        call, itself = self._next_at(address + 1, at), self._next_at(address, at)
        if self._prints_calls is None and (call is None) != (itself is None):
            self._prints_calls = call is not None
        first, second = (itself, call) if self._prints_calls is False else (call, itself)
        return second if first is None else first

    def _next_at(self, returns_to: int, at: int) -> int | None:
        """Return the first position from `at` on with this return address."""
        if not self._positions:
            for position, address in enumerate(self._returns):
                self._positions.setdefault(address, []).append(position)
        positions = self._positions.get(returns_to, [])
        index = bisect_left(positions, at)
        return positions[index] if index < len(positions) else None


def _told_inlined(shown: Sequence[_Shown]) -> Iterator[_Shown]:
    """Yield the frames, those marked that the compiler put into their callers.

    Two functions in one piece of machine code: the first is in the second.
    """
    for one, caller in pairwise(shown):
        is_inlined = one.entry is not None and one.entry == caller.entry
        if is_inlined and one.frame and caller.frame:
            is_inlined = one.frame.function != caller.frame.function
        inlined = replace(one.frame, is_inlined=True) if is_inlined and one.frame else one.frame
        yield one if inlined is one.frame else replace(one, frame=inlined)
    yield from shown[-1:]
