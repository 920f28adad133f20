"""Which Go printed a log: real logs of every version, two in one, and what each habit tells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gctui.analysis.go_versions import Program, VersionSearch, go_label
from gctui.events.versions import EVERY, versions
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES, corpus_logs, read_log

_LIBGO = {"9": "1.12", "10": "1.14", "11": "1.16", "12": "1.18", "14": "1.18", "16": "1.18"}
_MANY_SOURCES = re.compile(r"wrapped|gotool|rotated|append|clobber|copytruncate")
_LARGE_BYTES = 1 << 20


def searched(log: bytes) -> list[Program]:
    search = VersionSearch()
    search.add(scan([log]))
    return search.programs()


def printed_by(log: Path) -> str:
    """Return the Go that a folder is named after; empty where it is none."""
    name = log.parent.name
    if name.startswith("gccgo-"):
        return _LIBGO[name.removeprefix("gccgo-")]
    if name == "go1.5dev20150408":
        return "1.5dev"
    found = re.fullmatch(r"go(1\.[^-]+)(-.*)?", name)
    return found[1] if found else "r60" if name.startswith("r60") else ""


REAL = [
    path
    for path in sorted(SAMPLES.rglob("*.log")) + corpus_logs()
    if printed_by(path)
    and not _MANY_SOURCES.search(path.name)
    and path.stat().st_size < _LARGE_BYTES
]


@pytest.mark.parametrize("log", REAL, ids=lambda log: f"{log.parent.name}/{log.name}")
def test_a_real_log_is_of_one_go_and_that_is_among_those_found(log: Path) -> None:
    programs = searched(read_log(log))
    if not programs:
        pytest.skip("no trace line in it")
    truth = versions(printed_by(log))
    assert truth != EVERY
    (program,) = programs
    assert program.versions & truth, f"{program.versions}: {program.evidence}"


GC = (
    "gc 7 @0.100s 2%: 0.1+{mark}+0.1 ms clock, 0.2+{cpu}+0.2 ms cpu, "
    "33->33->25 MB, {goal} MB goal, "
)


def gc(mark: str = "0.5", cpu: str = "0.033/0.011/4.1", goal: str = "33", end: str = "2 P") -> str:
    return GC.format(mark=mark, cpu=cpu, goal=goal) + end


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([gc()], "1.6 – 1.17"),
        # Stop-the-world collections print the mark of the one before; concurrent ones their own.
        ([gc(), gc(mark="0", end="2 P (forced)")], "1.6 – 1.8"),
        ([gc(), gc(mark="0.4", end="2 P (forced)")], "1.9 – 1.17"),
        # Under gcstoptheworld every Go stops the world: nothing follows.
        ([gc(mark="0", end="2 P (forced)")], "1.6 – 1.17"),
        ([gc(goal="17592186044415")], "1.9 – 1.17"),
        ([gc(goal="17592186044415", end="0 MB stacks, 0 MB globals, 2 P")], "1.18"),
        ([gc(goal="8796093022194", end="0 MB stacks, 0 MB globals, 2 P")], "1.19 – 1.27"),
        (
            [gc(end="0 MB stacks, 0 MB globals, 2 P"), "scav 0 KiB work, 1 KiB total, 99% util"],
            "1.19 – 1.20",
        ),
        (["scvg-1: 3 MB released"], "1.2 – 1.12"),
        (["pacer: assist ratio=+2.500000e-001 (scan 0 MB in 4->4 MB) workers=0+1"], "1.5 – 1.9"),
        (
            ["pacer: assist ratio=+2.500000e-001 (scan 0 MB in 4->4 MB) workers=0++2.500000e-001"],
            "1.10 – 1.25",
        ),
        (["pacer: assist ratio=2.5 (scan 0 MB in 4->4 MB) workers=0+0.25"], "1.26 – 1.27"),
    ],
)
def test_what_a_habit_tells(lines: list[str], found: str) -> None:
    (program,) = searched("\n".join(lines).encode())
    assert str(program.versions) == found


def test_two_versions_are_told_apart_even_where_their_lines_alternate() -> None:
    old, new = gc(), gc(end="0 MB stacks, 0 MB globals, 2 P")
    first, second = searched("\n".join([old, new, old, "GC forced", new]).encode())
    assert (str(first.versions), first.first_line, first.last_line) == ("1.6 – 1.17", 1, 4)
    assert (str(second.versions), second.first_line, second.last_line) == ("1.18 – 1.27", 2, 5)


def test_forced_collections_alone_are_a_hint() -> None:
    line = gc(mark="0", end="2 P (forced)")
    (program,) = searched("\n".join([line] * 12).encode())
    assert "gcstoptheworld" in program.hints[0]
    (program,) = searched("\n".join([gc(end="2 P (forced)")] * 12).encode())
    assert program.hints == ["all 12 collections are (forced): the program collects by hand"]


def test_hostile_sources_cost_a_bounded_number_of_programs() -> None:
    old, new = gc(), gc(end="0 MB stacks, 0 MB globals, 2 P")
    lines = [f"svc{place}-1  | {line}" for place in range(400) for line in (old, new)]
    assert len(searched("\n".join(lines).encode())) <= 2 * 64


def test_the_label_takes_the_binarys_word_before_the_traces() -> None:
    state = ProgramState()
    assert go_label("", state.snapshot()) == ""
    assert go_label("go1.27.3", state.snapshot()) == "Go 1.27.3"
    for event in scan([gc().encode()]):
        state.apply(event)
    assert go_label("", state.snapshot()) == "Go 1.6 – 1.17"
    for event in scan([b"scav 0 KiB work (bg), 0 KiB work (eager), 3832 KiB now, 98% util"]):
        state.apply(event)
    assert go_label("", state.snapshot()) == "several Go versions"
