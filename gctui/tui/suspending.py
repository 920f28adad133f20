"""Ctrl-Z: gctui stops as any program of a shell does, and draws all anew when it goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

from textual.drivers.linux_driver import LinuxDriver

_LOOK_AGAIN_S = 0.2


class Suspension:
    """Gives the terminal back while gctui is stopped, and until it is in the foreground again.

    The event loop runs while a shell's `bg` lets gctui go on: what the program writes is read.
    """

    def __init__(
        self,
        driver: LinuxDriver,
        redraw: Callable[[], None],
        pass_signal: Callable[[int], None] | None,
    ) -> None:
        self._driver = driver
        self._redraw = redraw
        self._pass_signal = pass_signal
        """For a program that gctui has started, and that is not of the shell's job."""
        self._loop = asyncio.get_running_loop()
        self._is_continued_unasked = False
        self.is_on = False
        """The terminal is not ours: nothing may be written to it."""

    def install(self) -> None:
        """Take over what the driver would do, which stops for ever where no shell waits."""
        self._loop.add_signal_handler(signal.SIGTSTP, self.stop)
        self._loop.add_signal_handler(signal.SIGCONT, self._continued)

    def stop(self) -> None:
        """Give the terminal back and stop, with all of the shell's job."""
        if self.is_on:
            return
        self.is_on = True
        self._driver.suspend_application_mode()
        # The kernel's own stop, not SIGSTOP: it leaves alone what nobody could ever continue.
        self._loop.remove_signal_handler(signal.SIGTSTP)
        if self._pass_signal is not None:
            # A program that went on while nobody reads would be stopped by its full pipe anyway.
            self._pass_signal(signal.SIGTSTP)
        os.killpg(os.getpgrp(), signal.SIGTSTP)
        self._loop.call_later(_LOOK_AGAIN_S, self._not_stopped)

    def _not_stopped(self) -> None:
        """Go on where the stop had no effect, because no shell could end it."""
        self._continue_program()
        self._take_terminal_back()

    def _continue_program(self) -> None:
        if self._pass_signal is not None:
            self._pass_signal(signal.SIGCONT)

    def give_up(self) -> None:
        """Let the app end where it is, without a touch of the terminal that is another's now."""
        if self.is_on:
            self._driver.attrs_before = None
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)

    def _continued(self) -> None:
        if not self.is_on:
            # SIGSTOP gave no warning: the shell has drawn on the screen, and reset its modes.
            self.is_on = self._is_continued_unasked = True
        self._continue_program()
        self._take_terminal_back()

    def _take_terminal_back(self) -> None:
        if not self.is_on:
            return
        if not _is_in_foreground():
            self._loop.call_later(_LOOK_AGAIN_S, self._take_terminal_back)
            return
        if self._is_continued_unasked:
            self._is_continued_unasked = False
            self._driver.suspend_application_mode()
        self._loop.add_signal_handler(signal.SIGTSTP, self.stop)
        self._driver.resume_application_mode()
        self.is_on = False
        self._redraw()


def _is_in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        # No terminal any more: nobody will bring gctui to its foreground.
        return True
