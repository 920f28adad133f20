"""A live stream: a spool in front, the parser behind it, and the process beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gctui.model.feed import Asked, Frame, Phase, Status
from gctui.model.snapshot import Snapshot
from gctui.session.pace import Rest
from gctui.session.pump import Pump, TextSink, of_shown
from gctui.session.recording_format import End, Header, whole_microseconds_s
from gctui.session.sampling import Sampling, Sources
from gctui.sources.spool import Channel, Chunk, SpoolReader

if TYPE_CHECKING:
    from gctui.session.polling import Polling
    from gctui.session.recording import Recording

_LONGEST_WAIT_S = 0.2
_ENDED_OUTPUT_POLL_S = 0.05
_AHEAD_S = 0.5
"""How far the clock that is shown runs ahead of what was read: else old lines look like silence."""
_WORTH_SAYING_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Watched:
    """The process beside the stream, where there is one."""

    pid: int
    ended: Callable[[], str | None]
    """Returns how it ended, None while it runs."""
    finish_output: Callable[[], None]
    """Called after its end: lets the output end even if a process left behind holds it open."""
    godebug: str = ""
    """GODEBUG as it got it."""
    godebug_added: str = ""
    """What gctui added to the user's own."""
    command: Callable[[], str] | None = None
    """Returns what to call it, where that changes: a process may become another program."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where a stream goes besides the screen."""

    text: TextSink | None = None
    """For the program's own output, the trace taken out."""
    passed_on: Mapping[Channel, Callable[[bytes], None]] = field(default_factory=dict)
    """For channels that go on as they came; their text does not go to `text`."""
    recording: Recording | None = None
    is_toolchain: bool = False
    """The command is `go` itself: each program that begins is another tool, or the one it built."""


