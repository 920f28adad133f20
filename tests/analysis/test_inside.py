"""What the counters let the sentence say, and goroutines by where they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.goroutines import sites, states
from gctui.analysis.sentence import sentence
from gctui.events import GoroutineGroup, Mappings, Process, Runtime
from gctui.model.counters import Census
from gctui.model.ledger import ledger
from gctui.model.state import ProgramState
from tests.model.test_counters import MIB, SAMPLE
from tests.model.test_residency import looked

ALL_OF_IT = looked(heap=204, binary=5, other=6)


def said(sample: Runtime, look: Mappings, rss_mib: float) -> str:
    state = ProgramState()
    for event in (Process(rss_bytes=int(rss_mib * MIB)), sample, look):
        state.apply(event, 1.0)
    snapshot = state.snapshot()
    return sentence(snapshot, ledger(snapshot, 1.0))


@pytest.mark.parametrize(
    ("sample", "look", "rss_mib", "words"),
    [
        (SAMPLE, ALL_OF_IT, 215, "60 MiB is new or garbage since the last GC: normal."),
        (
            SAMPLE,
            looked(heap=44, binary=5, other=6),
            55,
            "160 MiB of the heap was allocated and never written to",
        ),
        (
            SAMPLE,
            looked(heap=204, c_heap=500, other=6),
            710,
            "500 MiB is outside Go, most of it C's heap.",
        ),
        (SAMPLE, ALL_OF_IT, 515, "300 MiB is of other processes"),
        (
            replace(SAMPLE, stack_inuse_bytes=400 * MIB, goroutines=50_000),
            looked(heap=600, binary=5, other=6),
            611,
            "400 MiB is stacks of 50,000 goroutines, those of ended ones included.",
        ),
        (
            replace(SAMPLE, heap_idle_bytes=500 * MIB),
            looked(heap=654, binary=5, other=6),
            665,
            "480 MiB is free inside Go and not returned to the OS yet",
        ),
    ],
)
def test_the_sentence_names_what_takes_the_memory(
    sample: Runtime, look: Mappings, rss_mib: float, words: str
) -> None:
    assert words in said(sample, look, rss_mib)


def group(count: int, function: str = "main.leak", reason: str = "select") -> GoroutineGroup:
    line = "/src/app/leak.go:7" if function else ""
    return GoroutineGroup(
        "main.main", "/src/app/main.go:3", "waiting", reason, count, 2048, 5.0, function, line
    )


def test_goroutines_that_keep_growing_are_said_first() -> None:
    state = ProgramState()
    for second, count in ((1.0, 100), (31.0, 900)):
        state.apply(replace(SAMPLE, goroutine_groups=(group(count),)), second)
    snapshot = state.snapshot()
    words = "800 more goroutines in 30 s, waiting at leak.go:7: do they ever end?"
    assert sentence(snapshot, ledger(snapshot, 31.0)) == words


def test_sites_are_of_one_go_statement_and_one_function() -> None:
    moving = replace(group(3, function=""), status="running", wait_reason="")
    census = Census(9.0, (group(5), moving, group(40, "main.fine"), group(2, reason="sleep")))
    found = {site.function: site for site in sites(census)}
    assert {name: site.count for name, site in found.items()} == {"main.fine": 43, "main.leak": 7}
    assert found["main.fine"].states == (("select", 40), ("running", 3))
    assert found["main.leak"].line == "/src/app/leak.go:7"
    assert states(census) == [("select", 45), ("running", 3), ("sleep", 2)]


def test_growth_is_counted_per_site() -> None:
    before = Census(1.0, (group(5), group(9, "main.gone")))
    grown, gone = sites(Census(2.0, (group(8),)), before)
    assert (grown.function, grown.growth) == ("main.leak", 3)
    assert (gone.function, gone.count, gone.growth, gone.states) == ("main.gone", 0, -9, ())
