"""What follows from the figures, in words and numbers: growth, limits, GOGC, what if, what next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gctui.analysis.capacity import capacity_note
from gctui.analysis.limit_notes import limit_notes
from gctui.analysis.note import Note, Topic
from gctui.analysis.pacing_notes import gogc_note, growth_note, scavenger_note
from gctui.analysis.virt import virt_note
from gctui.analysis.what_if import WhatIf, what_if
from gctui.model.feed import Frame

__all__ = ["Advice", "Note", "Topic", "advice"]


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything that there is to say, in order; nothing that is not known."""

    notes: tuple[Note, ...]
    what_if: WhatIf | None


def advice(frame: Frame) -> Advice:
    """Return what follows from a frame."""
    return Advice(tuple(_notes(frame)), what_if(frame.snapshot, frame.asked))


def _notes(frame: Frame) -> Iterator[Note]:
    snapshot = frame.snapshot
    if frame.status.end_explained:
        yield Note(Topic.END, frame.status.end_explained, "", is_alarming=True)
    yield from growth_note(snapshot)
    yield from limit_notes(snapshot)
    yield from gogc_note(snapshot)
    yield from scavenger_note(snapshot, frame.now_s)
    yield from capacity_note(snapshot)
    yield from virt_note(snapshot)
