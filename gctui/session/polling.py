"""What a server is asked for, at intervals: its pages become profiles, figures, and a process.

A server that is gone may come back, and a program that starts may not serve yet: asking goes on,
and why there is no answer is said meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from gctui.errors import GctuiError
from gctui.events import MemStats, Process
from gctui.session.pump import Pump

if TYPE_CHECKING:
    from gctui.sources.http_get import Page
    from gctui.sources.server import PageKind

_LAST_ANSWER_S = 1.0
_RETRY_S = 2.0
_FIRST_RETRIES_S = 0.1
_REST_AFTER_ANSWER = 5
"""An answer that takes long costs the program: it gets this many times as long a rest."""


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


class Polling(threading.Thread):
    """Asks in a thread of its own: a slow server must not hold up what is read in the process."""

    def __init__(
        self, pages: Pages, pump: Pump, now_s: Callable[[], float], every_s: float | None = None
    ) -> None:
        super().__init__(name="gctui-polling", daemon=True)
        self._pages = pages
        self._pump = pump
        self._now_s = now_s
        self._began_s = now_s()
        self._every_s = every_s
        self._asked_to_stop = threading.Event()
        self.failure = ""
        """Why the last attempt told nothing; empty where it did."""
        self.go_version = ""
        """The toolchain that built the program, where its pages tell."""

    def run(self) -> None:
        """Ask until `stop` is called."""
        wait_s = 0.0
        while not self._asked_to_stop.wait(wait_s):
            began_s = self._now_s()
            try:
                self._ask()
                self._say("")
                wait_s = self._pause_s(self._now_s() - began_s)
            except GctuiError as error:
                self._say(f"{error}; gctui keeps trying")
                wait_s = min(_RETRY_S, max(_FIRST_RETRIES_S, self._now_s() - self._began_s))
            except Exception as error:
                # What is asked beside the stream must not cost the stream.
                self._say(f"internal error: {type(error).__name__}: {error}")
                return

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
        return max(every_s - took_s, took_s * _REST_AFTER_ANSWER)

    def _ask(self) -> None:
        answers = dict(self._pages.ask())
        events: list[MemStats | Process] = []
        # Goroutines first: the figures take them up.
        for kind in sorted(answers, key=lambda kind: kind != "goroutines"):
            events += self._read(kind, answers[kind])
        if events and not self._asked_to_stop.is_set():
            self._pump.apply(events, self._now_s())

    def _read(self, kind: PageKind, page: Page) -> list[MemStats | Process]:
        # The grammars cost a tenth of a second, and are for the screen to be drawn before.
        from gctui.trace.profile_text import read_text_profile  # noqa: PLC0415
        from gctui.trace.server_pages import read_expvar, read_metrics  # noqa: PLC0415

        source = self._pages.label
        if kind in {"heap", "goroutines"}:
            text = read_text_profile(page.body, source)
            self._pump.take_profile(replace(text.profile, time_ns=page.taken_ns))
            stats = text.memstats
            return [] if stats is None else [replace(stats, taken_ns=page.taken_ns)]
        told = (read_expvar if kind == "expvar" else read_metrics)(page.body, source)
        self.go_version = told.go_version or self.go_version
        figures = replace(told.memstats, taken_ns=page.taken_ns)
        return [figures] if told.process is None else [told.process, figures]
