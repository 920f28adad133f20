"""What the counters let the sentence say, and goroutines by where they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.analysis.goroutines import NOT_STARTED, sites, states
from gctui.analysis.sentence import sentence
from gctui.events import GoroutineGroup, Mappings, Process, Runtime
from gctui.model.counters import Census
from gctui.model.goroutine_profile import UNTOLD_START, UNTOLD_STATE
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
        (
            SAMPLE,
            ALL_OF_IT,
            215,
            "The heap is 100 MiB live and may grow to 200 MiB before the next GC: that is normal.",
        ),
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
        (
            SAMPLE,
            replace(looked(heap=204, other=506), largest_other_bytes=480 * MIB),
            710,
            "outside Go, most of it one anonymous mapping of 480 MiB: cgo's malloc, or mmap.",
        ),
        (
            SAMPLE,
            replace(looked(heap=204, other=506), c_library_rss_bytes=0),
            710,
            "outside Go, most of it anonymous memory: by mmap, as no C library is there.",
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


def test_growth_is_that_of_the_go_statement() -> None:
    before = Census(1.0, (group(5), group(9, "main.gone")))
    gone, grown = sites(Census(2.0, (group(8),)), before)[::-1]
    assert (grown.function, grown.count, grown.growth) == ("main.leak", 8, 0)
    # Three of the nine went there.
    assert (gone.function, gone.count, gone.growth, gone.states) == ("main.gone", 0, -6, ())
    (grown,) = sites(Census(3.0, (group(20),)), before)
    assert (grown.growth, grown.watched_s) == (6, 2.0)


def test_who_goes_to_another_function_has_not_ended() -> None:
    main = GoroutineGroup("main", "", "waiting", "sleep", 1, 2048, None, "main.setup", "/a.go:1")
    later = replace(main, function="main.loop", line="/a.go:9")
    (site,) = sites(Census(2.0, (later,)), Census(1.0, (main,)))
    assert (site.function, site.count, site.growth) == ("main.loop", 1, 0)


def test_a_single_goroutine_more_or_less_is_no_growth() -> None:
    before = Census(1.0, (group(5), replace(group(1, "main.once"), place="/src/app/main.go:9")))
    (site,) = sites(Census(2.0, (group(6),)), before)
    assert (site.function, site.growth) == ("main.leak", 0)


def test_a_profiles_census_is_not_compared_with_one_read_inside() -> None:
    told = GoroutineGroup("main.leak (entry)", "", UNTOLD_STATE, "", 90, 0, None, "main.leak", "")
    for now, since in ((group(100), told), (told, group(100))):
        (site,) = sites(Census(2.0, (now,)), Census(1.0, (since,)))
        assert (site.growth, site.watched_s) == (None, None)


def test_growth_counts_from_the_first_census_of_the_same_source() -> None:
    state = ProgramState()
    started = replace(group(7), created_by=UNTOLD_START, place="", status=UNTOLD_STATE, function="")
    for second, each in ((1.0, started), (2.0, group(100)), (31.0, group(900))):
        state.apply(replace(SAMPLE, goroutine_groups=(each,)), second)
    counters = state.snapshot().counters
    assert counters is not None
    assert counters.census is not None
    (site,) = sites(counters.census, counters.first_census)
    assert (site.growth, site.watched_s) == (800, 29.0)


def test_what_writes_the_profile_is_left_out_and_what_has_not_run_says_so() -> None:
    told = GoroutineGroup(UNTOLD_START, "", UNTOLD_STATE, "", 30, 0, None)
    writer = replace(
        told, created_by="net/http.(*conn).serve (entry)", function="runtime/pprof.writeHeap"
    )
    census = Census(2.0, (told, replace(writer, count=1)))
    (site,) = sites(census, Census(1.0, (told, told)))
    assert (site.created_by, site.count, site.growth) == (NOT_STARTED, 30, 0)
    assert states(census) == []


LIBRARY = "/usr/lib/go/src/net/http/server.go:3836"


@pytest.mark.parametrize(
    ("function", "line", "shown"),
    [
        ("main.main.gowrap1", LIBRARY, ("main.main", "/src/app/main.go:3")),
        ("main.main.gowrap12", "/src/app/conn.go:7", ("main.main", "/src/app/conn.go:7")),
        ("main.main.func1", LIBRARY, ("main.main.func1", "/src/app/main.go:3")),
        ("app.example/x.(*T).f", LIBRARY, ("app.example/x.(*T).f", "/src/app/main.go:3")),
        ("net/http.(*onceCloseListener).Accept", "<autogenerated>:1", None),
        ("net/http.(*conn).serve", LIBRARY, ("net/http.(*conn).serve", LIBRARY)),
        ("time.Sleep", LIBRARY, ("time.Sleep", LIBRARY)),
        ("main.F[github.com/a/b.T]", "/go/src/app/f.go:1", None),
    ],
)
def test_a_wrapper_is_shown_as_it_stands_in_the_source(
    function: str, line: str, shown: tuple[str, str] | None
) -> None:
    place = "/src/app/main.go:3"
    if line.startswith("/go/src/"):
        place, shown = "/go/src/app/main.go:3", (function, line)
    found = replace(group(5, function), line=line, place=place)
    (site,) = sites(Census(1.0, (found,)))
    assert (site.function, site.line) == (shown or ("main.main", place))


@given(
    st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("fgh")), st.integers(1, 99)),
    st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("fgh")), st.integers(1, 99)),
)
@settings(deadline=None)
def test_growth_adds_up_to_that_of_the_go_statement(
    before: dict[tuple[str, str], int], now: dict[tuple[str, str], int]
) -> None:
    def census(time_s: float, counts: dict[tuple[str, str], int]) -> Census:
        groups = [
            replace(group(count, function), created_by=creator)
            for (creator, function), count in counts.items()
        ]
        return Census(time_s, tuple(groups))

    found = sites(census(2.0, now), census(1.0, before))
    for creator in "ab":
        changed = sum(n for (by, _), n in now.items() if by == creator)
        changed -= sum(n for (by, _), n in before.items() if by == creator)
        grown = [site.growth or 0 for site in found if site.created_by == creator]
        assert sum(grown) == (changed if abs(changed) > 1 else 0)
        assert not (min(grown, default=0) < 0 < max(grown, default=0))
    assert sum(site.count for site in found) == sum(now.values())
    assert all(site.count or site.growth for site in found)
