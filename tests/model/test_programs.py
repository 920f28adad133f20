"""Each program has a state of its own; restarts are epochs until the old life goes on."""

from pathlib import Path

import pytest

from gctui.analysis.odd_lines import odd_lines
from gctui.events import Process, Runtime
from gctui.model.lives import MOST_PROGRAMS
from gctui.model.metrics import Metric
from gctui.model.programs import Programs
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES
from tests.model.test_assignment import line
from tests.model.test_state import comparable

STREAMS = Path(__file__).parent / "streams"


def programs_of(*pieces: bytes, takes_restarts: bool = True) -> Programs:
    programs = Programs(takes_restarts=takes_restarts)
    for event in scan([b"".join(pieces)]):
        programs.apply(event)
    return programs


def alone(*pieces: bytes) -> Snapshot:
    state = ProgramState()
    for event in scan([b"".join(pieces)]):
        state.apply(event)
    return state.snapshot()


def run(count: int, live: int, first: int = 1, at: float = 0.1) -> list[bytes]:
    return [line(n, at + 0.1 * (n - first), live, 4) for n in range(first, first + count)]


def pauses(snapshot: Snapshot) -> tuple[int, float]:
    return snapshot.totals.pause.count, snapshot.totals.pause.total


@pytest.mark.parametrize("name", ["go1.27.3", "go1.12.17", "go1.4.3", "demo"])
def test_one_program_has_the_state_that_it_always_had(name: str) -> None:
    for path in sorted((SAMPLES / name).glob("*.log")):
        data = path.read_bytes()
        programs = programs_of(data)
        assert len(programs.listed()) == 1
        state, whole = alone(data), programs.snapshot(1)
        assert whole.cycles == state.cycles
        assert whole.epochs == state.epochs
        assert pauses(whole) == pauses(state)
        assert dict(whole.totals.counts) == dict(state.totals.counts)


def test_two_programs_have_the_states_of_their_own_lines() -> None:
    few, many = run(6, 2), run(6, 80, at=0.13)
    mixed = [text for pair in zip(few, many, strict=True) for text in pair]
    programs = programs_of(*mixed)
    first, second = programs.listed()
    for listed, lines in ((first, few), (second, many)):
        snapshot, own = programs.snapshot(listed.key), alone(*lines)
        assert [cycle.number for cycle in snapshot.cycles] == [1, 2, 3, 4, 5, 6]
        assert pauses(snapshot) == pauses(own)
        assert snapshot.view(Metric.HEAP_LIVE_MIB).values == own.view(Metric.HEAP_LIVE_MIB).values
        assert listed.lives == 1
    assert (first.live_mib, second.live_mib) == (2, 80)
    assert first.rate_per_s == pytest.approx(10, rel=0.01)


def test_a_restart_is_another_epoch_of_the_same_program() -> None:
    programs = programs_of(*run(20, 2), *run(5, 2), *run(7, 2))
    (only,) = programs.listed()
    assert (only.lives, only.collections, only.number) == (3, 32, 7)
    assert len(programs.snapshot(only.key).epochs) == 3


def test_where_the_old_life_goes_on_it_was_another_program() -> None:
    before, after = run(20, 2), run(2, 2, first=21, at=2.1)
    programs = programs_of(*before, *run(5, 50), *after)
    first, second = programs.listed()
    assert (first.collections, first.lives, first.number) == (22, 1, 22)
    assert (second.collections, second.number, second.live_mib) == (5, 5, 50)
    snapshot, own = programs.snapshot(first.key), alone(*before, *after)
    assert len(snapshot.epochs) == 1
    assert [cycle.end_s for cycle in snapshot.cycles] == [cycle.end_s for cycle in own.cycles]
    assert pauses(snapshot) == pauses(own)


def test_a_log_many_times_over_is_one_program() -> None:
    data = (SAMPLES / "demo" / "leak.log").read_bytes()
    programs = programs_of(data * 12)
    (only,) = programs.listed()
    assert only.lives == 12
    assert programs.snapshot(only.key).count("unassigned") == 0
    assert programs.snapshot(only.key).count("scav") == 12 * alone(data).count("scav")


