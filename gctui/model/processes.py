"""Processes one after the other that have one name: a service that was started again.

Syslog, journald and other logs put the process beside the name, so that each start has a source of
its own: app[4242], then app[4250].
"""

from __future__ import annotations

import re
from functools import lru_cache

from gctui.events import Event, Gc
from gctui.model.strand import Strand

_PROCESS = re.compile(r"(.+)\[[0-9]{1,10}\]|(\S+) [0-9]{1,10}")
_MOST_NAMES = 1 << 12


@lru_cache(maxsize=_MOST_NAMES)
def without_process(source: str | None) -> str | None:
    """Return the name of a source that tells its process too, else None."""
    found = _PROCESS.fullmatch(source or "")
    return (found[1] or found[2]) if found is not None else None


class Processes:
    """Tells of which names only one process runs at a time, as far as is known by now."""

    def __init__(self) -> None:
        self._at_once: set[str] = set()
        """Names of which several ran at once: nobody can tell whose restart a further one is."""
        self._seen: set[str] = set()

    def begins(self, source: str | None, event: Event) -> None:
        """Take note of a strand that begins: a process that was given up may come back."""
        name = without_process(source)
        if source is None or name is None:
            return
        if source in self._seen and not (isinstance(event, Gc) and event.n == 1):
            self._note(name)
        if len(self._seen) < _MOST_NAMES:
            self._seen.add(source)

    def may_follow(self, before: Strand | None, source: str | None, event: Event) -> bool:
        """Tell whether `event` may begin the next process of the program whose newest is given."""
        name = without_process(source)
        if before is None or name is None or name in self._at_once:
            return False
        is_other = before.source != source and without_process(before.source) == name
        return is_other and _begins_anew(before, event)

    def ran_at_once(self, one: Strand, other: Strand) -> None:
        """Take note that a process went on while another one ran."""
        name = without_process(one.source)
        if one.source != other.source and name is not None:
            self._note(name)

    def _note(self, name: str) -> None:
        if len(self._at_once) < _MOST_NAMES:
            self._at_once.add(name)


def _begins_anew(before: Strand, event: Event) -> bool:
    if not isinstance(event, Gc) or event.n is None:
        return True
    return event.n == 1 or event.n < before.n
