"""What opens over the viewer; what stays open is given the viewer's newer frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gctui.model.feed import Frame
from gctui.model.ledger import ledger
from gctui.model.parts import Ledger

if TYPE_CHECKING:
    from gctui.tui.cycle_table import CycleTable
    from gctui.tui.findings_pane import FindingsPane
    from gctui.tui.goroutine_table import GoroutineTable
    from gctui.tui.ledger_dialog import LedgerDialog
    from gctui.tui.profile_table import ProfileTable
    from gctui.tui.program_dialog import ProgramDialog
    from gctui.tui.viewer import Viewer


class Dialogs:
    """Opens them. Their modules are loaded then: they cost the start nothing."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._where: LedgerDialog | None = None
        self._programs: ProgramDialog | None = None
        """While they are open."""

    def draw(self, frame: Frame, split: Ledger) -> None:
        """Show a newer frame in those that are open."""
        if self._where is not None:
            self._where.show(split)
        if self._programs is not None:
            self._programs.show(frame)

    def open_help(self, frame: Frame) -> None:
        """Explain the screen, and do what a key that was pressed there does."""
        from gctui.tui.help import Help  # noqa: PLC0415

        self._viewer.app.push_screen(Help(frame.status), self._act)

    def open_where(self, frame: Frame) -> None:
        """Show where the memory is, part by part."""
        from gctui.tui.ledger_dialog import LedgerDialog  # noqa: PLC0415

        self._where = LedgerDialog(ledger(frame.snapshot, frame.now_s))
        self._viewer.app.push_screen(self._where, self._where_closed)

    def open_programs(self, frame: Frame) -> None:
        """List the programs of the stream, and show the one that is chosen."""
        from gctui.tui.program_dialog import ProgramDialog  # noqa: PLC0415

        self._programs = ProgramDialog(frame, self._viewer.show_program)
        self._viewer.app.push_screen(self._programs, self._programs_closed)

    def open_cycle(self, event: CycleTable.Opened, table: CycleTable) -> None:
        """Show a collection in full; the cursor goes where the user went from there."""
        from gctui.tui.cycle_detail import CycleDetail  # noqa: PLC0415

        self._viewer.app.push_screen(
            CycleDetail(event.cycle, table.neighbour),
            lambda cycle: None if cycle is None else table.select(cycle),
        )

    def open_site(self, event: GoroutineTable.Opened) -> None:
        """Show the goroutines of one go statement in full."""
        from gctui.tui.goroutine_detail import GoroutineDetail  # noqa: PLC0415

        self._viewer.app.push_screen(GoroutineDetail(event.site, event.moment))

    def open_findings(self, event: FindingsPane.Opened) -> None:
        """Show the findings in full."""
        from gctui.tui.findings_detail import FindingsDetail  # noqa: PLC0415

        self._viewer.app.push_screen(FindingsDetail(event.found))

    def open_function(self, event: ProfileTable.Opened) -> None:
        """Show a function of the profile in full."""
        from gctui.tui.profile_detail import FunctionDetail  # noqa: PLC0415

        self._viewer.app.push_screen(FunctionDetail(event.line))

    def _where_closed(self, _result: None) -> None:
        self._where = None

    def _programs_closed(self, action: str | None) -> None:
        self._programs = None
        self._act(action)

    def _act(self, action: str | None) -> None:
        """Do what a key does that was pressed in a dialog and is not the dialog's own."""
        if action is not None:
            viewer = self._viewer
            viewer.call_later(viewer.app.run_action, action, viewer)
