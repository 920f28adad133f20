"""Predictions, held against what real programs did with that setting."""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.analysis.pace import pace
from gctui.analysis.what_if import Setting, predict, what_if
from gctui.events import GcPause, Process
from gctui.model.feed import Asked
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.report.advice import what_if_lines
from gctui.tui.what_if_rows import what_if_rows
from tests.analysis.test_gogc import traced
from tests.corpus_files import SAMPLES
from tests.model.test_counters import MIB, SAMPLE, later
from tests.model.test_state import state_of

HEAP_OFF, CPU_OFF = 0.10, 0.25
WORKERS = {"one": "1", "all": "2"}
_KEPT: dict[str, Snapshot] = {}


def recorded(name: str) -> Snapshot:
    """Return a run of steady.go that is kept with the samples: 64 MiB live, 220 collections."""
    if name not in _KEPT:
        _KEPT[name] = state_of((SAMPLES / "steady" / f"{name}.log").read_bytes())
    return _KEPT[name]


def heap_mib(snapshot: Snapshot) -> float:
    return median((cycle.event.heap_end_mb or 0) + 0.5 for cycle in snapshot.cycles[10:])


@pytest.mark.parametrize("asked", [50, 100, 200, 400])
@pytest.mark.parametrize("known", [50, 100, 200])
@pytest.mark.parametrize("workers", list(WORKERS))
def test_what_would_have_been_is_what_was(workers: str, known: int, asked: int) -> None:
    """Up to twice or half the present GOGC within the bounds that the product states."""
    was = recorded(f"{workers}-gogc-{asked}")
    made = predict(recorded(f"{workers}-gogc-{known}"), Setting(float(asked)))
    found = pace(was.cycles)
    assert made
    assert found
    assert made.gc_cpu_percent
    is_near = 0.5 <= asked / known <= 2
    assert made.heap_mib == pytest.approx(heap_mib(was), rel=HEAP_OFF if is_near else 0.25)
    assert made.gc_cpu_percent == pytest.approx(
        found.gc_cpu_percent, rel=CPU_OFF if is_near else 0.5
    )


def test_a_real_run_at_another_setting_ends_where_it_was_said_to() -> None:
    arguments = ("-trees", "64", "-workers", "1", "-cycles", "120")
    made = predict(traced(*arguments, GOGC="100"), Setting(50.0))
    assert made
    assert made.heap_mib == pytest.approx(heap_mib(traced(*arguments, GOGC="50")), rel=HEAP_OFF)


def test_the_usual_settings_are_shown_and_the_present_one_is_marked() -> None:
    found = what_if(recorded("one-gogc-100"))
    assert found
    assert [each.setting for each in found.predictions] == [
        f"GOGC={percent}" for percent in (25, 50, 100, 200, 400)
    ]
    assert [each.setting for each in found.predictions if each.is_now] == ["GOGC=100"]
    heaps = [each.heap_mib or 0.0 for each in found.predictions]
    shares = [each.gc_cpu_percent or 0.0 for each in found.predictions]
    assert heaps == sorted(heaps)
    assert shares == sorted(shares, reverse=True)
    assert all(each.total_mib is None for each in found.predictions)
    assert "stay as they are" in found.assumptions


def counted(**changes: object) -> Snapshot:
    """Return what the counters alone tell: 100 MiB live, goal 200, 10 collections a second."""
    state = ProgramState()
    for second, gcs in ((1.0, 0), (2.0, 10)):
        pauses = tuple(GcPause(5 + n, (10 - n) / 10, 0.1) for n in range(1, gcs + 1))
        state.apply(replace(later(gcs), gc_pauses=pauses, **changes), second)  # type: ignore[arg-type]
    return state.snapshot()


def test_counters_alone_do_with_the_guides_rule() -> None:
    """Twice the room: half as often, half the CPU (the GC guide's appendix)."""
    found = what_if(counted())
    assert found
    rows = {each.setting: each for each in found.predictions}
    now, twice = rows["GOGC=100"], rows["GOGC=200"]
    assert now.is_now
    assert now.gc_per_s
    assert twice.gc_per_s == pytest.approx(now.gc_per_s / 2, rel=0.05)
    assert twice.gc_cpu_percent == pytest.approx((now.gc_cpu_percent or 0) / 2, rel=0.05)
    assert twice.heap_mib == pytest.approx(100 + 2 * 104)
    assert twice.total_mib
    assert twice.heap_mib
    assert twice.total_mib > twice.heap_mib


def test_a_limit_moves_the_goal_or_cannot_be_kept() -> None:
    snapshot = counted()
    room = predict(snapshot, Setting(100.0, 1000.0))
    tight = predict(snapshot, Setting(100.0, 140.0))
    none = predict(snapshot, Setting(None, 90.0))
    assert room
    assert tight
    assert none
    assert room.remark == ""
    assert "the limit sets the goal: acts as GOGC=" in tight.remark
    assert tight.total_mib
    assert tight.total_mib <= 140
    assert tight.heap_mib
    assert room.heap_mib
    assert tight.heap_mib < room.heap_mib
    assert none.remark.startswith("cannot be kept: 1")


def test_a_container_brings_its_own_rows() -> None:
    snapshot = counted()
    inside = replace(snapshot, process=Process(rss_bytes=220 * MIB, cgroup_limit_bytes=1000 * MIB))
    found = what_if(inside)
    assert found
    shown = [each.setting for each in found.predictions]
    assert shown[-2:] == ["GOGC=100 GOMEMLIMIT=900MiB", "GOGC=off GOMEMLIMIT=900MiB"]


@pytest.mark.parametrize(
    "snapshot", [recorded("one-gogc-100"), counted()], ids=["trace", "counters"]
)
def test_without_gogc_and_limit_nothing_collects(snapshot: Snapshot) -> None:
    made = predict(snapshot, Setting(None))
    assert made
    assert made.heap_mib is made.total_mib is made.gc_per_s is None
    assert made.gc_cpu_percent == 0
    assert re.match(r"nothing collects: grows by [0-9.]+ [MG]iB/s until", made.remark)


SETTINGS = st.builds(
    Asked,
    gogc_percent=st.none() | st.integers(1, 999_999_999) | st.just(-1),
    limit_mib=st.none() | st.floats(1e-6, 1e24),
)


@settings(deadline=None, max_examples=200)
@given(asked=SETTINGS, snapshot=st.sampled_from([recorded("all-gogc-50"), counted()]))
def test_whatever_is_asked_has_an_answer_that_can_be_shown(
    asked: Asked, snapshot: Snapshot
) -> None:
    found = what_if(snapshot, [asked])
    assert found
    rows = list(what_if_rows(found, 80))
    lines = list(what_if_lines(found))
    assert len(lines) > len(found.predictions) < len(rows)
    shown = "".join(lines)
    assert not re.search(r"\b(nan|inf)\b", shown)


def test_nothing_is_predicted_from_too_little() -> None:
    assert what_if(Snapshot()) is None
    state = ProgramState()
    state.apply(SAMPLE, 1.0)
    assert what_if(state.snapshot()) is None