def test_a_named_program_that_restarts_keeps_its_name() -> None:
    lives = [*run(20, 2), *run(5, 2)]
    named = [b"web-1  | " + text for text in lives]
    others = [b"db-1   | " + text for text in run(25, 60)]
    mixed = [text for pair in zip(named, others, strict=True) for text in pair]
    first, second = programs_of(*mixed).listed()
    assert (first.label, first.lives, first.collections) == ("web-1", 2, 25)
    assert (second.label, second.lives, second.collections) == ("db-1", 1, 25)


def process(pid: int, lines: list[bytes]) -> list[bytes]:
    return [b"Nov 21 22:42:00 host app[%d]: " % pid + text for text in lines]


def test_a_service_that_is_started_again_is_one_program_in_several_processes() -> None:
    lives = (process(42, run(20, 2)), process(50, run(5, 2)), process(99, run(3000, 2)))
    (only,) = programs_of(*(text for life in lives for text in life)).listed()
    assert (only.label, only.lives, only.collections, only.number) == ("app", 3, 3025, 3000)


@pytest.mark.parametrize("burst", [1, 3, 1200])
def test_workers_of_one_name_that_run_at_once_stay_several_programs(burst: int) -> None:
    first, second = process(42, run(2, 2)), process(50, run(burst, 60))
    mixed = [first[0], *second, first[1]]
    one, other = programs_of(*mixed, *process(77, run(5, 2))).listed()[:2]
    assert (one.label, one.lives, one.collections) == ("app[42]", 1, 2)
    assert (other.label, other.lives, other.collections) == ("app[50]", 1, burst)


def test_what_a_process_says_besides_shows_that_it_runs_too() -> None:
    lines = [*process(42, run(2, 2)), *process(50, run(2, 2)), *process(42, [SCAV])]
    assert [each.label for each in programs_of(*lines).listed()] == ["app[42]", "app[50]"]


def test_a_process_in_the_middle_of_its_life_was_not_started_again() -> None:
    lines = [*process(42, run(3, 2)), *process(50, run(3, 2, first=40))]
    assert [each.label for each in programs_of(*lines).listed()] == ["app[42]", "app[50]"]


SCAV = b"scav 0 KiB work (bg), 0 KiB work (eager), 1944 KiB now, 100% util\n"


@pytest.mark.parametrize("name", [b"", b"web-1  | "])
def test_a_line_printed_again_is_no_restart_and_counts_once(name: bytes) -> None:
    lines = [name + text for text in run(20, 2)]
    programs = programs_of(*lines, *lines[-1:] * 5)
    (only,) = programs.listed()
    snapshot = programs.snapshot(only.key)
    assert (only.lives, only.collections, snapshot.count("repeated")) == (1, 20, 5)
    assert "5 lines repeat those before and are left out" in odd_lines(snapshot)


def test_a_log_with_every_line_twice_is_the_log() -> None:
    lines = [each for text in run(20, 2) for each in (text, SCAV, SCAV)]
    programs = programs_of(*(text for text in lines for _ in range(2)))
    (only,) = programs.listed()
    snapshot, own = programs.snapshot(only.key), alone(*lines)
    assert (only.collections, snapshot.count("repeated")) == (20, 60)
    assert (snapshot.count("scav"), pauses(snapshot)) == (own.count("scav"), pauses(own))


def test_programs_that_print_alike_are_not_one_that_repeats_itself() -> None:
    first, second = run(20, 2), [b"web-1  | " + text for text in run(20, 2)]
    mixed = [text for pair in zip(second, first, strict=True) for text in pair]
    assert [each.collections for each in programs_of(*mixed).listed()] == [20, 20]


def test_a_tool_of_go_starts_programs_not_lives() -> None:
    programs = programs_of(*run(20, 2), *run(30, 2), takes_restarts=False)
    assert [listed.collections for listed in programs.listed()] == [20, 30]
    assert programs.shown_for(None) == 2


