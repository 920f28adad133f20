"""A terminal that is gone: its window closed, its connection lost."""

from __future__ import annotations

import select

from textual.drivers.linux_driver import LinuxDriver


def is_hung_up(descriptor: int) -> bool:
    """Tell whether the other side of a terminal is closed; nobody need have sent a SIGHUP."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def let_go(driver: object) -> None:
    """End the thread that reads keys: of a terminal that is gone it would read nothing for ever.

    Textual ends it itself, unless what it writes to the terminal before fails.
    """
    if isinstance(driver, LinuxDriver):
        driver.exit_event.set()
