"""GOGC is recovered from the goals that it makes, and the next goal follows from it."""

import pytest

from gctui.model.pacing import gogc_percent, next_goal_mib
from tests.model.test_state import line, state_of

ROOTS_MIB = 3  # what `line` prints as stacks and globals


def steady(gogc: int, live_mib: int = 200, cycles: int = 8) -> bytes:
    goal = int(live_mib + (live_mib + ROOTS_MIB) * gogc / 100)
    return b"".join(
        line(n, float(n), start=goal - 1, end=goal, live=live_mib, goal=goal)
        for n in range(1, cycles + 1)
    )


@pytest.mark.parametrize("gogc", [25, 50, 100, 200, 400])
def test_gogc_is_recovered(gogc: int) -> None:
    cycles = state_of(steady(gogc)).cycles
    assert gogc_percent(cycles) == pytest.approx(gogc, rel=0.02)
    assert next_goal_mib(cycles) == pytest.approx(200 + 203 * gogc / 100, rel=0.02)


def test_the_next_goal_follows_the_live_heap_not_the_last_goal() -> None:
    """After the live heap doubles the next goal does too, before any line says so."""
    grown = steady(100) + line(9, 9.0, start=402, end=410, live=400, goal=403)
    assert next_goal_mib(state_of(grown).cycles) == pytest.approx(400 + 403, rel=0.02)


def test_without_a_goal_there_is_no_next_one() -> None:
    assert next_goal_mib(()) is None
    assert next_goal_mib(state_of(line(1, 1.0, goal=8796093022194)).cycles) is None


def test_a_single_collection_is_taken_to_run_at_the_default() -> None:
    cycles = state_of(line(1, 1.0, live=20)).cycles
    assert gogc_percent(cycles) is None
    assert next_goal_mib(cycles) == 20 + 23
