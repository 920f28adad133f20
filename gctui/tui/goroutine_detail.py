"""The goroutines of one go statement in full: what they do, what they cost, what to look at."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from gctui.analysis.goroutines import Site
from gctui.analysis.neutral import neutral
from gctui.tui.dialog import Dialog
from gctui.tui.goroutine_columns import (
    creator,
    function,
    growth,
    number,
    stack,
    state,
    waited,
)
from gctui.tui.palette import VERMILLION, ink

_WHOLE_CELLS = 1000
_LEAST_WATCHED_S = 30.0
"""Sooner, as many as before means nothing."""
_MANY = 100
_LONG_WAIT_S = 60.0
_MEANINGS = {
    "chan receive": "wait for a value from a channel",
    "chan receive (nil chan)": "wait for a nil channel: for ever",
    "chan send": "wait until a channel takes their value",
    "chan send (nil chan)": "wait for a nil channel: for ever",
    "select": "wait for the first of several channels",
    "select (no cases)": "wait for ever",
    "IO wait": "wait for the network, a pipe or a file",
    "sleep": "wait for a time to pass",
    "semacquire": "wait for a lock or a WaitGroup",
    "sync.Mutex.Lock": "wait for a lock that another one holds",
    "sync.RWMutex.Lock": "wait for a lock that others hold",
    "sync.RWMutex.RLock": "wait for a lock that another one holds",
    "sync.WaitGroup.Wait": "wait until others are done",
    "sync.Cond.Wait": "wait to be signalled",
    "running": "run on a processor",
    "runnable": "could run, wait for a processor",
    "syscall": "are in the kernel, or in C",
    "leaked": "found by Go's own leak profile: nothing can wake them",
}


class GoroutineDetail(Dialog[None]):
    """Explains a site as it was when it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "close", "close")]

    def __init__(self, site: Site, moment: str) -> None:
        super().__init__()
        self._site = site
        self._moment = moment

    def compose(self) -> ComposeResult:
        """Lay the text out."""
        dark = self.app.current_theme.dark
        with VerticalScroll(classes="dialog wide") as dialog:
            plural = "" if self._site.count == 1 else "s"
            dialog.border_title = Content(f"{number(self._site.count)} goroutine{plural}")
            dialog.border_subtitle = Content("Escape closes this")
            yield Static(Group(*_sections(self._site, self._moment, dark=dark)), markup=False)

    def action_close(self) -> None:
        """Go back to the list."""
        self.dismiss()


def advice(site: Site, moment: str) -> str:
    """Say what the growth of a site means, or what may be said without it, and what to do next."""
    if not site.count:
        return f"None is left here; their go statement has fewer than before {moment}: they end."
    if site.growth and site.growth > 0:
        return (
            f"Grew by {number(site.growth)} {moment}: a goroutine leak, if it never shrinks; "
            f"look at what should wake or end those{_where(site)}."
        )
    if site.growth and site.growth < 0:
        return f"{number(-site.growth)} fewer {moment}: they do end."
    if site.watched_s is None or site.watched_s < _LEAST_WATCHED_S:
        return _just_begun(site, moment)
    if _stays(site):
        return f"As many as {moment}: they do not grow; {_standing(site)}."
    return f"As many as {moment}: no sign of a leak. Growth shows after some load."


def _just_begun(site: Site, moment: str) -> str:
    said = f"Growth counts only {moment}, too soon to tell: {_standing(site)}."
    return f"{said} Look at what should wake or end those{_where(site)}." if _stays(site) else said


def _stays(site: Site) -> bool:
    return site.count >= _MANY and (site.longest_wait_s or 0.0) >= _LONG_WAIT_S


def _standing(site: Site) -> str:
    """Return how many there are, and how long one of them has waited."""
    are = f"{number(site.count)} {'is' if site.count == 1 else 'are'} there"
    if site.longest_wait_s is None or site.longest_wait_s < 1:
        return are
    longest = f"{'it has' if site.count == 1 else 'the longest has'} waited"
    return f"{are}, {longest} {waited(site.longest_wait_s)}"


def _where(site: Site) -> str:
    if site.line:
        return f" at {neutral(site.line)}"
    return f" created at {neutral(site.place)}" if site.place else ""


def _sections(site: Site, moment: str, *, dark: bool) -> list[Text | Table]:
    grew = bool(site.growth and site.growth > 0)
    style = f"bold {ink(VERMILLION, dark=dark)}" if grew else "bold"
    places = Table.grid(padding=(0, 2, 0, 0))
    places.add_column(no_wrap=True)
    places.add_column(overflow="fold")
    for name, value in (
        ("in", function(site, _WHOLE_CELLS)),
        ("at", neutral(site.line)),
        ("created by", creator(site, _WHOLE_CELLS)),
        ("at", neutral(site.place)),
    ):
        if value:
            places.add_row(Text(name), Text(value, "bold"))
    return [Text(f"{advice(site, moment)}\n", style), places, Text(), _figures(site, moment)]


def _figures(site: Site, moment: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column()
    each = f"{stack(site.stack_bytes // site.count)} each" if site.count else ""
    rows = [
        ("growth", growth(site) or "none", moment),
        ("longest wait", waited(site.longest_wait_s), "the runtime notes it at a GC: may lag"),
        ("stacks", stack(site.stack_bytes), each),
        ("", "", ""),
        *((state(name), number(count), _MEANINGS.get(name, "")) for name, count in site.states),
    ]
    for name, value, meaning in rows:
        table.add_row(Text(name), Text(value, "bold"), Text(meaning, "dim"))
    return table
