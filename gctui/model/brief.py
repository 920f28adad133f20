"""A program in few words: what a list of several shows of each, without the cost of a snapshot."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from gctui.events import Gc
from gctui.model.cycle import Cycle

_NEWEST_CYCLES = 20


@dataclass(frozen=True, slots=True)
class Brief:
    """What is known of a program at one moment."""

    number: int | None
    """Of its newest collection."""
    collections: int
    live_mib: int | None
    rate_per_s: float | None
    """Collections per second lately."""
    printed_by: tuple[str, ...]
    """The Go versions that print each form of its lines."""
    newest: tuple[Gc, ...]
    """Its newest collections, the newest last."""
    is_sampled: bool
    """Its process or its counters were asked."""


def brief_of(
    cycles: deque[Cycle],
    begin_s: float | None,
    *,
    collections: int,
    printed_by: tuple[str, ...],
    is_sampled: bool,
) -> Brief:
    """Sum up; `begin_s` is when its present life began, None where its lines tell no time."""
    newest = [*islice(reversed(cycles), _NEWEST_CYCLES)]
    last = newest[0] if newest else None
    return Brief(
        number=None if last is None else last.number,
        collections=collections,
        live_mib=None if last is None else _live_mib(last),
        rate_per_s=None if begin_s is None else _rate_per_s(newest, begin_s),
        printed_by=printed_by,
        newest=tuple(cycle.event for cycle in reversed(newest)),
        is_sampled=is_sampled,
    )


def _live_mib(last: Cycle) -> int | None:
    gc = last.event
    return gc.heap_live_previous_mb if gc.heap_live_mb is None else gc.heap_live_mb


def _rate_per_s(newest: Sequence[Cycle], begin_s: float) -> float | None:
    lately_s = [cycle.end_s for cycle in newest if cycle.end_s >= begin_s]
    span_s = lately_s[0] - lately_s[-1] if lately_s else 0.0
    return (len(lately_s) - 1) / span_s if span_s > 0 else None
