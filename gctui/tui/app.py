"""The Textual app: one viewer, its colours, and the ways out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter, NoColor
from textual.screen import Screen
from textual.theme import Theme

from gctui.analysis.neutral import neutral
from gctui.model.feed import Feed, Phase
from gctui.tui.ascii_filter import AsciiFilter
from gctui.tui.ask import AskHowToLeave
from gctui.tui.command_palette import Palette, themes
from gctui.tui.failure import plain, traceback_text
from gctui.tui.hangup import is_hung_up, let_go
from gctui.tui.harmless_filter import HarmlessFilter
from gctui.tui.keys import KEYS
from gctui.tui.leaving import Leave, Way
from gctui.tui.mouse_parser import install as install_mouse_parser
from gctui.tui.palette import DARK, LIGHT
from gctui.tui.suspending import Suspension
from gctui.tui.timeline import LIVE_SPAN_S, Timeline
from gctui.tui.viewer import Viewer

_LOOK_FOR_HANGUP_S = 1.0
_DRAWN_AT_LAST_S = 1.0
_WHILE_ASKED_S, _WHILE_CLOSED_S = 0.5, 3.0
"""How long reading may rest, so that whoever wants to leave is not kept by a flood."""


class GctuiApp(App[Way]):
    """Draws a feed until the user leaves."""

    CSS_PATH = "gctui.tcss"
    TITLE = "gctui"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        feed: Feed,
        *,
        leave: Leave = Leave.QUIT,
        interrupt: Callable[[], None] | None = None,
        ascii_only: bool = False,
    ) -> None:
        super().__init__()
        self._feed = feed
        self._leave = leave
        self._interrupt = interrupt
        self._interrupted = False
        self._ascii_only = ascii_only
        self._last_filters: list[LineFilter] = [HarmlessFilter()]
        if self.no_color:
            self._last_filters.append(NoColor())
        if ascii_only:
            self._last_filters.append(AsciiFilter())
        self._suspension: Suspension | None = None
        self._when_drawn: Callable[[], None] | None = None
        self.pass_signal: Callable[[int], None] | None = None
        """What takes the signals that are meant for the program: a goroutine dump, say."""
        self.rest: Callable[[float], None] = lambda _for_s: None
        """What has the feed leave the interpreter to the screen for so many seconds."""
        self.signal_number: int | None = None
        """The signal that ended the screen."""
        self.failure = ""
        """The traceback of what ended it, where it failed."""
        install_mouse_parser()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        # Lists jump to where they are sent: gliding costs redraws, many of them over ssh.
        self.animation_level = "none"

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything anew; before there is a screen, take no more than the theme's colours.

        The first screen has the stylesheet read again, whatever was read before.
        """
        if self._driver is None:
            self.stylesheet.set_variables(self.get_css_variables())
        else:
            super().refresh_css(animate)

    def call_when_drawn(self, callback: Callable[[], None]) -> None:
        """Call back once, when the first frame is on the terminal."""
        self._when_drawn = callback

    def get_default_screen(self) -> Screen[None]:
        """Return the viewer."""
        timeline = Timeline(None if self._leave is Leave.QUIT else LIVE_SPAN_S)
        return Viewer(self._feed, timeline, ascii_only=self._ascii_only)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every row passes through on its way to the terminal."""
        return [*super().get_line_filters(), *self._last_filters]

    async def on_event(self, event: events.Event) -> None:
        """Make harmless what is pasted: a clipboard may hold anything, and inputs draw it."""
        if isinstance(event, events.Paste):
            event.text = neutral(next(iter(event.text.splitlines()), ""))
        await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what an input cuts out for its own paste: the terminal's clipboard is the user's."""
        self._clipboard = text

    def on_mount(self) -> None:
        """Say when the first frame is drawn; let a signal end the screen as a user would."""
        with contextlib.suppress(ValueError, RuntimeError):  # outside the main thread
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self._end_by, number)
            loop.add_signal_handler(signal.SIGINT, self._interrupt_from_outside)
            for number in (signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
                loop.add_signal_handler(number, self.pass_signal or self._end_by, number)
            if isinstance(self._driver, LinuxDriver):
                self._suspension = Suspension(self._driver, self._draw_anew, self.pass_signal)
                self._suspension.install()
                self.set_interval(_LOOK_FOR_HANGUP_S, self._end_if_hung_up)
        self._say_what_was_merged()
        self.theme_changed_signal.subscribe(self, self._restyle)
        if self._when_drawn is not None:
            self.call_after_refresh(self._say_drawn)
            # A terminal that changes its size at this very moment must not keep the stream waiting.
            self.set_timer(_DRAWN_AT_LAST_S, self._say_drawn)

    def _say_what_was_merged(self) -> None:
        """Show what became of a GODEBUG of the user's own."""
        status = self._feed.frame().status
        if status.phase is Phase.LIVE and status.godebug_added not in {"", status.godebug}:
            from gctui.tui.help import godebug_text  # noqa: PLC0415 - dialogs cost the start nothing

            self.notify(godebug_text(status), markup=False)

    def _say_drawn(self) -> None:
        when_drawn, self._when_drawn = self._when_drawn, None
        if when_drawn is not None:
            when_drawn()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Fill the command palette."""
        yield SystemCommand("Light or dark", "Change the background", self._toggle_dark)
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save the screen as SVG", self.deliver_screenshot)
        if isinstance(screen, Viewer):
            about = "The programs of this stream, where there are several"
            yield SystemCommand("Programs", about, self._runner("programs"))
        for key in KEYS:
            if isinstance(screen, Viewer) and key.label and key.label != "palette":
                yield SystemCommand(key.label.capitalize(), key.about, self._runner(key.action))

    def action_command_palette(self) -> None:
        """Show all commands."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Let the user choose among the themes."""
        self.push_screen(themes())

    def panic(self, *renderables: RenderableType) -> None:
        """End a screen that failed; what is told of it is for who started it to say."""
        self._failed("".join(plain(each) for each in renderables))

    def _fatal_error(self) -> None:
        self._failed(traceback_text())

    def _failed(self, told: str) -> None:
        # Not set where it was the thread that reads the keys.
        self._return_code = 1
        self.failure = self.failure or told
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        """Leave as `q` does, also from the palette and by Ctrl-Q."""
        self.action_leave()

    def action_leave(self) -> None:
        """Leave, after asking while a program depends on us."""
        self.rest(_WHILE_ASKED_S)
        if self._leave is Leave.QUIT or self._has_ended:
            self.exit(Way.QUIT)
        elif not isinstance(self.screen, AskHowToLeave):
            self.push_screen(AskHowToLeave(self._leave), self._left)

    def exit(
        self,
        result: Way | None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """Close the screen, which comes before all that is to be read yet."""
        self.rest(_WHILE_CLOSED_S)
        super().exit(result, return_code, message)

    def action_interrupt(self) -> None:
        """Pass the first Ctrl-C on to the program that we started; else leave."""
        if isinstance(self.screen, AskHowToLeave):
            # Asked twice: out, by the shortest way.
            self.exit(Way.STOP if self._leave is Leave.RUN else Way.QUIT)
        elif self._interrupt is None or self._has_ended:
            self.action_leave()
        elif self._interrupted:
            self.exit(Way.STOP)
        else:
            self._interrupted = True
            with contextlib.suppress(OSError):
                self._interrupt()
            said = "SIGINT sent to the program; Ctrl-C again stops it and quits"
            self.notify(said, markup=False)

    def action_suspend_process(self) -> None:
        """Stop as a shell's Ctrl-Z stops any program."""
        if self._suspension is not None:
            self._suspension.stop()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._suspension is None or not self._suspension.is_on:
            super()._display(screen, renderable)

    def on_resize(self) -> None:
        """Draw all of it: a terminal that is as large as before was another size in between."""
        if self._when_drawn is None:
            self.call_after_refresh(self._draw_anew)

    def _draw_anew(self) -> None:
        self.refresh(layout=True)

    def let_go(self) -> None:
        """Leave the terminal alone: the screen is closed, however that went."""
        let_go(self._driver)

    def _interrupt_from_outside(self) -> None:
        """Do as Ctrl-C does under a program that we started; nobody else is there to be asked."""
        if self._interrupt is None:
            self._end_by(signal.SIGINT)
        else:
            self.action_interrupt()

    def _end_if_hung_up(self) -> None:
        if is_hung_up(0):
            self._end_by(signal.SIGHUP)

    def _end_by(self, number: int) -> None:
        self.signal_number = number
        if self._suspension is not None:
            self._suspension.give_up()
        self.exit()

    @property
    def _has_ended(self) -> bool:
        return self._feed.frame().status.phase is Phase.ENDED

    def _left(self, way: Way | None) -> None:
        if way is not None:
            self.exit(way)

    def _toggle_dark(self) -> None:
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def _restyle(self, _theme: Theme) -> None:
        viewer = self.default_screen
        if isinstance(viewer, Viewer):
            viewer.restyle()

    def _runner(self, action: str) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, action, self.screen)

        return run
