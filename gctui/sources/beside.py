"""The process beside a stream that gctui did not start: found by and by, then sampled.

What samples it is loaded when it is found: a pipe's first frame does not wait for that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from gctui.events import Process

if TYPE_CHECKING:
    from gctui.sources.process import ProcessSampler

_SEARCH_EVERY_S = 1.0


class ProcessBeside:
    """Looks for the process until there is one, and again when it has ended.

    Of a number that was `named` it is the first process alone: what gets the number later is not
    the one that was meant.
    """

    def __init__(self, find: Callable[[], int | None], *, named: bool = False) -> None:
        self._find = find
        self._named = named
        self.sampler: ProcessSampler | None = None
        """Of the process, or of the one that was the last to end."""
        self._next_search_s = 0.0

    def pid(self) -> int | None:
        """Return the process, None while there is none."""
        if self.sampler is not None and self.sampler.is_alive:
            return self.sampler.pid
        now_s = time.monotonic()
        if now_s < self._next_search_s or (self._named and self.sampler is not None):
            return None
        self._next_search_s = now_s + _SEARCH_EVERY_S
        pid = self._find()
        if pid is None:
            return None
        from gctui.sources.process import ProcessSampler  # noqa: PLC0415

        sampler = ProcessSampler(pid)
        if not sampler.is_alive:
            return None
        self.sampler = sampler
        return pid

    @property
    def has_gone(self) -> bool:
        """There was a process, and it has ended."""
        return self.sampler is not None and not self.sampler.is_alive

    def sample(self) -> Process | None:
        """Return the figures of now, None without a process."""
        if self.pid() is None or self.sampler is None:
            return None
        return self.sampler.sample()
