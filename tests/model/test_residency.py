"""Resident never exceeds mapped, and the resident parts sum to the RSS: whatever is measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.events import Mappings, Process, Runtime
from gctui.model.ledger import ledger
from gctui.model.parts import Ledger, PartName
from gctui.model.state import ProgramState

from .test_counters import MIB, SAMPLE

GO = {
    PartName.LIVE,
    PartName.SINCE_GC,
    PartName.SPANS,
    PartName.IDLE,
    PartName.STACKS,
    PartName.METADATA,
}
NOWHERE = Mappings(
    rss_bytes=0,
    pss_bytes=0,
    uss_bytes=0,
    swap_bytes=0,
    lazyfree_bytes=0,
    hugepages_bytes=0,
    heap_rss_bytes=0,
    heap_lazyfree_bytes=0,
    heap_hugepages_bytes=0,
    metadata_rss_bytes=None,
    binary_rss_bytes=0,
    files_rss_bytes=0,
    thread_stacks_rss_bytes=0,
    c_heap_rss_bytes=0,
    other_rss_bytes=0,
)


def looked(**rss_mib: float) -> Mappings:
    """Return a look with parts in MiB, and their sum."""
    sizes = {f"{name}_rss_bytes": int(mib * MIB) for name, mib in rss_mib.items()}
    return replace(NOWHERE, rss_bytes=sum(sizes.values()), **sizes)


def split(sample: Runtime, look: Mappings, rss_bytes: int) -> Ledger:
    state = ProgramState()
    for event in (Process(rss_bytes=rss_bytes), sample, look):
        state.apply(event, 1.0)
    return ledger(state.snapshot(), 1.0)


def resident(found: Ledger) -> dict[PartName, float]:
    return {part.name: part.mib for part in found.parts if part.mib}


def mapped(found: Ledger, name: PartName) -> float:
    part = found.part(name)
    assert part is not None
    return part.mapped_mib or 0.0


def test_all_that_go_maps_is_resident() -> None:
    # 170 in use, 30 idle and kept, 4 of stacks.
    look = looked(heap=204, binary=5, files=3, thread_stacks=1, other=8)
    found = split(SAMPLE, look, 221 * MIB)
    assert resident(found) == {
        PartName.LIVE: 100,
        PartName.SINCE_GC: 60,
        PartName.SPANS: 10,
        PartName.IDLE: 30,
        PartName.STACKS: 4,
        PartName.METADATA: 6,
        PartName.BINARY: 5,
        PartName.OUTSIDE: 6,
    }
    assert mapped(found, PartName.UNTOUCHED) == 0
    assert mapped(found, PartName.RELEASED) == 20


def test_what_is_in_use_and_not_resident_was_never_touched() -> None:
    found = split(SAMPLE, looked(heap=54, binary=5, other=6), 65 * MIB)
    assert mapped(found, PartName.UNTOUCHED) == pytest.approx(150)
    rest = resident(found)
    assert rest[PartName.IDLE] == 30
    assert rest[PartName.STACKS] == 4
    # What was allocated last is the likeliest not to have been written to.
    assert rest.get(PartName.SINCE_GC, 0) == rest.get(PartName.SPANS, 0) == 0
    assert rest[PartName.LIVE] == pytest.approx(20)
    live = found.part(PartName.LIVE)
    assert live is not None
    assert (live.low_mib, live.high_mib, live.mapped_mib) == (0, 100, 100)


def test_lazily_freed_pages_are_a_part_of_their_own() -> None:
    look = replace(
        looked(heap=264, binary=5, other=6),
        heap_lazyfree_bytes=60 * MIB,
        lazyfree_bytes=60 * MIB,
    )
    found = split(SAMPLE, look, 275 * MIB)
    assert resident(found)[PartName.RETURNED] == 60
    assert mapped(found, PartName.UNTOUCHED) == 0


def test_memory_outside_go_is_told_from_its_own() -> None:
    found = split(SAMPLE, looked(heap=204, binary=5, files=3, c_heap=400, other=6), 618 * MIB)
    assert resident(found)[PartName.OUTSIDE] == 403
    assert resident(found)[PartName.METADATA] == 6


def test_a_wrappers_memory_is_not_the_programs() -> None:
    found = split(SAMPLE, looked(heap=204, binary=5, other=6), 315 * MIB)
    assert resident(found)[PartName.OTHERS] == 100


sizes_mib = st.floats(0, 4096)


@given(
    heap=sizes_mib,
    beside=st.lists(sizes_mib, min_size=5, max_size=5),
    named_mib=st.none() | sizes_mib,
    lazy=st.floats(0, 1),
    tree=st.floats(0.2, 3),
    live=sizes_mib,
    since=sizes_mib,
    spans=sizes_mib,
    idle=sizes_mib,
    released=st.floats(0, 1),
)
def test_the_books_balance(  # noqa: PLR0917 - drawn by name
    heap: float,
    beside: list[float],
    named_mib: float | None,
    lazy: float,
    tree: float,
    live: float,
    since: float,
    spans: float,
    idle: float,
    released: float,
) -> None:
    names = ("binary", "files", "thread_stacks", "c_heap", "other")
    look = looked(heap=heap, **dict(zip(names, beside, strict=True)))
    look = replace(look, heap_lazyfree_bytes=int(heap * lazy * MIB))
    if named_mib is not None:
        size_bytes = int(named_mib * MIB)
        look = replace(look, metadata_rss_bytes=size_bytes, rss_bytes=look.rss_bytes + size_bytes)
    sample = replace(
        SAMPLE,
        heap_live_bytes=int(live * MIB),
        heap_allocated_bytes=int((live + since) * MIB),
        heap_inuse_bytes=int((live + since + spans) * MIB) + 8192,
        heap_idle_bytes=int(idle * MIB),
        heap_released_bytes=int(idle * released * MIB),
    )
    rss_bytes = int(look.rss_bytes * tree)
    found = split(sample, look, rss_bytes)
    assert found.total_mib == pytest.approx(rss_bytes / MIB, abs=1e-6)
    for part in found.parts:
        assert part.mib >= 0
        assert 0 <= part.low_mib <= part.mib + 1e-6
        if part.name in GO and named_mib is None:
            assert part.mapped_mib is not None
            assert part.mib <= part.mapped_mib + 1e-6
