"""Dialogs when keys come faster than the screen: several in one read of the terminal."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from textual import events
from textual.command import CommandPalette
from textual.pilot import Pilot

from gctui.data import data_folder
from gctui.model.ledger import ledger
from gctui.tui.app import GctuiApp
from gctui.tui.ask import AskHowToLeave
from gctui.tui.cycle_detail import CycleDetail
from gctui.tui.dialog import Dialog
from gctui.tui.findings_detail import FindingsDetail
from gctui.tui.help import Help
from gctui.tui.leaving import Leave, Way
from gctui.tui.ledger_dialog import LedgerDialog
from gctui.tui.program_dialog import ProgramDialog
from gctui.tui.viewer import Viewer
from tests.end_to_end.terminal import Terminal

from .feeds import LIVE, SAWTOOTH, logged
from .looking import seen
from .test_programs import several

LOG = shlex.quote(str(data_folder("samples") / "demo" / "steady.log"))
SIZE = (120, 40)


def typed_at_once(pilot: Pilot[Way], *keys: str) -> None:
    """Have all of them under way before the first is handled."""
    for key in keys:
        character = {"space": " "}.get(key, key if len(key) == 1 else None)
        pilot.app.post_message(events.Key(key, character))


@pytest.mark.parametrize(
    ("opening", "keys"),
    [
        ("question_mark", ("space", "space")),
        ("question_mark", ("c", "c")),
        ("question_mark", ("v", "v", "v", "v")),
        ("question_mark", ("escape", "escape", "escape")),
        ("l", ("c", "c", "c")),
        ("l", ("enter", "enter", "enter")),
        ("w", ("w", "w", "escape")),
        ("ctrl+p", ("enter", "enter", "enter")),
        ("ctrl+p", ("escape", "down", "enter", "pagedown", "enter")),
    ],
)
async def test_keys_typed_at_once_leave_the_screen_standing(
    opening: str, keys: tuple[str, ...]
) -> None:
    app = GctuiApp(several(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(opening)
        await pilot.pause(0.3)
        assert not isinstance(app.screen, Viewer)
        typed_at_once(pilot, *keys)
        await pilot.pause(0.3)
        await pilot.press(*["escape"] * 3)
        assert isinstance(app.screen, Viewer)
        assert "GC #" in seen(app)


async def test_a_key_that_comes_after_the_help_is_the_viewers() -> None:
    app = GctuiApp(logged(SAWTOOTH, 300, LIVE), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        typed_at_once(pilot, "space")
        await pilot.pause(0.3)
        assert "paused" in seen(app)
        await pilot.press("question_mark")
        typed_at_once(pilot, "space", "space")
        await pilot.pause(0.3)
        assert "paused" in seen(app)


async def test_the_palette_runs_a_command_once() -> None:
    app = GctuiApp(logged(SAWTOOTH, 300, LIVE), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p", *"theme")
        await pilot.pause(0.5)
        typed_at_once(pilot, "enter", "enter", "enter")
        await pilot.pause(0.5)
        opened = [screen for screen in app.screen_stack if isinstance(screen, CommandPalette)]
        assert len(opened) <= 1


def every_dialog() -> list[Dialog[Any]]:
    frame = logged(SAWTOOTH).frame()
    return [
        AskHowToLeave(Leave.PIPE),
        CycleDetail(frame.snapshot.cycles[-1], lambda cycle, _step: cycle),
        FindingsDetail([]),
        Help(frame.status),
        LedgerDialog(ledger(frame.snapshot, frame.now_s)),
        ProgramDialog(frame, lambda _key: None),
    ]


@pytest.mark.parametrize("at", range(6))
async def test_a_dialog_may_be_closed_before_it_is_laid_out(at: int) -> None:
    dialog = every_dialog()[at]
    app = GctuiApp(logged(SAWTOOTH), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(dialog)
        dialog.dismiss(None)
        await pilot.pause(0.3)
        assert isinstance(app.screen, Viewer)


@pytest.mark.parametrize("at", range(6))
async def test_a_dialog_closes_once(at: int) -> None:
    dialog = every_dialog()[at]
    app = GctuiApp(logged(SAWTOOTH), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(dialog)
        dialog.dismiss(None)
        dialog.dismiss(None)
        await pilot.pause(0.3)
        assert isinstance(app.screen, Viewer)


def test_two_quick_keys_in_a_real_terminal() -> None:
    with Terminal(f"gctui {LOG}") as terminal:
        terminal.wait_for("end of log")
        for keys in ("  ", "cc", "vvvv"):
            terminal.press("?")
            terminal.wait_for("Escape or . closes this")
            terminal.press(keys)
            terminal.wait_for(lambda: "closes this" not in terminal.text())
        terminal.press("\x10")
        terminal.wait_for("Light or dark")
        terminal.press("help\r\r\r\r")
        terminal.wait_for("Escape or . closes this")
        terminal.press("q")
        terminal.wait_for("q quit")
        assert terminal.process.poll() is None
