"""Parser and model turning together, behind one lock; every kind of session drives one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gctui.events import AnyEvent, GoroutineGroup, Text, Unparsed
from gctui.model.counters import Census
from gctui.model.feed import Status
from gctui.model.goroutine_profile import GOROUTINES, goroutine_groups
from gctui.model.profile import Profile
from gctui.model.program_list import ListedProgram
from gctui.model.programs import Programs
from gctui.model.snapshot import Snapshot
from gctui.session.output import OutputTail
from gctui.session.recording_format import whole_microseconds_s
from gctui.sources.spool import Channel

if TYPE_CHECKING:
    from gctui.session.recording import Recording
    from gctui.trace.scanner import Scanner

SETTLED_AFTER_S = 1.0
"""After so long without anything more, what waits for more is taken as it is."""

TextSink = Callable[[Text | Unparsed], None]


def new_scanner() -> Scanner:
    """Return a parser. The first one reads the grammars: call this when the screen is drawn."""
    from gctui.trace.scanner import Scanner  # noqa: PLC0415 - costs a tenth of a second

    return Scanner()


class Pump:
    """Feeds bytes to a parser per channel and their events to the model; may be read meanwhile.

    Texts of the channels in `passed_on` do not go to the sink: all their bytes go elsewhere. What
    is recorded is recorded as it is applied: in that order, at that time.
    """

    def __init__(
        self,
        text_sink: TextSink | None = None,
        recording: Recording | None = None,
        passed_on: Collection[Hashable] = (),
        *,
        takes_restarts: bool = True,
    ) -> None:
        self._lock = threading.Lock()
        self._scanners: dict[Hashable, Scanner] = {}
        self._unsettled: dict[Hashable, float | None] = {}
        """When the newest piece of each channel was received that may have left something open."""
        self._programs = Programs(takes_restarts=takes_restarts)
        self._wanted: int | None = None
        self._listed: tuple[ListedProgram, ...] | None = None
        self._output = OutputTail()
        self._snapshot: Snapshot | None = None
        self._recording = recording
        self._late: tuple[GoroutineGroup, ...] | None = None
        """A census that the newest figures should have taken up."""
        self._passed_on = passed_on
        self.text_sink = text_sink
        self.version = 0
        self.newest_s = 0.0
        """The latest time at which any of the events was received."""

    def feed(self, channel: Hashable, data: bytes, received_s: float | None) -> None:
        """Parse a piece of one channel and apply what it completes."""
        scanner = self._scanners.get(channel)
        if scanner is None:
            scanner = self._scanners[channel] = new_scanner()
        if self._recording is not None:
            self._recording.keep_bytes(data, channel)
        self._unsettled[channel] = received_s
        self.apply(scanner.feed(data), received_s, channel)

    def settle(self, read_until_s: float) -> None:
        """Take as it is what waits for more, on channels where nothing came for a while."""
        for channel, received_s in [*self._unsettled.items()]:
            if received_s is None or read_until_s - received_s >= SETTLED_AFTER_S:
                del self._unsettled[channel]
                if events := self._scanners[channel].settle():
                    self.apply(events, received_s, channel)

    def finish(self, received_s: float | None) -> None:
        """Apply the last lines, which have no newline."""
        for channel, scanner in self._scanners.items():
            self.apply(scanner.finish(), received_s, channel)
        self._scanners.clear()
        self._unsettled.clear()

    def apply(
        self,
        events: Sequence[AnyEvent],
        received_s: float | None,
        channel: Hashable = None,
    ) -> None:
        """Fold events and keep the texts among them; those of a sample come by no channel."""
        with self._lock:
            if self._recording is not None and received_s is not None:
                received_s = whole_microseconds_s(received_s)
                source = channel.name.lower() if isinstance(channel, Channel) else ""
                self._recording.keep_events(events, received_s, source)
            texts = self._fold(events, received_s)
            self.newest_s = max(self.newest_s, received_s or 0.0)
            self._snapshot = self._late = self._listed = None
            self.version += 1
        if self._recording is not None:
            self._recording.tend()
        if self.text_sink is not None and channel not in self._passed_on:
            for text in texts:
                self.text_sink(text)

    def _fold(self, events: Sequence[AnyEvent], received_s: float | None) -> list[Text | Unparsed]:
        texts = []
        for event in events:
            self._programs.apply(event, received_s)
            if isinstance(event, Text | Unparsed):
                self._output.add(event)
                texts.append(event)
        return texts

    def take_profile(
        self, profile: Profile, page: bytes = b"", received_s: float | None = None
    ) -> None:
        """Keep a profile as the newest of its kind; `page` is what it was read from.

        Without a page or a receipt time it is not recorded.
        """
        if self._recording is not None and page and received_s is not None:
            # Before the lock: packing a large one takes a while, in which the screen is drawn.
            self._recording.keep_profile(profile, page, whole_microseconds_s(received_s))
        with self._lock:
            self._take_profile(profile)

    def _take_profile(self, profile: Profile) -> None:
        self._programs.take_profile(profile)
        self._snapshot = None
        self.version += 1

    def take_late_profile(self, profile: Profile) -> None:
        """Keep a profile that should have come before the newest figures: they take it up now."""
        late = goroutine_groups(profile) if profile.default_type == GOROUTINES else self._late
        with self._lock:
            self._late = late
            self._take_profile(profile)

    def show(self, key: int | None) -> None:
        """Choose the program that is shown; None leaves it to gctui."""
        with self._lock:
            self._wanted = key
            self._snapshot = None
            self.version += 1

    def show_largest(self) -> None:
        """Choose the program that collected most, now that all is read, unless one was asked for.

        One whose process was sampled stays: there is more to be seen of it.
        """
        with self._lock:
            listed = self._programs.listed()
            if self._wanted is None and listed and not any(each.is_sampled for each in listed):
                self._wanted = max(listed, key=lambda each: each.collections).key
                self._snapshot = None

    def programs(self) -> tuple[int, tuple[ListedProgram, ...]]:
        """Return the key of the program that is shown, and all there are."""
        with self._lock:
            if self._listed is None:
                self._listed = self._programs.listed()
            return self._programs.shown_for(self._wanted), self._listed

    def snapshot(self, key: int | None = None) -> Snapshot:
        """Return a program as it is now, without a key the one that is shown.

        That is the same object while nothing is applied.
        """
        with self._lock:
            if key is not None:
                return self._programs.snapshot(key)
            if self._snapshot is None:
                self._snapshot = self._programs.snapshot(self._programs.shown_for(self._wanted))
                if self._late is not None:
                    self._snapshot = _recounted(self._snapshot, self._late)
            return self._snapshot

    def now_s(self, received_s: float) -> float:
        """Return where a moment of the receipt clock lies on the stream's axis."""
        with self._lock:
            return self._programs.now_at(received_s, self._programs.shown_for(self._wanted))

    @property
    def text_lines(self) -> int:
        """Lines of the program's own output so far."""
        return self._output.total

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return kept lines of output; see `Feed.text`."""
        with self._lock:
            return self._output.lines(first, count)


def of_shown(status: Status, shown: int, programs: Sequence[ListedProgram]) -> Status:
    """Leave out what is known of another program's process than the one that is shown."""
    if len(programs) < 2 or any(p.is_sampled for p in programs if p.key == shown):
        return status
    return replace(status, pid=None, go_version="")


def _recounted(snapshot: Snapshot, groups: tuple[GoroutineGroup, ...]) -> Snapshot:
    """Give the newest figures their census, unless they were read in the process itself."""
    counters, moment = snapshot.counters, snapshot.moment
    if counters is None or counters.sample.heap_live_bytes is not None:
        return snapshot
    census = Census(counters.time_s, groups)
    sample = replace(counters.sample, goroutine_groups=groups, goroutines=census.goroutines)
    if moment.sample is counters.sample:
        moment = replace(moment, sample=sample)
    first = counters.first_census or census
    counters = replace(counters, sample=sample, census=census, first_census=first)
    return replace(snapshot, counters=counters, moment=moment)
