"""What is said of a program, all together, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.advice import Topic, advice
from gctui.analysis.remedies import REMEDIES
from gctui.analysis.virt import virt_note
from gctui.events import Mappings, Process
from gctui.model.feed import Frame, Status
from gctui.model.parts import PartName
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.report.advice import advice_lines
from tests.corpus_files import SAMPLES
from tests.model.test_counters import MIB
from tests.model.test_residency import looked
from tests.model.test_state import state_of


def frame_of(snapshot: Snapshot, status: Status | None = None) -> Frame:
    return Frame(1, snapshot, snapshot.now_s, status or Status("app.log"), 0)


def demo(name: str) -> Frame:
    return frame_of(state_of((SAMPLES / "demo" / f"{name}.log").read_bytes()))


def test_a_leak_is_alarming_and_comes_with_what_it_rests_on() -> None:
    found = advice(demo("leak"))
    assert [note.topic for note in found.notes] == [Topic.GROWTH, Topic.TO_DO, Topic.GOGC]
    growth, to_do, gogc = found.notes
    assert to_do.said == REMEDIES[PartName.LIVE]
    assert to_do.basis.startswith("On live: ")
    assert growth.is_alarming
    assert "does not slow down" in growth.said
    assert "Theil–Sen" in growth.basis
    assert gogc.said == "GOGC is 100, and sets the goal; no memory limit shows."
    assert found.what_if


def test_a_key_of_the_screen_is_said_to_be_one_where_there_is_none() -> None:
    assert "to do     On gctui's screen f shows" in "\n".join(advice_lines(demo("leak"), full=True))
    assert not [said for said in REMEDIES.values() if "tab (" in said]


def test_a_plain_run_alarms_nobody() -> None:
    for name in ("steady", "sawtooth"):
        assert not any(note.is_alarming for note in advice(demo(name)).notes)


def test_nothing_known_is_nothing_said() -> None:
    found = advice(frame_of(Snapshot()))
    assert found.notes == ()
    assert found.what_if is None
    assert list(advice_lines(frame_of(Snapshot()), full=True)) == []


def test_why_it_was_killed_comes_first() -> None:
    frame = demo("leak")
    killed = replace(frame, status=Status("app", end_explained="Killed for lack of memory."))
    first = advice(killed).notes[0]
    assert (first.topic, first.is_alarming) == (Topic.END, True)
    short = list(advice_lines(killed, full=False))
    assert short[0] == "  end       ! Killed for lack of memory."
    assert any("leak" in line for line in short)
    assert not any("what if" in line for line in short)


def test_the_table_fits_a_terminal_and_marks_the_present_setting() -> None:
    lines = list(advice_lines(demo("steady"), full=True))
    assert all(len(line) <= 101 for line in lines)
    assert sum("(now)" in line for line in lines) == 1
    assert any(line.startswith("  GOGC=200 ") for line in lines)


def virtual(mappings: Mappings | None, virt_mib: int, rss_mib: int) -> list[str]:
    state = ProgramState()
    state.apply(Process(rss_bytes=rss_mib * MIB, vms_bytes=virt_mib * MIB), 1.0)
    if mappings is not None:
        state.apply(mappings, 1.0)
    return [note.said for note in virt_note(state.snapshot())]


@pytest.mark.parametrize("told", [True, False], ids=["smaps", "no smaps"])
def test_virt_is_explained_where_it_frightens(told: bool) -> None:
    mappings = replace(looked(heap=50), vms_bytes=1900 * MIB, reserved_bytes=1200 * MIB)
    (said,) = virtual(mappings if told else None, 1900, 60)
    assert "is address space, not memory" in said
    assert ("1.17 GiB of it is only reserved" in said) == told
    assert virtual(None, 300, 250) == []


def test_in_32_bits_addresses_are_scarce() -> None:
    mappings = replace(looked(heap=50), vms_bytes=2500 * MIB, word_bits=32)
    (said,) = virtual(mappings, 2500, 60)
    assert said.startswith("A 32-bit program: VIRT 2.44 GiB counts")
