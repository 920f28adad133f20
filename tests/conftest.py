"""What holds for every test."""

from __future__ import annotations

import signal
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

USUAL: Mapping[signal.Signals, Any] = MappingProxyType(
    {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGQUIT: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
)


def pytest_configure() -> None:
    """Let signals end the programs under test; what started the tests may ignore them.

    A shell does so for what runs in its background, nohup for a hang-up, and children inherit it.
    """
    for number, handler in USUAL.items():
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, handler)
