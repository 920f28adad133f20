"""Saved logs, all at once or at the pace at which they were printed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

from gctui.errors import ExitCode, GctuiError
from gctui.events import Event, Gc
from gctui.model.cycle import start_of, wall_clock_ms
from gctui.model.feed import Frame, Phase, Status
from gctui.session.pump import Pump, TextSink, new_scanner
from gctui.sources.files import LogFile

WITHOUT_CLOCK_S = 0.1
"""Between two collections of a log that has no clock, at speed 1."""
_LONGEST_WAIT_S = 30 * 86400.0


class ReplaySession(threading.Thread):
    """Reads files one after the other into one state; the screen reads frames meanwhile.

    With `speed` the trace's own clock sets the pace: 1 as it was printed, 10 ten times as fast.
    """

    def __init__(
        self,
        files: Sequence[LogFile],
        *,
        speed: float | None = None,
        text_sink: TextSink | None = None,
    ) -> None:
        super().__init__(name="gctui-session", daemon=True)
        self._files = files
        self._file = files[0]
        self._pump = Pump(text_sink)
        self._pace = _Pace(speed) if speed else None
        self._asked_to_stop = threading.Event()
        self._done = 0
        self._read_bytes = self._shown_bytes = 0
        self._has_ended = False
        self.failure: GctuiError | None = None
        """What kept a file from being read to its end; what came before it is in the state."""

    def run(self) -> None:
        """Read to the end, or until `stop` is called."""
        try:
            for file in self._files:
                self._file = file
                self._read(file)
                self._done += 1
        except GctuiError as error:
            self.failure = error
        except Exception as error:
            what = f"internal error: {type(error).__name__}: {error}"
            self.failure = GctuiError(what, ExitCode.OWN_FAILURE)
        finally:
            for file in self._files:
                file.close()
            self._has_ended = True
            self._pump.version += 1

    def stop(self) -> None:
        """Stop reading."""
        self._asked_to_stop.set()

    @property
    def has_ended(self) -> bool:
        """Nothing will be added any more."""
        return self._has_ended

    def frame(self) -> Frame:
        """Return the newest frame."""
        # The status first: a frame that says ENDED must have the last events.
        status, has_ended = self._status(), self._has_ended
        version, snapshot = self._pump.version, self._pump.snapshot()
        now_s = snapshot.now_s
        if self._pace is not None and not has_ended:
            now_s = max(now_s, now_s + self._pace.behind_s())
        return Frame(version, snapshot, now_s, status, self._pump.text_lines)

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return kept lines of output; see `Feed.text`."""
        return self._pump.text(first, count)

    def _status(self) -> Status:
        label = ", ".join(file.label for file in self._files[:3])
        if len(self._files) > 3:
            label += f" and {len(self._files) - 3} more"
        if self._has_ended:
            how = self._failure_in_short() if self.failure else "end of log"
            return Status(label, Phase.ENDED, ended=how, progress=1.0)
        # A paced replay reads ahead of what it shows.
        shown = self._shown_bytes / self._read_bytes if self._pace and self._read_bytes else 1.0
        progress = (self._done + self._file.progress * shown) / len(self._files)
        return Status(label, Phase.LIVE if self._pace else Phase.LOADING, progress=progress)

    def _failure_in_short(self) -> str:
        """Return the failure without the file's name, which the header shows already."""
        return str(self.failure).removeprefix(f"{self._file.label}: ")

    def _read(self, file: LogFile) -> None:
        scanner = new_scanner()
        self._read_bytes = self._shown_bytes = 0
        try:
            for chunk in file.chunks():
                self._read_bytes += len(chunk)
                self._take(scanner.feed(chunk))
                if self._asked_to_stop.is_set():
                    return
        finally:
            # What was read before a damaged place counts.
            self._take(scanner.finish())

    def _take(self, events: list[Event]) -> None:
        if self._pace is None:
            self._pump.apply(events, None)
            return
        for batch in _batches(events):
            if self._asked_to_stop.wait(self._pace.wait_s(batch[-1])):
                return
            self._pump.apply(batch, None)
            self._shown_bytes = batch[-1].end


def _batches(events: list[Event]) -> Iterator[list[Event]]:
    """Cut after every collection, which alone moves the clock."""
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if isinstance(event, Gc):
            yield batch
            batch = []
    if batch:
        yield batch


class _Pace:
    """Says how long to wait before an event is shown."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._last_end_s: float | None = None
        self._due_s = time.monotonic()
        self._shown_s = self._due_s

    def wait_s(self, event: Event) -> float:
        """Return the seconds until `event` is due; 0 for what carries no time."""
        if isinstance(event, Gc):
            self._due_s += self._since_last_s(event) / self._speed
        self._shown_s = max(self._due_s, time.monotonic())
        return min(_LONGEST_WAIT_S, max(0.0, self._due_s - time.monotonic()))

    def behind_s(self) -> float:
        """Return how much of the trace's time passed since the last event was shown."""
        return max(0.0, (time.monotonic() - self._shown_s) * self._speed)

    def _since_last_s(self, gc: Gc) -> float:
        start_s = start_of(gc)
        if start_s is None:
            return WITHOUT_CLOCK_S
        end_s = start_s + wall_clock_ms(gc) / 1000
        last_s, self._last_end_s = self._last_end_s, end_s
        if last_s is None:
            return min(end_s, WITHOUT_CLOCK_S)
        return end_s - last_s if end_s >= last_s else WITHOUT_CLOCK_S
