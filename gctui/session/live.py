"""A live stream: a spool in front, the parser behind it, and the process beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from gctui.events import Process
from gctui.model.feed import Frame, Phase, Status
from gctui.session.pump import Pump, TextSink
from gctui.sources.spool import Spool

SAMPLE_INTERVAL_S = 1.0
_FIRST_SAMPLES_S = 0.05
_LONGEST_WAIT_S = 0.2
_ENDED_OUTPUT_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Watched:
    """The process beside the stream, where there is one."""

    pid: int
    sample: Callable[[], Process | None]
    """Returns None once the process is gone."""
    ended: Callable[[], str | None]
    """Returns how it ended, None while it runs."""
    finish_output: Callable[[], None]
    """Called after its end: lets the output end even if a process left behind holds it open."""


class LiveSession(threading.Thread):
    """Takes from the spool until it is finished; the screen reads frames meanwhile.

    The observed program is drained by another thread: it never waits for this one.
    """

    def __init__(
        self,
        spool: Spool,
        label: str,
        *,
        watched: Watched | None = None,
        godebug: str = "",
        text_sink: TextSink | None = None,
    ) -> None:
        super().__init__(name="gctui-session", daemon=True)
        self._spool = spool
        self._label = label
        self._watched = watched
        self._godebug = godebug
        self._pump = Pump(text_sink)
        self._next_sample_s = 0.0
        self._end_s: float | None = None
        self._how = ""
        self._asked_to_stop = threading.Event()

    def run(self) -> None:
        """Parse and sample until the stream ends or `stop` is called."""
        try:
            self._watch()
            left = self._asked_to_stop.is_set()
            self._how = self._how or ("left by the user" if left else "end of input")
            self._pump.finish(self._spool.now_s())
        except Exception as error:
            self._how = f"internal error: {type(error).__name__}: {error}"
        finally:
            self._end_s = self._spool.now_s()
            self._pump.version += 1

    def _watch(self) -> None:
        while not self._asked_to_stop.is_set():
            self._sample_when_due()
            chunk = self._spool.get(self._wait_s())
            if chunk is not None:
                self._pump.feed(chunk.channel, chunk.data, chunk.received_s)
            elif self._is_over():
                break

    def stop(self) -> None:
        """Stop parsing; what is still in the spool is not read."""
        self._asked_to_stop.set()

    def send_text_to(self, sink: TextSink) -> None:
        """Hand the program's own output to `sink` from now on."""
        self._pump.text_sink = sink

    @property
    def has_ended(self) -> bool:
        """Nothing will be added any more."""
        return self._end_s is not None

    def frame(self) -> Frame:
        """Return the newest frame."""
        # The status first: a frame that says ENDED must have the last events.
        end_s, version = self._end_s, self._pump.version
        status = self._status(has_ended=end_s is not None)
        return Frame(
            version=version,
            snapshot=self._pump.snapshot(),
            now_s=self._pump.now_s(self._spool.now_s() if end_s is None else end_s),
            status=status,
            text_lines=self._pump.text_lines,
        )

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return kept lines of output; see `Feed.text`."""
        return self._pump.text(first, count)

    def _status(self, *, has_ended: bool) -> Status:
        return Status(
            label=self._label,
            phase=Phase.ENDED if has_ended else Phase.LIVE,
            pid=self._watched.pid if self._watched else None,
            ended=self._how if has_ended else "",
            godebug=self._godebug,
            backlog_bytes=self._spool.held_bytes,
            writer_waits=self._spool.writer_waits,
        )

    def _is_over(self) -> bool:
        """Tell whether both are over, the output and the process; either may end first."""
        if self._watched is None:
            return self._spool.finished
        how = self._watched.ended()
        if how is None:
            if self._spool.finished:
                self._asked_to_stop.wait(_ENDED_OUTPUT_POLL_S)
            return False
        self._how = how
        if not self._spool.finished:
            self._watched.finish_output()
        return self._spool.finished

    def _wait_s(self) -> float:
        if self._watched is None:
            return _LONGEST_WAIT_S
        return min(_LONGEST_WAIT_S, max(0.0, self._next_sample_s - self._spool.now_s()))

    def _sample_when_due(self) -> None:
        now_s = self._spool.now_s()
        if self._watched is None or now_s < self._next_sample_s:
            return
        # Often at first: a program may be over within a second.
        self._next_sample_s = now_s + min(SAMPLE_INTERVAL_S, max(_FIRST_SAMPLES_S, now_s))
        sample = self._watched.sample()
        if sample is not None:
            self._pump.apply([sample], now_s)
