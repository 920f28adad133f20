"""Every goroutine counted: by state, by what it waits for, by where it was created.

All goroutines that were ever made stand in runtime.allgs, dead ones too, for use again. A pass
over a hundred thousand takes a second of work; it is done in slices, so that neither gctui nor the
program's memory bus notices, and what changed meanwhile is a little old, never wrong by a slot.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gctui.events import GoroutineGroup
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.functab import FunctionTable
from gctui.sources.inside.layout import Layout
from gctui.sources.inside.memory import ProcessMemory
from gctui.sources.inside.stacks import Stacks

SLICE = 1024
_FIRST_PASS_S = 0.05
_LATER_PASS_S = 0.005
"""How long a step may take: at first one waits for the list, later it is only kept fresh."""
_MOST_GOROUTINES = 1 << 26
_MOST_REASONS = 256
_LONGEST_REASON = 64
_SCAN_BIT = 0x1000
# runtime/runtime2.go; what has no name here holds no goroutine: idle, dead, moribund.
STATUSES = {
    1: "runnable",
    2: "running",
    3: "syscall",
    4: "waiting",
    8: "copystack",
    9: "preempted",
    10: "leaked",
}
_WAITING = 4
# runtime/traceback.go: isSystemGoroutine. A coroutine's start and the async event handler run
# the user's code.
_USERS_OWN = frozenset({"runtime.main", "runtime.corostart", "runtime.handleAsyncEvent"})
_READ = (
    "stack.lo",
    "stack.hi",
    "sched.sp",
    "sched.pc",
    "atomicstatus",
    "goid",
    "waitsince",
    "waitreason",
    "gopc",
    "startpc",
)
_CODES = {1: "B", 4: "I", 8: "Q"}

_RUNNABLE = 1
_PARKED = frozenset({_RUNNABLE, _WAITING})
"""Where the scheduler kept where they are: others move while they are looked at."""

_Key = tuple[int, int, int, int, int]
"""Created, started and parked at, status, wait reason: numbers, to be named at the end."""

_Named = tuple[str, str, str, str, str, str]
"""Created by and where, status, wait reason, function and line."""


@dataclass(slots=True)
class _Tally:
    count: int = 0
    stack_bytes: int = 0
    waiting_since_ns: int = 0
    """The earliest; 0 when none is known."""


@dataclass(slots=True)
class _Pass:
    """A pass in progress."""

    next: int = 0
    tallies: dict[_Key, _Tally] = field(default_factory=dict)


class Census:
    """Walks runtime.allgs, a slice per `step`."""

    def __init__(
        self,
        memory: ProcessMemory,
        layout: Layout,
        bias: int,
        functions: Callable[[], FunctionTable],
        wait_reasons: Sequence[str],
    ) -> None:
        self._memory = memory
        self._bias = bias
        self._functions = functions
        self._allgs = layout.addresses["runtime.allgs"] + bias
        self._size = layout.offsets["g"][1]
        self._decode, self._order = _decoder(layout)
        self._wait_reasons = _reasons(memory, layout, bias) or wait_reasons
        self._stacks = Stacks(memory, functions, bias, layout.architecture)
        self._pass = _Pass()
        self._passes = 0

    def step(self, most: int = SLICE) -> tuple[GoroutineGroup, ...] | None:
        """Look at the next goroutines, `most` at a time; return the groups at the end of a pass.

        Raises CannotRead where the list is torn, Gone when the program has ended.
        """
        until_s = time.monotonic() + (_LATER_PASS_S if self._passes else _FIRST_PASS_S)
        while True:
            groups = self._slice(most)
            if groups is not None:
                self._passes += 1
                return groups
            if time.monotonic() >= until_s:
                return None

    def _slice(self, most: int) -> tuple[GoroutineGroup, ...] | None:
        begin, length, _ = self._memory.words(self._allgs, 3)
        if not 0 <= length <= _MOST_GOROUTINES:
            raise CannotRead(f"{length} goroutines")
        ongoing = self._pass
        count = min(most, length - ongoing.next)
        if count > 0:
            self._look(self._memory.words(begin + 8 * ongoing.next, count))
            ongoing.next += count
        if ongoing.next < length:
            return None
        self._pass = _Pass()
        return self._groups(ongoing.tallies)

    def _look(self, goroutines: Sequence[int]) -> None:
        tallies = self._pass.tallies
        unpack, order = self._decode.unpack, self._order
        for data in self._memory.pieces(goroutines, self._size).values():
            values = unpack(data)
            low, high, sp, pc, status, goid, since_ns, reason, created, started = (
                values[place] for place in order
            )
            status &= ~_SCAN_BIT
            if status not in STATUSES or not goid or not low < high:
                continue
            parked = self._stacks.own_pc(pc, sp, high) if status in _PARKED else 0
            key = (created, started, parked, status, reason if status == _WAITING else 0)
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = _Tally()
            tally.count += 1
            tally.stack_bytes += high - low
            if since_ns and status == _WAITING:
                tally.waiting_since_ns = min(tally.waiting_since_ns or since_ns, since_ns)

    def _groups(self, tallies: dict[_Key, _Tally]) -> tuple[GoroutineGroup, ...]:
        """Name the places and the states; what differs in none of them is one group."""
        merged: dict[_Named, _Tally] = {}
        for (created, started, parked, status, reason), tally in tallies.items():
            place = self._place(created, started)
            if place is None:
                continue
            named = (*place, STATUSES[status], self._reason(reason), *self._stacks.named(parked))
            into = merged.setdefault(named, _Tally())
            into.count += tally.count
            into.stack_bytes += tally.stack_bytes
            since = (into.waiting_since_ns, tally.waiting_since_ns)
            into.waiting_since_ns = min(filter(None, since), default=0)
        groups = [_group(named, tally) for named, tally in merged.items()]
        return tuple(
            sorted(groups, key=lambda group: (-group.count, group.created_by, group.place))
        )

    def _place(self, created: int, started: int) -> tuple[str, str] | None:
        """Return who created them and where; None for the runtime's own."""
        functions = self._functions()
        start = functions.function_at(started - self._bias)
        if start is not None and start.name not in _USERS_OWN and start.name.startswith("runtime."):
            return None
        if start is not None and start.name == "runtime.main":
            return "main", ""
        site = functions.creation_site(created - self._bias)
        if site is None:
            return "unknown", f"{created:#x}"
        name, file, line = site
        return name, f"{file}:{line}"

    def _reason(self, number: int) -> str:
        if number < len(self._wait_reasons):
            return self._wait_reasons[number]
        return f"reason {number}"


