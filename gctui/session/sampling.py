"""What is asked for rather than sent: the process and the runtime's counters, read at intervals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gctui.events import Mappings, Process, Runtime
from gctui.model.counters import heap_mapped_bytes
from gctui.session.pump import Pump

if TYPE_CHECKING:
    from gctui.session.polling import Pages

PROCESS_INTERVAL_S = 1.0
COUNTERS_INTERVAL_S = 0.2
MAPPINGS_INTERVAL_S = 5.0
_CHANGED_BYTES, _CHANGED_SHARE = 4 << 20, 0.02
"""When what the runtime holds has changed by so much, the last RSS is out of date."""
_REST_AFTER_LOOK = 200
_MAPPINGS_RETRY_S = 1.0
_FIRST_SAMPLES_S = 0.05
_LAST_ANSWER_S = 1.0


class CounterSource(Protocol):
    """Where the runtime's counters come from."""

    why_not: str
    """Why there are none, in plain words; empty while there are or may yet be."""
    go_version: str
    default_godebug: str
    """What the program's build sets where GODEBUG says nothing."""
    pid: int | None

    def sample(self) -> Runtime | None:
        """Return the counters of now, None where there are none at the moment."""

    def close(self) -> None:
        """Give back what is open."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What can be asked; any of it may be None."""

    process: Callable[[], Process | None] | None = None
    """Returns None once the process is gone."""
    counters: CounterSource | None = None
    counters_interval_s: float = COUNTERS_INTERVAL_S
    mappings: Callable[[], Mappings | None] | None = None
    """Returns where the resident memory lies; dear to the kernel, so it is not asked often."""
    why_ended: Callable[[], str] | None = None
    """Returns who killed the process, once it is gone; empty where nothing needs explaining."""
    pages: Pages | None = None
    """Of a program's own server."""
    pages_every_s: float | None = None
    """None leaves it to what they cost."""


class Sampling(threading.Thread):
    """Asks in a thread of its own: opening a large binary must not hold the parser up."""

    def __init__(self, sources: Sources, pump: Pump, now_s: Callable[[], float]) -> None:
        super().__init__(name="gctui-sampling", daemon=True)
        self._sources = sources
        self._pump = pump
        self._now_s = now_s
        self._began_s = now_s()
        self._asked_to_stop = threading.Event()
        self.failure = ""
        """Why nothing is asked any more, in words; empty while all is well."""
        self._next_process_s = self._next_counters_s = self._next_mappings_s = self._began_s
        self._held_bytes: int | None = None
        """What the runtime held when the process was sampled last; None while nobody knows."""

    def run(self) -> None:
        """Sample until `stop` is called."""
        try:
            while not self._asked_to_stop.wait(self._wait_s()):
                self._ask_together()
        except Exception as error:
            # What is asked beside the stream must not cost the stream.
            self.failure = f"internal error: {type(error).__name__}: {error}"
        finally:
            if self._sources.counters is not None:
                self._sources.counters.close()

    @property
    def has_work(self) -> bool:
        """There is anything to ask."""
        sources = self._sources
        return any((sources.process, sources.counters, sources.mappings))

    def stop(self) -> None:
        """Ask no more, and wait for what is being asked."""
        self._asked_to_stop.set()
        if self.is_alive():
            self.join(_LAST_ANSWER_S)

    def _ask_together(self) -> None:
        """Ask what is due, and with it what must be of the same moment."""
        now_s = self._now_s()
        if now_s >= self._next_mappings_s:
            self._next_process_s = min(self._next_process_s, now_s)
        if now_s >= self._next_process_s:
            self._next_counters_s = min(self._next_counters_s, now_s)
            self._held_bytes = None
        self._ask_process()
        self._ask_counters()
        self._ask_mappings()

    def _wait_s(self) -> float:
        due_s = min(self._next_process_s, self._next_counters_s, self._next_mappings_s)
        return max(0.0, due_s - self._now_s())

    def _interval_s(self, usual_s: float) -> float:
        """Often at first: a program may be over within a second."""
        return min(usual_s, max(_FIRST_SAMPLES_S, self._now_s() - self._began_s))

    def _ask_process(self) -> None:
        now_s = self._now_s()
        if self._sources.process is None:
            self._next_process_s = float("inf")
        elif now_s >= self._next_process_s:
            self._next_process_s = now_s + self._interval_s(PROCESS_INTERVAL_S)
            sample = self._sources.process()
            if sample is not None:
                self._pump.apply([sample], now_s)

    def _ask_mappings(self) -> None:
        """Ask seldom, and the more so the longer an answer takes: the kernel locks meanwhile."""
        now_s = self._now_s()
        if self._sources.mappings is None:
            self._next_mappings_s = float("inf")
        elif now_s >= self._next_mappings_s:
            found = self._sources.mappings()
            took_s = self._now_s() - now_s
            usual_s = MAPPINGS_INTERVAL_S if found else _MAPPINGS_RETRY_S
            pause_s = max(usual_s, took_s * _REST_AFTER_LOOK)
            self._next_mappings_s = now_s + self._interval_s(pause_s)
            if found is not None:
                self._pump.apply([found], self._now_s())

    def _ask_counters(self) -> None:
        now_s = self._now_s()
        if self._sources.counters is None:
            self._next_counters_s = float("inf")
        elif now_s >= self._next_counters_s:
            self._next_counters_s = now_s + self._interval_s(self._sources.counters_interval_s)
            sample = self._sources.counters.sample()
            if sample is not None:
                self._pump.apply([sample], self._now_s())
                self._hold(heap_mapped_bytes(sample))

    def _hold(self, held_bytes: int) -> None:
        """Have the process sampled anew where the runtime's holdings have changed since."""
        if self._held_bytes is None:
            self._held_bytes = held_bytes
        changed_bytes = abs(held_bytes - self._held_bytes)
        if changed_bytes > max(_CHANGED_BYTES, _CHANGED_SHARE * self._held_bytes):
            self._next_process_s = min(self._next_process_s, self._now_s())