def test_go_run_is_told_apart_from_what_it_runs() -> None:
    data = (STREAMS / "go-run.go1.27.3.log").read_bytes()
    listed = programs_of(data).listed()
    assert [listed[0].collections, listed[-1].collections] == [20, 28]
    assert sum(program.collections for program in listed) == data.count(b"\ngc ") + 1


def test_a_lone_damaged_line_is_no_program() -> None:
    damaged = line(4, 0.2, 2, 4)
    programs = programs_of(*run(20, 2), damaged, *run(20, 2, first=21, at=2.1))
    (only,) = programs.listed()
    assert (only.collections, only.lives) == (40, 1)


def test_programs_are_bounded() -> None:
    texts = [f"job-{number}  | ".encode() + text for number in range(200) for text in run(2, 2)]
    programs = programs_of(*texts)
    listed = programs.listed()
    assert len(listed) == MOST_PROGRAMS
    assert programs.dropped == 200 - MOST_PROGRAMS
    assert listed[-1].label == "job-199"


def test_what_the_process_tells_is_of_the_program_that_the_counters_name() -> None:
    programs = Programs()
    few, many = run(6, 2), run(12, 80)
    events = [*scan([b"".join(text for text in [*few, *many])])]
    for at_s, event in enumerate(events):
        programs.apply(event, float(at_s))
        count = max(0, at_s - len(few) + 1)
        programs.apply(Process(rss_bytes=300 << 20), float(at_s))
        programs.apply(Runtime(gc_count=count), float(at_s))
    # The first program's old life goes on: there are two.
    for event in scan([b"".join(run(2, 2, first=7, at=0.7))]):
        programs.apply(event, 30.0)
    for count, event in enumerate(scan([b"".join(run(3, 80, first=13, at=1.3))]), 13):
        programs.apply(event, 30.0 + count)
        programs.apply(Process(rss_bytes=300 << 20), 30.0 + count)
        programs.apply(Runtime(gc_count=count), 30.0 + count)
    first, second = programs.listed()
    assert not first.is_sampled
    assert second.is_sampled
    assert programs.snapshot(first.key).process is None
    assert programs.snapshot(second.key).process is not None
    assert programs.shown_for(None) == second.key


def test_what_is_asked_for_is_shown_as_long_as_it_is_there() -> None:
    programs = programs_of(*[b"web-1  | " + text for text in run(3, 2)], b"db-1  | " + run(1, 2)[0])
    assert [programs.shown_for(key) for key in (None, 1, 2, 77)] == [1, 1, 2, 1]


def test_repaired_lines_and_those_of_a_newer_go_are_counted_for_the_whole_stream() -> None:
    newer = run(1, 2)[0].rstrip() + b", 5 MB arenas\n"
    torn = run(1, 2, first=2, at=0.2)[0].replace(b"+2.0+", b"+2.0hello\n+", 1)
    programs = programs_of(newer, torn, b"gc 3 @0.3s 1%: oh no\n")
    snapshot = programs.snapshot(1)
    assert [event.around.extra for event in snapshot.extended] == [", 5 MB arenas"]
    assert (snapshot.count("extended"), snapshot.count("repaired")) == (1, 1)
    assert len(snapshot.repaired) == 1
    assert snapshot.count("unparsed") == len(snapshot.unparsed) == 1


def test_a_fork_goes_on_by_itself() -> None:
    first, rest = b"".join(run(300, 5)), b"".join(run(300, 9, first=301, at=40))
    state = ProgramState()
    for event in scan([first]):
        state.apply(event)
    fork, untouched = state.fork(), comparable(state.snapshot())
    for event in scan([rest]):
        fork.apply(event)
    assert comparable(state.snapshot()) == untouched
    for event in scan([rest]):
        state.apply(event)
    assert comparable(state.snapshot()) == comparable(fork.snapshot())
