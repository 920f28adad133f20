"""What follows from the figures, in words and numbers: growth, limits, GOGC, what if, what next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gctui.analysis.capacity import capacity_note
from gctui.analysis.limit_notes import limit_notes
from gctui.analysis.note import Note, Topic
from gctui.analysis.pacing_notes import gogc_note, growth_note, scavenger_note
from gctui.analysis.remedies import remedy
from gctui.analysis.sentence import headline
from gctui.analysis.virt import virt_note
from gctui.analysis.what_if import WhatIf, what_if
from gctui.model.feed import Frame
from gctui.model.ledger import ledger

__all__ = ["Advice", "Note", "Topic", "advice"]


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything that there is to say, in order; nothing that is not known."""

    notes: tuple[Note, ...]
    what_if: WhatIf | None


def advice(frame: Frame) -> Advice:
    """Return what follows from a frame."""
    order = list(Topic)
    notes = sorted(_notes(frame), key=lambda note: (not note.is_alarming, order.index(note.topic)))
    return Advice(tuple(notes), what_if(frame.snapshot, frame.asked))


def _notes(frame: Frame) -> Iterator[Note]:
    snapshot = frame.snapshot
    if frame.status.end_explained:
        yield Note(Topic.END, frame.status.end_explained, "", is_alarming=True)
    yield from _to_do(frame)
    yield from limit_notes(snapshot)
    yield from gogc_note(snapshot)
    yield from scavenger_note(snapshot, frame.now_s)
    yield from capacity_note(snapshot)
    yield from growth_note(snapshot)
    yield from virt_note(snapshot)


def _to_do(frame: Frame) -> Iterator[Note]:
    """Say what can be done about the part that the headline is about."""
    split = ledger(frame.snapshot, frame.now_s)
    found = headline(frame.snapshot, split)
    part = None if found.part is None else split.part(found.part)
    if part is not None:
        basis = f"On {part.name}: {part.evidence}"
        yield Note(Topic.TO_DO, remedy(part.name, frame.snapshot), basis)
