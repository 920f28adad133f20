"""What a server is asked for, at intervals: its pages become profiles, figures, and a process.

A server that is gone may come back, and a program that starts may not serve yet: asking goes on,
and why there is no answer is said meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from gctui.errors import GctuiError
from gctui.events import MemStats, Process
from gctui.model.profile import Profile
from gctui.session.pump import Pump

if TYPE_CHECKING:
    from gctui.sources.http_get import Page
    from gctui.sources.server import PageKind

_LAST_ANSWER_S = 1.0
_FIRST_RETRY_S, _LONGEST_RETRY_S = 0.1, 30.0
_LONGER_EACH_TIME = 1.5
"""One that was away for a time is noticed within about a third of it."""
_REST = 5
"""An answer that takes long costs the program, and reading it costs gctui: as many times as long
nothing is asked."""
_LONGEST_ERROR = 200


class Pages(Protocol):
    """Where pages come from; `gctui.sources.server.Server` is one."""

    @property
    def label(self) -> str:
        """What to call it."""

    @property
    def every_s(self) -> float:
        """How often it may be asked."""

    def ask(self) -> Sequence[tuple[PageKind, Page]]:
        """Return the pages of now. Raises GctuiError."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What one page told."""

    page: Page
    events: list[MemStats | Process]
    profile: Profile | None = None


class Polling(threading.Thread):
    """Asks in a thread of its own: a slow server must not hold up what is read in the process."""

    def __init__(
        self, pages: Pages, pump: Pump, now_s: Callable[[], float], every_s: float | None = None
    ) -> None:
        super().__init__(name="gctui-polling", daemon=True)
        self._pages = pages
        self._pump = pump
        self._now_s = now_s
        self._every_s = every_s
        self._retry_s = _FIRST_RETRY_S
        self._asked_to_stop = threading.Event()
        self.failure = ""
        """Why the last attempt told nothing; empty where it did."""
        self.go_version = ""
        """The toolchain that built the program, where its pages tell."""

    def run(self) -> None:
        """Ask until `stop` is called."""
        wait_s = 0.0
        while not self._asked_to_stop.wait(wait_s):
            began_s, began_cpu_s = self._now_s(), time.thread_time()
            try:
                self._ask()
                self._say("")
                wait_s = self._pause_s(self._now_s() - began_s)
                self._retry_s = _FIRST_RETRY_S
            except Exception as error:
                # What is asked beside the stream must not cost the stream.
                self._say(f"{_why(error)}; gctui keeps trying")
                wait_s = max(self._retry_s, (time.thread_time() - began_cpu_s) * _REST)
                self._retry_s = min(_LONGEST_RETRY_S, self._retry_s * _LONGER_EACH_TIME)

    def stop(self) -> None:
        """Ask no more; an answer that is under way is waited for a little."""
        self._asked_to_stop.set()
        if self.is_alive():
            self.join(_LAST_ANSWER_S)

    def _say(self, failure: str) -> None:
        if failure != self.failure:
            self.failure = failure
            self._pump.version += 1

    def _pause_s(self, took_s: float) -> float:
        every_s = self._pages.every_s if self._every_s is None else self._every_s
        return max(every_s - took_s, took_s * _REST)

    def _ask(self) -> None:
        answers = dict(self._pages.ask())
        # Goroutines first: the figures take them up.
        kinds = sorted(answers, key=lambda kind: kind != "goroutines")
        told = [self._read(kind, answers[kind]) for kind in kinds]
        # What comes after the end would be in no recording.
        if not self._asked_to_stop.is_set():
            self._apply(told, self._now_s())

    def _apply(self, told: Sequence[_Told], now_s: float) -> None:
        for each in told:
            if each.profile is not None:
                self._pump.take_profile(each.profile, each.page.body, now_s)
        if events := [event for each in told for event in each.events]:
            self._pump.apply(events, now_s)

    def _read(self, kind: PageKind, page: Page) -> _Told:
        # The grammars cost a tenth of a second, and are for the screen to be drawn before.
        from gctui.trace.profile_text import read_text_profile  # noqa: PLC0415
        from gctui.trace.server_pages import (  # noqa: PLC0415
            read_expvar,
            read_metrics,
            refuse_too_many_stacks,
        )

        source = self._pages.label
        if kind in {"heap", "goroutines"}:
            refuse_too_many_stacks(page.body, source)
            text = read_text_profile(page.body, source)
            profile, stats = replace(text.profile, time_ns=page.taken_ns), text.memstats
            events = [] if stats is None else [replace(stats, taken_ns=page.taken_ns)]
            return _Told(page, [*events], profile)
        told = (read_expvar if kind == "expvar" else read_metrics)(page.body, source)
        self.go_version = told.go_version or self.go_version
        figures = replace(told.memstats, taken_ns=page.taken_ns)
        return _Told(page, [figures] if told.process is None else [told.process, figures])


def _why(error: Exception) -> str:
    if isinstance(error, GctuiError):
        return str(error)
    return f"internal error: {type(error).__name__}: {error}"[:_LONGEST_ERROR]
