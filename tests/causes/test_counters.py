"""With the runtime's counters the ledger finds what a program does with its memory."""

from __future__ import annotations

import re

import pytest

from gctui.analysis.sentence import sentence
from gctui.model.parts import PartName
from gctui.sources.server import Server

from .observing import Seen, attached, counted, frame_when, running, seen_in
from .planted import MEMORY_LIMIT, SERVED, TOOLCHAINS, Case
from .reading import SHARE, amount_mib, biggest, told_by
from .truth import MIB, Interval, resident, wrong_intervals


def true_amount(seen: Seen, name: PartName) -> Interval:
    if name is PartName.UNTOUCHED:
        return seen.truth.untouched
    return resident(seen.split, seen.truth, seen.told)[name]


def test_the_biggest_part_is_the_cause(by_counters: Seen) -> None:
    part = biggest(by_counters.split)
    assert part.name is by_counters.cause.part, told_by(by_counters.split)
    assert amount_mib(part) == pytest.approx(by_counters.truth.planted_mib, rel=SHARE)


def test_its_figure_is_what_the_program_says(by_counters: Seen) -> None:
    name = by_counters.cause.part
    part = by_counters.split.part(name)
    assert part is not None
    truth = true_amount(by_counters, name)
    assert truth.low * (1 - SHARE) <= amount_mib(part) <= truth.high * (1 + SHARE)


def test_the_resident_column_sums_to_the_same_samples_rss(by_counters: Seen) -> None:
    process = by_counters.snapshot.moment.process
    assert process is not None
    assert process.rss_bytes is not None
    assert by_counters.split.total_mib == pytest.approx(process.rss_bytes / MIB, rel=1e-9)


def test_no_more_is_resident_than_is_mapped(by_counters: Seen) -> None:
    mapped = [part for part in by_counters.split.parts if part.mapped_mib is not None]
    assert len(mapped) >= 7
    assert [part for part in mapped if part.mib > (part.mapped_mib or 0.0)] == []


def test_every_interval_has_the_truth_in_it(by_counters: Seen) -> None:
    wrong = wrong_intervals(by_counters.split, by_counters.truth, by_counters.told)
    assert not wrong, "\n".join(wrong)


def test_the_sentence_names_the_cause(by_counters: Seen) -> None:
    said = sentence(by_counters.snapshot, by_counters.split)
    assert re.search(by_counters.cause.words, said), said


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_the_limit_is_the_programs_own(toolchain: str) -> None:
    assert counted(Case(MEMORY_LIMIT, toolchain)).split.limit_mib == pytest.approx(256)


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_what_a_server_tells_does_as_well(toolchain: str) -> None:
    with running(Case(SERVED, toolchain)) as program:
        before = program.settled()
        with attached(program.pid, Server(program.greeting[0])) as session:
            frame = frame_when(
                session,
                lambda frame: min(map(frame.snapshot.count, ("process", "memstats"))) > 0,
            )
        seen = seen_in(frame, program, before)
    part = biggest(seen.split)
    assert part.name is SERVED.part, told_by(seen.split)
    assert part.mib == pytest.approx(seen.truth.planted_mib, rel=SHARE)
    assert part.mib == pytest.approx(seen.truth.live.high, rel=SHARE)
    assert seen.split.total_mib == pytest.approx(seen.split.rss_mib, rel=1e-9)
    assert [each for each in seen.split.parts if each.mib > (each.mapped_mib or each.mib)] == []
    said = sentence(seen.snapshot, seen.split)
    assert re.search(SERVED.words, said), said
    wrong = wrong_intervals(seen.split, seen.truth, seen.told)
    assert not wrong, "\n".join(wrong)
