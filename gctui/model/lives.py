"""When a strand is a program's next life, when that is settled, and what programs are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gctui.events import Event, Gc
from gctui.model.strand import Strand, share_a_go

MOST_PROGRAMS = 64
_MOST_OPEN = 4
_SETTLED_AFTER_S = 150.0
"""A program that runs collects garbage every two minutes at least: the runtime forces it."""
_SETTLED_AFTER = 1000
_MOST_PROCESSES_OPEN = 16
"""Of processes that the log names each, silence tells less: they may be workers side by side."""


def may_be_again(newest: Strand | None, event: Event) -> bool:
    """Tell whether a strand that begins with `event` may be the program whose newest one is given.

    That is what it is taken for, until the old strand goes on after all.
    """
    last = newest.last if newest is not None else None
    if last is None or not isinstance(event, Gc):
        return True
    is_same = last.gc.globals_mb == event.globals_mb
    return is_same and share_a_go(last.gc.versions, event.versions)


def is_doubtful(strand: Strand | None) -> bool:
    """Tell of a lone line from the middle of a life: damaged, as like as not."""
    return strand is not None and (strand.first_n or 0) > 1 and strand.count < 2


def settled(strands: Sequence[Strand]) -> int:
    """Return how many of a program's strands, the oldest ones, will not go on."""
    newest = strands[-1]
    are_processes = any(strand.source != newest.source for strand in strands)
    is_long = newest.count >= _SETTLED_AFTER and not are_processes
    if is_long or newest.lasted_s >= _SETTLED_AFTER_S:
        return len(strands) - 1
    return max(0, len(strands) - (_MOST_PROCESSES_OPEN if are_processes else _MOST_OPEN))


def names_of(sources: Sequence[str | None]) -> list[str]:
    """Name the programs of a stream, in the order in which they appeared."""
    count, taken, names = Counter(sources), Counter[str | None](), []
    for place, source in enumerate(sources, 1):
        taken[source] += 1
        name = f"program {place}" if source is None else source
        names.append(
            f"{name} ({taken[source]})" if source is not None and count[source] > 1 else name
        )
    return names
