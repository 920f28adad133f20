"""What is kept of one program of a whole run: its figures, and some of its single collections."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.analysis.cycle_samples import CycleSamples
from gctui.analysis.run_fold import RunFold
from gctui.events import AnyEvent, Gc
from gctui.model.profile import Profile
from gctui.session.recording_format import rfc3339
from gctui.session.span import Inside
from gctui.session.waiting import Origin


class ProgramPart:
    """Takes one program's events, in their order."""

    def __init__(self, label: str, inside: Inside, samples: CycleSamples | None = None) -> None:
        self.fold = RunFold(label)
        self._samples = samples
        self.inside = inside
        self._place = 0

    @property
    def samples(self) -> CycleSamples:
        """Single collections, where they were asked for."""
        return self._samples or CycleSamples()

    def open(self, origin: Origin) -> None:
        """Say where what comes next stands."""
        if origin.place != self._place:
            self._place = origin.place
            self.fold.next_file(origin.file)

    def add(self, events: Sequence[AnyEvent], origin: Origin) -> None:
        """Take the next events."""
        self.open(origin)
        kept = self.inside.of(events, origin.received, origin.place)
        wall = "" if origin.received is None else rfc3339(origin.received)
        self.fold.add(kept, origin.received_s, wall)
        if self._samples is not None:
            gcs = [event for event in kept if isinstance(event, Gc)]
            if gcs:
                self._samples.add(gcs, origin.file)

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile."""
        self.fold.take_profile(profile)

    def forget_samples(self) -> None:
        """Take back what the process and its counters told: they were another program's."""
        self.fold.forget_samples()
