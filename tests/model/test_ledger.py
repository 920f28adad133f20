"""The parts sum to the RSS, never exceed it, and say where they come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.events import Process
from gctui.model.ledger import MIB, ledger
from gctui.model.parts import Certainty, PartName
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan
from tests.corpus_files import sample_logs
from tests.model.test_state import line

SCAV = b"scav 0 KiB work (bg), 0 KiB work (eager), 4096 KiB now, %d%% util\n"
SCVG = b"scvg0: inuse: %d, idle: %d, sys: 99, released: %d, consumed: 57 (MB)\n"


def state_of(data: bytes) -> ProgramState:
    state = ProgramState()
    for event in scan([data]):
        state.apply(event)
    return state


def test_parts_of_every_sample_sum_to_rss() -> None:
    for path in sample_logs():
        state = state_of(path.read_bytes())
        for rss_mib in (None, 0, 3, 100, 5000):
            if rss_mib is not None:
                state.apply(Process(rss_bytes=rss_mib * MIB))
            snapshot = state.snapshot()
            split = ledger(snapshot, snapshot.now_s)
            for part in split.parts:
                assert part.mib >= 0
                assert part.evidence
                assert part.low_mib <= part.mib + 1
            if rss_mib is not None and split.parts:
                assert split.total_mib == pytest.approx(rss_mib), path


def test_right_after_a_collection_the_heap_is_live_and_what_is_used_again() -> None:
    split = ledger(state_of(line(1, 1.0, end=45, live=20)).snapshot(), 1.023)
    live, since = split.part(PartName.LIVE), split.part(PartName.SINCE_GC)
    assert live is not None
    assert since is not None
    assert (live.mib, since.mib) == (20, 25)
    assert (live.certainty, since.certainty) == (Certainty.EXACT, Certainty.BOUNDED)
    roots = split.part(PartName.ROOTS)
    assert roots is not None
    assert roots.mib == 3


def test_scvg_tells_idle_exactly() -> None:
    split = ledger(state_of(line(1, 1.0, live=20) + SCVG % (28, 29, 9)).snapshot(), 1.0)
    idle, since = split.part(PartName.IDLE), split.part(PartName.SINCE_GC)
    assert idle is not None
    assert since is not None
    assert (idle.mib, idle.certainty, since.mib) == (20, Certainty.EXACT, 8)
    assert split.released_mib == 9


def test_scavtrace_tells_idle_by_utilisation() -> None:
    """Utilisation is heap in use of heap retained: 20 MiB at 50 % leaves 20 MiB idle and kept."""
    split = ledger(state_of(line(1, 1.0, live=20) + SCAV % 50).snapshot(), 1.0)
    idle = split.part(PartName.IDLE)
    assert idle is not None
    assert idle.mib == pytest.approx(20)
    assert split.released_mib == 4


@given(rss_mib=st.floats(0, 300), limit_mib=st.integers(1, 1000))
def test_what_is_not_resident_is_not_shown(rss_mib: float, limit_mib: int) -> None:
    state = state_of(line(1, 1.0) + SCAV % 40)
    state.apply(Process(rss_bytes=int(rss_mib * MIB), cgroup_limit_bytes=limit_mib * MIB))
    snapshot = state.snapshot()
    split = ledger(snapshot, snapshot.now_s)
    assert split.limit_mib == limit_mib
    assert split.total_mib == pytest.approx(rss_mib, abs=0.001)


def test_an_older_rss_is_not_held_against_a_heap_that_has_outgrown_it() -> None:
    state = state_of(line(1, 1.0, end=6, live=5))
    state.apply(Process(rss_bytes=9 * MIB))
    for event in scan([line(2, 1.1, start=80, end=80, live=75)]):
        state.apply(event)
    split = ledger(state.snapshot(), 1.2)
    assert split.rss_mib is None
    assert split.part(PartName.UNTOUCHED) is None
    # The same RSS after that collection says that most was never written to.
    state.apply(Process(rss_bytes=9 * MIB))
    split = ledger(state.snapshot(), 1.3)
    untouched = split.part(PartName.UNTOUCHED)
    assert untouched is not None
    assert untouched.mapped_mib == pytest.approx(66, abs=1)
    assert split.rss_mib == split.total_mib == 9
