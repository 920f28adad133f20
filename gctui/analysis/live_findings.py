"""What is found in a program while it runs: the rules of the report, over what the model keeps.

Nothing is folded while the stream is read: whoever asks has the collections folded that are new
since it asked last, of the newest thousand. One rule has nothing to judge by and is silent:
`scavenger-churn` adds up lines that the model does not keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from gctui.analysis.findings import Finding, findings
from gctui.analysis.run_fold import RunFold
from gctui.model.cycle import Cycle
from gctui.model.feed import Frame
from gctui.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Found:
    """The findings, the worst first, and how much they are about."""

    findings: tuple[Finding, ...] = ()
    collections: int = 0
    is_of_all: bool = True
    """False where older collections are not kept any more."""


class LiveFindings:
    """Follows one program; another one is begun anew."""

    def __init__(self) -> None:
        self._run: _LiveRun | None = None
        self._shown = 0
        self._last: Cycle | None = None

    def of(self, frame: Frame) -> Found:
        """Return what is found in a frame."""
        snapshot, run = frame.snapshot, self._run
        new = list(takewhile(lambda cycle: cycle is not self._last, reversed(snapshot.cycles)))
        goes_on = self._last is None or len(new) < len(snapshot.cycles)
        if run is None or not goes_on or frame.shown != self._shown:
            run = self._run = _LiveRun(frame.status.label)
            new = list(reversed(snapshot.cycles))
        self._shown, self._last = frame.shown, snapshot.last_cycle
        run.go_version = frame.status.go_version
        run.take(snapshot, list(reversed(new)))
        return Found(
            findings(run.figures(frame.asked)),
            run.cycles.count,
            run.cycles.count >= snapshot.count("gc"),
        )


class _LiveRun(RunFold):
    """A run whose model is somebody else's: only collections are folded here."""

    _now = Snapshot()

    def take(self, snapshot: Snapshot, new: list[Cycle]) -> None:
        """Take collections that were not taken yet, and everything else as it is now."""
        self.add([cycle.event for cycle in new])
        self._now = snapshot
        self._counts.clear()
        self._counts.update(snapshot.totals.counts)
        self._unparsed.clear()
        self._unparsed.extend(snapshot.unparsed)

    def _snapshot(self) -> Snapshot:
        return self._now
