"""Each program of a log has the figures that its own lines alone give it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gctui.session.told_apart import MOST_PROGRAMS
from gctui.session.whole_run import WholeRun
from gctui.sources.files import LogFile
from tests.analysis.made_runs import Line, log_of, steady
from tests.corpus_files import SAMPLES

STREAMS = Path(__file__).parents[1] / "model" / "streams"
LOGS = [
    SAMPLES / "demo" / "leak.log",
    SAMPLES / "steady" / "all-gogc-100.log",
    SAMPLES / "go1.12.17" / "sawtooth-long.gctrace.log",
    SAMPLES / "go1.27.3" / "explicit.gctrace+scavtrace.log",
]


class Portioned(LogFile):
    """Comes in portions of a size, as through a pipe."""

    def __init__(self, path: Path, portion_bytes: int) -> None:
        super().__init__(str(path))
        self._portion_bytes = portion_bytes

    def chunks(self, size_bytes: int = 0, pause_s: float | None = None) -> Iterator[bytes]:
        return super().chunks(size_bytes or self._portion_bytes, pause_s)


def run_of(path: Path, *lines: bytes) -> WholeRun:
    path.write_bytes(b"".join(lines))
    run = WholeRun("app.log")
    run.read(LogFile(str(path)))
    return run


def figures_of(run: WholeRun) -> dict[str, dict[str, float]]:
    return {each.name: run.figures((), each).values() for each in run.programs}


def named(name: str, lines: Iterable[bytes]) -> list[bytes]:
    return [f"{name}  | ".encode() + line for line in lines]


def mixed(one: Sequence[bytes], other: Sequence[bytes], turns: Iterable[bool]) -> list[bytes]:
    """Put lines among others, each in its order: whose turn it is is drawn, again and again."""
    left, right, order = list(one), list(other), list(turns) or [True, False]
    found: list[bytes] = []
    while left or right:
        for is_left in order:
            side = left if is_left else right
            if side:
                found.append(side.pop(0))
        if len(set(order)) == 1:
            order.append(not order[0])
    return found


def told(path: Path) -> list[bytes]:
    return [*path.read_bytes().splitlines(keepends=True)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pair=st.lists(st.sampled_from(LOGS), min_size=2, max_size=2, unique=True),
    turns=st.lists(st.booleans(), max_size=60),
)
def test_named_programs_mixed_in_any_way_have_the_figures_of_their_own_logs(
    tmp_path: Path, pair: list[Path], turns: list[bool]
) -> None:
    one, other = (named(name, told(path)) for name, path in zip("ab", pair, strict=True))
    found = figures_of(run_of(tmp_path / "mixed.log", *mixed(one, other, turns)))
    for name, lines in (("a", one), ("b", other)):
        alone = run_of(tmp_path / "alone.log", *lines)
        assert len(alone.programs) == 1
        figures = alone.figures().values()
        # Text has no name: nobody knows whose it is.
        for each in (figures, found[name]):
            each.pop("lines.text", None)
        assert found[name] == figures


@pytest.mark.parametrize("every", [1, 2, 5])
def test_programs_without_names_have_the_figures_of_their_own_logs(
    tmp_path: Path, every: int
) -> None:
    small = log_of(steady(300)).splitlines(keepends=True)
    large = Line(heap_mb=(3000, 3010, 2000), goal_mb=4000, procs=16)
    big = log_of(steady(300, large, every_s=1.1)).splitlines(keepends=True)
    run = run_of(tmp_path / "mixed.log", *mixed(small, big, [True] * every + [False] * every))
    found = figures_of(run)
    assert list(found) == ["program 1", "program 2"]
    for name, lines in (("program 1", small), ("program 2", big)):
        assert found[name] == run_of(tmp_path / "alone.log", *lines).figures().values()
    assert run.figures().label == "app.log: program 1"


def test_a_restart_is_another_life_of_one_program(tmp_path: Path) -> None:
    lines = [log_of(steady(count)) for count in (30, 5, 2000, 12)]
    run = run_of(tmp_path / "app.log", *lines)
    figures = run.figures()
    assert (len(run.programs), figures.collections, figures.runs) == (1, 2047, 4)
    assert (figures.label, figures.program) == ("app.log", "")


def test_processes_one_after_the_other_are_one_program_and_at_once_they_are_several(
    tmp_path: Path,
) -> None:
    def process(pid: int, count: int) -> list[bytes]:
        made = log_of(steady(count)).splitlines(keepends=True)
        return [
            b'{"MESSAGE":"%b","SYSLOG_IDENTIFIER":"api","_PID":"%d"}\n' % (text[:-1], pid)
            for text in made
        ]

    one, other, third = process(42, 30), process(50, 5), process(61, 2000)
    run = run_of(tmp_path / "app.json", *one, *other, *third)
    figures = run.figures()
    assert (figures.program, figures.collections, figures.runs) == ("api", 2035, 3)
    # So long that the process from before seems to be over.
    run = run_of(tmp_path / "app.json", *one[:1], *third, *one[1:], *other)
    found = {program.name: program.collections for program in run.programs}
    assert found == {"api": 2001, "api[42]": 29, "api[50]": 5}


def test_lines_printed_again_count_once_and_are_told_of(tmp_path: Path) -> None:
    lines = log_of(steady(100)).splitlines(keepends=True)
    alone = run_of(tmp_path / "alone.log", *lines).figures().values()
    doubled = run_of(tmp_path / "twice.log", *(text for text in lines for _ in range(2)))
    ended = run_of(tmp_path / "ended.log", *lines, *lines[-1:] * 5)
    for run, repeated in ((doubled, 100), (ended, 5)):
        assert len(run.programs) == 1
        assert run.figures().values() == {**alone, "lines.repeated": repeated}


def test_files_of_a_run_are_one_program_in_other_builds_too(tmp_path: Path) -> None:
    run = WholeRun("app.log")
    for name in ("go1.12.17/sawtooth-long.gctrace.log", "go1.27.3/explicit.gctrace+scavtrace.log"):
        run.read(LogFile(str(SAMPLES / name)))
    assert len(run.programs) == 1
    assert run.figures().runs == 2


@pytest.mark.parametrize("path", sorted(STREAMS.glob("*.log")), ids=lambda path: path.stem)
def test_collections_add_up(path: Path) -> None:
    run = WholeRun("app.log")
    run.read(LogFile(str(path)))
    counts = [run.figures((), each).collections for each in run.programs]
    assert counts == [each.collections for each in run.programs] == sorted(counts, reverse=True)
    assert len(counts) > 1
    starts = {b"gc " + digit for digit in (b"%d" % n for n in range(1, 10))}
    written = path.read_bytes()
    assert sum(counts) >= 0.95 * max(1, sum(written.count(b"\n" + each) for each in starts))


def test_of_very_many_names_the_lines_are_counted_only(tmp_path: Path) -> None:
    pods = [named(f"pod-{i}", log_of(steady(2)).splitlines(keepends=True)) for i in range(200)]
    lines = [line for turn in range(2) for pod in pods for line in pod[turn : turn + 1]]
    run = run_of(tmp_path / "app.log", *lines)
    assert len(run.programs) == MOST_PROGRAMS
    assert [each.collections for each in run.programs] == [2] * MOST_PROGRAMS
    assert len(run.told.left_out) == 200 - MOST_PROGRAMS
    assert set(run.told.left_out.values()) == {2}


def test_a_collection_that_others_overtook_is_put_to_its_place(tmp_path: Path) -> None:
    lines = log_of(steady(50)).splitlines(keepends=True)
    swapped = [*lines[:20], lines[21], lines[20], *lines[22:]]
    found = run_of(tmp_path / "swapped.log", *swapped).figures()
    assert found.runs == 1
    assert found.values() == run_of(tmp_path / "alone.log", *lines).figures().values()


def test_a_long_log_is_the_same_in_whatever_portions_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(b"".join(log_of(steady(count)) for count in (9000, 50)))
    found = []
    for portion_bytes in (1 << 12, 1 << 16, 1 << 18):
        run = WholeRun("app.log")
        run.read(Portioned(path, portion_bytes))
        found.append(run.figures().values())
    # Sums of floats differ in their last digits.
    assert found[1] == pytest.approx(found[0], rel=1e-6)
    assert found[2] == pytest.approx(found[0], rel=1e-6)