def _group(named: _Named, tally: _Tally) -> GoroutineGroup:
    created_by, place, status, reason, function, line = named
    # The runtime's nanotime and Python's monotonic clock are one: CLOCK_MONOTONIC.
    waited_s = (time.monotonic_ns() - tally.waiting_since_ns) / 1e9
    known = tally.waiting_since_ns > 0 and waited_s >= 0
    return GoroutineGroup(
        created_by=created_by,
        place=place,
        status=status,
        wait_reason=reason,
        count=tally.count,
        stack_bytes=tally.stack_bytes,
        longest_wait_s=waited_s if known else None,
        function=function,
        line=line,
    )


def _decoder(layout: Layout) -> tuple[struct.Struct, list[int]]:
    """Return what unpacks a g, and where among its values each of `_READ` stands."""
    places = sorted((layout.offsets[f"g.{name}"], name) for name in _READ)
    codes, at, order = "<", 0, []
    for (offset, size), name in places:
        codes += f"{offset - at}x{_CODES[size]}"
        at = offset + size
        order.append(name)
    codes += f"{layout.offsets['g'][1] - at}x"
    return struct.Struct(codes), [order.index(name) for name in _READ]


def _reasons(memory: ProcessMemory, layout: Layout, bias: int) -> list[str]:
    """Read the runtime's own texts; empty where their place is not known."""
    address = layout.addresses.get("runtime.waitReasonStrings")
    size = layout.sizes.get("runtime.waitReasonStrings", 0)
    if address is None or not 0 < size <= 16 * _MOST_REASONS:
        return []
    words = memory.words(address + bias, size // 8)
    return [
        memory.read(begin, length).decode("utf-8", "replace")
        if 0 < length <= _LONGEST_REASON
        else ""
        for begin, length in zip(words[0::2], words[1::2], strict=True)
    ]
