"""What is kept of one program of a whole run: its figures, and some of its single collections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gctui.analysis.cycle_samples import CycleSamples
from gctui.analysis.run_fold import RunFold
from gctui.events import AnyEvent, Gc
from gctui.session.recording_format import rfc3339
from gctui.session.span import Inside, Span


@dataclass(frozen=True, slots=True)
class Origin:
    """Where events come from: a file, and when they came, where a recording tells."""

    file: str
    place: int = 0
    """Of the file among those of the run."""
    received_s: float | None = None
    received: datetime | None = None


class ProgramPart:
    """Takes one program's events, in their order."""

    def __init__(self, label: str, span: Span, samples: CycleSamples | None = None) -> None:
        self.fold = RunFold(label)
        self.samples = samples
        self.inside = Inside(span)
        self._place = 0

    def add(self, events: Sequence[AnyEvent], origin: Origin) -> None:
        """Take the next events."""
        if origin.place != self._place:
            self._place = origin.place
            self.fold.next_file()
        kept = self.inside.of(events, origin.received)
        wall = "" if origin.received is None else rfc3339(origin.received)
        self.fold.add(kept, origin.received_s, wall)
        if self.samples is not None:
            gcs = [event for event in kept if isinstance(event, Gc)]
            if gcs:
                self.samples.add(gcs, origin.file)
