"""A screen that lasts, and a program that nothing of it holds up; the long forms are in the soak
tests.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .endurance import (
    ANSWERS_WITHIN_S,
    answer_through_a_line_without_end,
    bear_resizes,
    peak_of_a_plain_run_mib,
    rss_mib_after_blocks,
)
from .flooding import MIB, flooding, wait_for_flood
from .terminal import Terminal

STALL_S = 5.0


def test_memory_does_not_grow_with_the_stream(tmp_path: Path) -> None:
    rss_mib = rss_mib_after_blocks(tmp_path, block_lines=30_000, blocks=7)
    assert max(rss_mib[1:]) - rss_mib[0] < 15, rss_mib


def test_a_storm_of_resizes(tmp_path: Path) -> None:
    bear_resizes(tmp_path, 40)


def test_a_line_without_end_leaves_the_screen_its_keys(tmp_path: Path) -> None:
    answer_s, peak_mib = answer_through_a_line_without_end(tmp_path, 5 * MIB)
    assert answer_s < ANSWERS_WITHIN_S
    assert peak_mib < 200


def test_a_line_without_end_without_a_screen(tmp_path: Path) -> None:
    assert peak_of_a_plain_run_mib(tmp_path, 5 * MIB) < 150


def test_a_terminal_that_takes_nothing_does_not_hold_the_program_up(tmp_path: Path) -> None:
    with flooding(20 * MIB, tmp_path) as terminal:
        with terminal.unread():
            drawn_bytes = len(terminal.raw)
            wait_for_flood(tmp_path, STALL_S)
            # One piece may have been under way; five seconds of frames are not.
            assert len(terminal.raw) - drawn_bytes < 1 << 16
        terminal.wait_for("■ exited with 0")
        terminal.wait_for("flooded all")
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_passed_on_text_that_nobody_takes_does_not_hold_the_program_up(tmp_path: Path) -> None:
    # Twice a pipe; the terminal of the tests is slow.
    with flooding(2 * MIB, tmp_path, "--plain") as terminal:
        with terminal.unread():
            wait_for_flood(tmp_path, STALL_S)
        assert terminal.exit_code() == 0
        assert b"flooded all" in terminal.raw


@pytest.mark.parametrize("name", ["x.jsonl", "x.log"])
def test_a_full_disk_ends_the_recording_and_the_screen_goes_on(
    app: str, name: str, tmp_path: Path
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    (tmp_path / name).symlink_to("/dev/full")
    command = f"gctui run --record {name} -- {app} -for 5m -code 5"
    with Terminal(command, cwd=tmp_path, height=60) as terminal:
        shown = terminal.wait_for("recording failed +● live")
        assert "recording failed" in shown.partition("\n")[0]
        number = newest(terminal)
        terminal.wait_for(lambda: newest(terminal) > number)
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        assert terminal.exit_code() == 5
        assert terminal.restored
        said = terminal.text()
        assert "recording failed: No space left on device" in said
        assert re.search(r"gctui: .*: \d+ collections.*; exited with 5", said)


def newest(terminal: Terminal) -> int:
    """Return the number of the newest collection on the screen."""
    found = re.search(r"GC #(\d+)", terminal.text())
    return int(found[1]) if found else 0
