"""The GODEBUG variable: what the user set, and the trace keys to add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gctui.errors import GctuiError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHED_EVERY_MS = "1000"
# The runtime's key and the value that a bare name stands for.
_TRACES = {
    "gctrace": ("gctrace", "1"),
    "scavtrace": ("scavtrace", "1"),
    "sched": ("schedtrace", _SCHED_EVERY_MS),
    "schedtrace": ("schedtrace", _SCHED_EVERY_MS),
    "scheddetail": ("scheddetail", "1"),
    "pacer": ("gcpacertrace", "1"),
    "gcpacertrace": ("gcpacertrace", "1"),
    "init": ("inittrace", "1"),
    "inittrace": ("inittrace", "1"),
}


def effective(existing: str) -> dict[str, str]:
    """Return the keys of a GODEBUG text as Go reads them: the last entry of a key wins.

    Spaces belong to the key (` gctrace` is none that Go knows); an entry without `=` is nothing.
    """
    entries = (entry.partition("=") for entry in existing.split(","))
    return {key: value for key, equals, value in entries if equals}


def merge_godebug(existing: str, wanted: Mapping[str, str]) -> str:
    """Return `existing`, untouched, followed by those wanted keys that it does not set."""
    added = added_to(existing, wanted)
    if not added or not existing:
        return existing or added
    return existing + added if existing.endswith(",") else f"{existing},{added}"


def added_to(existing: str, wanted: Mapping[str, str]) -> str:
    """Return the wanted keys that `existing` does not set, as GODEBUG has them."""
    present = effective(existing)
    return ",".join(f"{key}={value}" for key, value in wanted.items() if key not in present)


def parse_trace_option(text: str) -> dict[str, str]:
    """Read `gctrace,scavtrace,sched=1000,pacer` into the runtime's keys and values.

    Raises GctuiError for a name that is no trace, or a value that is no number.
    """
    wanted: dict[str, str] = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        name, equals, value = entry.partition("=")
        if name not in _TRACES:
            raise GctuiError(f"unknown trace '{name}': choose from {', '.join(_TRACES)}")
        key, usual = _TRACES[name]
        wanted[key] = _number(entry, value) if equals else usual
    if "scheddetail" in wanted:
        # On its own the runtime prints nothing for it.
        wanted.setdefault("schedtrace", _SCHED_EVERY_MS)
    return wanted


def _number(entry: str, value: str) -> str:
    # The runtime keeps these in 32 bits and silently ignores what does not fit.
    if not (value.isascii() and value.isdigit() and int(value) < 1 << 31):
        raise GctuiError(f"trace '{entry}': the value must be a whole number below 2^31")
    return value