class LiveSession(threading.Thread):
    """Takes from the spool until it is finished; the screen reads frames meanwhile.

    The observed program is drained by another thread: it never waits for this one.
    """

    def __init__(
        self,
        spool: SpoolReader,
        label: str,
        *,
        watched: Watched | None = None,
        sources: Sources | None = None,
        shows_output: bool = True,
        outlets: Outlets | None = None,
        asked: Sequence[Asked] = (),
    ) -> None:
        super().__init__(name="gctui-session", daemon=True)
        self._spool = spool
        self._watched = watched
        self._outlets = outlets or Outlets()
        self._recording = self._outlets.recording
        self._pump = Pump(
            self._outlets.text,
            self._recording,
            self._outlets.passed_on,
            takes_restarts=not self._outlets.is_toolchain,
        )
        self._sources = sources or Sources()
        self._header = Header(
            began=datetime.now(UTC) - timedelta(seconds=spool.now_s()),
            label=label,
            pid=watched.pid if watched else None,
            godebug=watched.godebug if watched else "",
            shows_output=shows_output,
        )
        self._sampling = Sampling(self._sources, self._pump, spool.now_s)
        self._polling = self._new_polling()
        self._asked = tuple(asked)
        self._read_until_s = 0.0
        """All that came before was parsed; on the spool's clock, as the end is."""
        self._end_s: float | None = None
        self._how = ""
        self._explained = ""
        self._asked_to_stop = threading.Event()
        self._unread_bytes = 0
        """What was left in the spool when the user had seen enough."""
        self.rest = Rest(self._asked_to_stop)

    def _new_polling(self) -> Polling | None:
        sources = self._sources
        if sources.pages is None:
            return None
        from gctui.session.polling import Polling  # noqa: PLC0415 - servers alone are polled

        return Polling(sources.pages, self._pump, self._spool.now_s, sources.pages_every_s)

    def run(self) -> None:
        """Parse and sample until the stream ends or `stop` is called."""
        self._describe(self._header)
        if self._sampling.has_work:
            self._sampling.start()
        if self._polling is not None:
            self._polling.start()
        try:
            self._watch()
            left = self._asked_to_stop.is_set() and not self._how
            if left:
                self._leave()
            self._how = self._how or "end of input"
            if not self._unread_bytes:
                self._pump.finish(self._read_until_s)
            if self._sources.why_ended is not None and not left:
                self._explained = self._sources.why_ended()
        except Exception as error:
            self._how = f"internal error: {type(error).__name__}: {error}"
        finally:
            self._sampling.stop()
            if self._polling is not None:
                self._polling.stop()
            # What is parsed late, because there was much of it, did not come late.
            end_s = whole_microseconds_s(max(self._read_until_s, self._pump.newest_s))
            try:
                self._note_program()
                if self._recording is not None:
                    self._recording.end(end_s, End(self._how, self._explained))
            finally:
                self._end_s = end_s
                self._pump.version += 1

    def _watch(self) -> None:
        while not self._asked_to_stop.is_set():
            self.rest.take()
            chunk = self._spool.get(_LONGEST_WAIT_S)
            if chunk is not None:
                self._take(chunk)
            elif self._is_over():
                break
            else:
                self._read_until_s = self._spool.now_s()
            self._pump.settle(self._read_until_s)
            self._note_program()
            if self._recording is not None:
                self._recording.tend()

    def _leave(self) -> None:
        """Say how far it was read. The program that the user stopped has an end of its own."""
        self._unread_bytes = self._spool.held_bytes
        ended = self._watched.ended() if self._watched is not None else None
        self._how = ended or "left by the user"
        if self._unread_bytes >= _WORTH_SAYING_BYTES:
            self._how += f", {self._unread_bytes >> 20} MiB of its output not read"

    def _take(self, chunk: Chunk) -> None:
        self._pump.feed(chunk.channel, chunk.data, chunk.received_s)
        self._read_until_s = max(self._read_until_s, chunk.received_s)
        pass_on = self._outlets.passed_on.get(chunk.channel)
        if pass_on is not None:
            pass_on(chunk.data)

    def _note_program(self) -> None:
        """Write down what became known of the program since the recording began."""
        command = self._watched.command if self._watched else None
        label = command() if command else self._header.label
        now = replace(self._header, pid=self._pid, go_version=self._go_version, label=label)
        if now != self._header:
            self._describe(now)

    def _describe(self, header: Header) -> None:
        self._header = header
        if self._recording is not None:
            self._recording.describe(header)

    def stop(self) -> None:
        """Stop parsing; what is still in the spool is not read."""
        self._asked_to_stop.set()

    def send_text_to(self, sink: TextSink) -> None:
        """Hand the program's own output to `sink` from now on."""
        self._pump.text_sink = sink

    @property
    def is_far_behind(self) -> bool:
        """There is more to read than a moment will do for."""
        return self._spool.held_bytes >= _WORTH_SAYING_BYTES

    @property
    def has_ended(self) -> bool:
        """Nothing will be added any more."""
        return self._end_s is not None

    def frame(self) -> Frame:
        """Return the newest frame."""
        # The status first: a frame that says ENDED must have the last events.
        end_s, version = self._end_s, self._pump.version
        status = self._status(has_ended=end_s is not None)
        shown, programs = self._pump.programs()
        receipt_s = self._now_s() if end_s is None else end_s
        return Frame(
            version=version,
            snapshot=self._pump.snapshot(),
            now_s=self._pump.now_s(receipt_s),
            status=of_shown(status, shown, programs),
            text_lines=self._pump.text_lines,
            asked=self._asked,
            programs=programs,
            shown=shown,
            receipt_s=receipt_s,
        )

    def show(self, key: int | None) -> None:
        """Choose one of several programs; see `Feed.show`."""
        self._pump.show(key)

    def snapshot_of(self, key: int) -> Snapshot:
        """Return one program's snapshot."""
        return self._pump.snapshot(key)

    def _now_s(self) -> float:
        return min(self._spool.now_s(), self._read_until_s + _AHEAD_S)

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return kept lines of output; see `Feed.text`."""
        return self._pump.text(first, count)

    @property
    def _pid(self) -> int | None:
        counters = self._sources.counters
        # The program that is read, rather than the shell or `go run` that started it.
        return counters.pid if counters is not None and counters.pid else self._header.pid

    @property
    def _go_version(self) -> str:
        counters, polling = self._sources.counters, self._polling
        inside = counters.go_version if counters else ""
        return inside or (polling.go_version if polling else "")

    @property
    def _why_not_inside(self) -> str:
        """Tell why there are no counters. Those that a server tells do as well."""
        if self._polling is not None:
            return self._polling.failure
        counters = self._sources.counters
        return self._sampling.failure or (counters.why_not if counters else "")

    @property
    def _unanswered(self) -> str:
        """Tell why the server does not answer, without its address, which the header shows."""
        if self._polling is None or self._sources.pages is None:
            return ""
        return self._polling.failure.removeprefix(f"{self._sources.pages.label}: ")

    def _status(self, *, has_ended: bool) -> Status:
        header, counters = self._header, self._sources.counters
        return Status(
            label=header.label,
            phase=Phase.ENDED if has_ended else Phase.LIVE,
            pid=self._pid,
            go_version=self._go_version,
            inside=self._why_not_inside,
            unanswered=self._unanswered,
            shows_output=header.shows_output,
            ended=self._how if has_ended else "",
            end_explained=self._explained if has_ended else "",
            godebug=header.godebug,
            default_godebug=counters.default_godebug if counters else "",
            godebug_added=self._watched.godebug_added if self._watched else "",
            backlog_bytes=self._spool.held_bytes,
            writer_waits=self._spool.writer_waits,
            recording=self._recording.status if self._recording else "",
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
