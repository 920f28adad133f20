"""One collection in full: every field of its line with its unit and its meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from gctui.analysis.units import UNKNOWN, duration_ms, percent, size
from gctui.events import Gc, Value, unit_of
from gctui.model.cycle import Cycle
from gctui.tui.dialog import Dialog

Neighbour = Callable[[Cycle, int], Cycle | None]


class CycleDetail(Dialog[Cycle]):
    """Explains a collection; left and right go on to its neighbours in time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "close"),
        Binding("left", "go(1)", "older"),
        Binding("right", "go(-1)", "newer"),
    ]

    def __init__(self, cycle: Cycle, neighbour: Neighbour) -> None:
        super().__init__()
        self._cycle = cycle
        self._neighbour = neighbour
        self._dialog = VerticalScroll(classes="dialog wide")
        self._fields = Static(markup=False)

    def compose(self) -> ComposeResult:
        """Lay the text out."""
        with self._dialog:
            self._dialog.border_subtitle = Content("←/→ older, newer   Escape closes this")
            yield self._fields

    def on_mount(self) -> None:
        """Show the first one."""
        self._show()

    def action_go(self, older: int) -> None:
        """Show a neighbour."""
        self._cycle = self._neighbour(self._cycle, older) or self._cycle
        self._show()

    def action_close(self) -> None:
        """Go back, with the collection that was shown last."""
        self.dismiss(self._cycle)

    def _show(self) -> None:
        gc = self._cycle.event
        title = Content(f"GC #{self._cycle.number}, line {gc.line}, {gc.format}")
        self._dialog.border_title = title
        line = Text(f"{gc.raw.decode()}\n", "italic")
        self._fields.update(Group(line, _table(self._cycle)))


def _table(cycle: Cycle) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column()
    for name, value, meaning in [*_derived(cycle), ("", "", ""), *_printed(cycle.event)]:
        table.add_row(Text(name), Text(value, "bold"), Text(meaning, "dim"))
    return table


def _derived(cycle: Cycle) -> list[tuple[str, str, str]]:
    rate = cycle.allocation_mib_per_s
    return [
        ("pause", duration_ms(cycle.pause_ms), "sum of the phases that stop the world"),
        (
            "GC CPU",
            percent(cycle.gc_cpu_percent),
            "share of the CPU since the collection before, without idle mark time",
        ),
        (
            "allocation rate",
            UNKNOWN if rate is None else f"{size(rate)}/s",
            "between the end of the collection before and the start of this one",
        ),
    ]


def _printed(gc: Gc) -> list[tuple[str, str, str]]:
    """Return name, value and meaning of each field that the line has."""
    values = gc.values()
    return [
        (field.name, _with_unit(field.name, values[field.name]), field.meaning)
        for field in type(gc).fields
        if field.name in values
    ]


def _with_unit(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value} {unit_of(name)}".rstrip()
