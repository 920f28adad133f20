"""Why a program cannot be read from outside: one reason, in words that say what would help."""

from __future__ import annotations

from gctui.errors import GctuiError


class CannotRead(GctuiError):
    """The counters of this program are out of reach; the message says why and what would help."""


class NotGo(CannotRead):
    """No Go program, or none that says so."""


class Gone(CannotRead):
    """The program has ended, or has become another one by exec."""
