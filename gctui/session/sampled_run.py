"""A whole run whose single collections are passed on while it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gctui.events import Gc
from gctui.session.saved import Batch
from gctui.session.whole_run import WholeRun
from gctui.sources.files import LogFile

TakeCollections = Callable[[Sequence[Gc], str], None]
"""Given the next collections, and the name of the file in which their lines are."""


class SampledRun(WholeRun):
    """Reads as `WholeRun` does."""

    def __init__(self, label: str, take: TakeCollections) -> None:
        super().__init__(label)
        self._pass_on = take
        self._file = ""
        self.is_profile = False
        """A file was a profile, and no log."""

    def read(self, file: LogFile, progress: Callable[[float], None] | None = None) -> None:
        """Read one file to its end. Raises GctuiError; what came before a damage counts."""
        self._file = file.label
        super().read(file, progress)

    def _take(self, batch: Batch) -> None:
        super()._take(batch)
        self.is_profile = self.is_profile or (batch.profile is not None and batch.received is None)
        gcs = [event for event in batch.events if isinstance(event, Gc)]
        if gcs:
            self._pass_on(gcs, self._file)
