"""A program is watched while it works, grows or shrinks: what is asked for one by one must fit."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from gctui.analysis.sentence import sentence
from gctui.cli.counters import counters_of, mappings_of
from gctui.model.feed import Frame
from gctui.model.ledger import ledger
from gctui.model.parts import PartName
from gctui.model.state import ProgramState
from gctui.session.live import LiveSession
from gctui.sources.process import ProcessSampler
from tests.go_toolchain import NEWEST

from .observing import Seen, attached, frame_when, running, seen_in
from .planted import GROWING, LEAK, NO_ROOM, SHRINKING, TOOLCHAINS, Case, Cause
from .reading import SHARE, amount_mib, biggest, told_by

LEAKS_FOR_S = 13.0
LIMITED_FOR_S = 3.0
USUAL_PACE_FROM_S = 1.5
"""At first a session asks more often than later."""
MOMENTS_S = 1.3
CHANGED_MIB = 200
BESIDE_MIB = 1
"""What a program that plants memory keeps besides, at most."""


def test_a_leak_is_called_one_after_a_while() -> None:
    seen = watched(Case(LEAK, NEWEST), LEAKS_FOR_S)
    said = sentence(seen.snapshot, seen.split)
    assert re.search("a leak", said), said
    live, since = seen.split.part(PartName.LIVE), seen.split.part(PartName.SINCE_GC)
    assert live is not None
    assert since is not None
    # What was kept since the last mark is not known to be live.
    planted_mib = seen.truth.planted_mib
    assert live.mib < planted_mib + BESIDE_MIB
    assert planted_mib < (live.mib + since.mib) * (1 + SHARE)
    assert live.mib == pytest.approx(seen.truth.planted_mib, rel=4 * SHARE)


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_a_limit_that_leaves_no_room_is_named(toolchain: str) -> None:
    seen = watched(Case(NO_ROOM, toolchain), LIMITED_FOR_S)
    said = sentence(seen.snapshot, seen.split)
    assert re.search(NO_ROOM.words, said), said
    assert biggest(seen.split).name is NO_ROOM.part, told_by(seen.split)


def watched(case: Case, for_s: float) -> Seen:
    """Look at a program while it works."""
    with running(case) as program, attached(program.pid) as session:
        frame = frame_when(session, lambda frame: frame.now_s > for_s)
        return seen_in(frame, program, program.ask())


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_what_went_between_two_samples_is_no_other_process(toolchain: str) -> None:
    """The kernel counts the RSS a moment before it lists the mappings."""
    with running(Case(SHRINKING, toolchain)) as program:
        process = ProcessSampler(program.pid).sample()
        program.ask()
        counters = counters_of(lambda: program.pid)
        events = (process, counters.sample(), mappings_of(lambda: program.pid, counters)())
        counters.close()
    state = ProgramState()
    for event in events:
        assert event is not None
        state.apply(event, 1.0)
    split = ledger(state.snapshot(), 1.0)
    others = split.part(PartName.OTHERS)
    assert others is None or others.low_mib == 0, others


@pytest.mark.parametrize("cause", [GROWING, SHRINKING], ids=str)
def test_what_changes_is_at_no_moment_taken_for_what_it_is_not(cause: Cause) -> None:
    """RSS, counters and mappings are asked for one after the other, some of them seldom."""
    beside = (PartName.UNTOUCHED, PartName.RETURNED, PartName.OUTSIDE, PartName.OTHERS)
    wrong: dict[str, float] = {}
    with running(Case(cause, NEWEST)) as program, attached(program.pid) as session:
        begun = frame_when(session, lambda frame: frame.now_s > USUAL_PACE_FROM_S)
        samples = begun.snapshot.count("process")
        begun = frame_when(session, lambda frame: frame.snapshot.count("process") > samples)
        program.ask()
        end_s = begun.now_s + MOMENTS_S
        for frame in frames_until(session, end_s):
            split = ledger(frame.snapshot, frame.now_s)
            for part in split.parts:
                if part.name in beside and amount_mib(part) > 0.1 * CHANGED_MIB:
                    wrong[part.name] = max(wrong.get(part.name, 0.0), amount_mib(part))
    assert not wrong


def frames_until(session: LiveSession, end_s: float) -> Iterator[Frame]:
    while (frame := session.frame()).now_s < end_s:
        yield frame
        time.sleep(0.02)
