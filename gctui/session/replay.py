"""Saved logs, recordings and profiles, all at once or at the pace at which they came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING

from gctui.errors import ExitCode, GctuiError
from gctui.events import AnyEvent, MemStats
from gctui.model.feed import Asked, Frame, Phase, Status
from gctui.model.goroutine_profile import GOROUTINES
from gctui.model.memstats import remembered_s
from gctui.model.profile import Profile
from gctui.model.snapshot import Snapshot
from gctui.session.pace import Pace, Rest, paced
from gctui.session.pump import SETTLED_AFTER_S, Pump, of_shown
from gctui.session.recording_format import Header, seconds_since
from gctui.session.saved import Batch, SavedReader
from gctui.sources.files import LogFile
from gctui.sources.follow import FollowedFile

if TYPE_CHECKING:
    from gctui.session.recorded import RecordedReader


class ReplaySession(threading.Thread):
    """Reads files one after the other into one state; the screen reads frames meanwhile.

    With `speed` the pace is that of the receipt times, or in a log that of the trace's own clock:
    1 as it was printed, 10 ten times as fast. `named` gives the functions of a profile their names
    where it has addresses alone. A file that is followed has to be the last: it has no end.
    """

    def __init__(
        self,
        files: Sequence[LogFile | FollowedFile],
        *,
        speed: float | None = None,
        named: Callable[[Profile], Profile] | None = None,
        asked: Sequence[Asked] = (),
    ) -> None:
        super().__init__(name="gctui-session", daemon=True)
        self._files = files
        self._file = files[0]
        self._pump = Pump()
        self._pace = Pace(speed) if speed else None
        self._named = named
        self._asked = tuple(asked)
        self._asked_to_stop = threading.Event()
        self._left_at: float | None = None
        """How much of the files was read when the user had seen enough, 0 to 1."""
        self.rest = Rest(self._asked_to_stop)
        self._done = 0
        self._read_bytes = self._shown_bytes = 0
        self._began: datetime | None = None
        self._received_s: float | None = None
        self._header: Header | None = None
        self._end = self._explained = ""
        self._has_output = True
        self._has_ended = False
        self._ahead: dict[bool, Profile] = {}
        """Read in a recording, to be shown with the event that comes next: of goroutines, other."""
        self.profiles = 0
        """How many of the files were profiles; the snapshot has the last of each kind."""
        self.failure: GctuiError | None = None
        """What kept a file from being read to its end; what came before it is in the state."""

    def run(self) -> None:
        """Read to the end, or until `stop` is called."""
        try:
            for file in self._files:
                self._file = file
                self._read(file)
                if self._asked_to_stop.is_set():
                    break
                self._done += 1
        except GctuiError as error:
            self.failure = error
        except Exception as error:
            what = f"internal error: {type(error).__name__}: {error}"
            self.failure = GctuiError(what, ExitCode.OWN_FAILURE)
        finally:
            for file in self._files:
                file.close()
            is_log = self._header is None and not isinstance(self._file, FollowedFile)
            if is_log and self._pace is None:
                # A recording shows what was seen when it was made.
                self._pump.show_largest()
            self._has_ended = True
            self._pump.version += 1

    def stop(self) -> None:
        """Stop reading."""
        if not self._asked_to_stop.is_set() and not self._has_ended:
            self._left_at = self._status().progress or 0.0
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
        received_s = self._received_s
        now_s = snapshot.now_s if received_s is None else self._pump.now_s(received_s)
        if self._pace is not None and not has_ended:
            now_s = max(now_s, now_s + self._pace.behind_s())
        shown, programs = self._pump.programs()
        lines = self._pump.text_lines
        status = of_shown(status, shown, programs)
        return Frame(
            version, snapshot, now_s, status, lines, self._asked, programs, shown, received_s
        )

    def show(self, key: int | None) -> None:
        """Choose one of several programs; see `Feed.show`."""
        self._pump.show(key)

    def snapshot_of(self, key: int) -> Snapshot:
        """Return one program's snapshot."""
        return self._pump.snapshot(key)

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return kept lines of output; see `Feed.text`."""
        return self._pump.text(first, count)

    def _status(self) -> Status:
        status = self._about()
        if self._has_ended or self._asked_to_stop.is_set():
            ended, explained = self._how_ended(), self._explained
            return replace(
                status, phase=Phase.ENDED, ended=ended, end_explained=explained, progress=1.0
            )
        if isinstance(self._file, FollowedFile) and self._file.has_caught_up:
            return replace(status, phase=Phase.LIVE)
        # A paced replay reads ahead of what it shows.
        shown = self._shown_bytes / self._read_bytes if self._pace and self._read_bytes else 1.0
        progress = (self._done + self._file.progress * shown) / len(self._files)
        return replace(status, progress=progress)

    def _how_ended(self) -> str:
        if self.failure:
            return self._failure_in_short()
        if self._left_at is None or self._left_at >= 1:
            return self._end or "end of log"
        return "left by the user" + (f" at {self._left_at:.0%}" if self._left_at else "")

    def _about(self) -> Status:
        """Return what is known of the files; a single recording tells whose it is."""
        label = ", ".join(file.label for file in self._files[:3])
        if len(self._files) > 3:
            label += f" and {len(self._files) - 3} more"
        phase, header = Phase.LIVE if self._pace else Phase.LOADING, self._header
        if header is None or len(self._files) > 1:
            return Status(label, phase, shows_output=self._has_output)
        return Status(
            f"{label}: {header.label}" if header.label else label,
            phase,
            pid=header.pid,
            go_version=header.go_version,
            shows_output=header.shows_output,
            godebug=header.godebug,
        )

    def _failure_in_short(self) -> str:
        """Return the failure without the file's name, which the header shows already."""
        return str(self.failure).removeprefix(f"{self._file.label}: ")

    def _read(self, file: LogFile | FollowedFile) -> None:
        reader = SavedReader(file.label)
        self._read_bytes = self._shown_bytes = 0
        self._end = self._explained = ""
        idle_since_s = inf
        try:
            for chunk in file.chunks():
                if chunk:
                    self._read_bytes += len(chunk)
                    self._take(reader, reader.feed(chunk))
                    idle_since_s = time.monotonic()
                elif time.monotonic() - idle_since_s >= SETTLED_AFTER_S:
                    self._take(reader, reader.settle())
                    idle_since_s = inf
                self.rest.take()
                if self._asked_to_stop.is_set():
                    if isinstance(file, FollowedFile):
                        break
                    return
        except GctuiError:
            # What was read before a damaged place counts.
            with suppress(GctuiError):
                self._take(reader, reader.finish())
            self._show_ahead(self._pump.take_profile)
            raise
        self._take(reader, reader.finish())
        if reader.recording is not None:
            self._finish_recording(reader.recording)

    def _take(self, reader: SavedReader, batches: Iterable[Batch]) -> None:
        for batch in batches:
            if reader.recording is not None:
                self._header = reader.recording.header
            received_s = self._received(batch.received)
            if batch.profile is not None and received_s is None:
                self._show_profile(batch)
                continue
            if batch.profile is not None:
                self._ahead[batch.profile.default_type == GOROUTINES] = batch.profile
                continue
            if self._pace is None:
                self._show(batch.events, received_s)
                continue
            for events, end in paced(batch):
                if self._asked_to_stop.wait(self._pace.wait_s(events[-1], received_s)):
                    return
                self._show(events, received_s)
                self._shown_bytes = end

    def _show_profile(self, batch: Batch) -> None:
        """Show a profile and its figures at the end of the time that these look back on."""
        self._has_output = False
        self._end = "end of profile"
        if batch.profile is not None:
            self.profiles += 1
            self._pump.take_profile(self._with_names(batch.profile))
        for event in batch.events:
            back_s = remembered_s(event) if isinstance(event, MemStats) else 0.0
            self._show([event], back_s)

    def _show_ahead(self, take: Callable[[Profile], None]) -> None:
        """Show the profiles that were read since the last event."""
        while self._ahead:
            _, profile = self._ahead.popitem()
            take(self._with_names(profile))

    def _with_names(self, profile: Profile) -> Profile:
        return profile if self._named is None else self._named(profile)

    def _show(self, events: Sequence[AnyEvent], received_s: float | None) -> None:
        self._show_ahead(self._pump.take_profile)
        self._pump.apply(events, received_s)
        if received_s is not None:
            self._received_s = received_s

    def _received(self, moment: datetime | None) -> float | None:
        """Return a receipt time on the clock of the first recording."""
        if moment is None:
            return None
        if self._began is None:
            self._began = self._header.began if self._header else moment
        return seconds_since(self._began, moment)

    def _finish_recording(self, recording: RecordedReader) -> None:
        self._header = recording.header
        self._end = recording.damage or "end of recording"
        # Those at the end are what the session had last, and its last figures took up.
        is_whole = recording.ended is not None
        self._show_ahead(self._pump.take_late_profile if is_whole else self._pump.take_profile)
        if recording.ended is not None:
            ended, end = recording.ended
            self._received_s = self._received(ended)
            if end.how and not recording.damage:
                self._end += f": {end.how}"
                self._explained = end.explained
