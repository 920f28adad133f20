"""Why a program is over, in plain words: who killed it, as far as the kernel's counters tell."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gctui.events import Process
    from gctui.sources.oom import KillCount, OomKills

KILLED = 128 + signal.SIGKILL
"""The exit code of what SIGKILL ended, and of a shell or container that passes it on."""

_SENDERS = "kill -9, a supervisor, systemd-oomd or earlyoom"
_MIB = 1 << 20
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended."""

    how: str
    """In few words."""
    explained: str = ""
    """In a sentence; empty where nothing needs explaining."""


def ending(how: str, exit_code: int | None, kills: OomKills, last: Process | None) -> Ending:
    """Return how a program ended that `how` tells of.

    `exit_code` is None where nobody was told it, `last` the last that was seen of the process.
    """
    if kills.group is not None and kills.group.rose and exit_code != 0:
        return _out_of_memory(how, exit_code, kills.group, last)
    if exit_code == KILLED:
        return Ending(how, _not_by_its_group(how, kills))
    return Ending(how)


def ended_by_gctui(how: str) -> Ending:
    """Return the end of a program that gctui killed, as its user had asked for."""
    return Ending(how, f"{how}: by gctui, because SIGTERM had not ended it")


def _out_of_memory(
    how: str, exit_code: int | None, count: KillCount, last: Process | None
) -> Ending:
    facts = "; ".join([str(count), *_memory(count.limit_bytes, last)])
    if exit_code == KILLED:
        return Ending(f"{how} (OOM)", f"{how}: by the kernel's OOM killer ({facts})")
    if exit_code is None:
        return Ending(f"{how} (OOM)", f"{how}: by the kernel's OOM killer, as it seems ({facts})")
    meanwhile = "the kernel's OOM killer has killed in its control group meanwhile"
    return Ending(how, f"{how}; {meanwhile} ({facts})")


def _memory(limit_bytes: int | None, last: Process | None) -> list[str]:
    """Return what was too little, and how much of it the program had."""
    facts = []
    if limit_bytes is not None:
        facts.append(f"limit {_size(limit_bytes)}")
    elif last is not None and last.machine_bytes is not None:
        facts.append(f"no limit is set on the group, the machine has {_size(last.machine_bytes)}")
    if last is not None and last.rss_bytes is not None:
        facts.append(f"RSS last seen {_size(last.rss_bytes)}")
    return [", ".join(facts)] if facts else []


def _not_by_its_group(how: str, kills: OomKills) -> str:
    group, machine = kills.group, kills.machine
    if machine is not None and machine.rose:
        return (
            f"{how}, and not by its own control group's OOM killer; but the kernel has killed for "
            f"lack of memory elsewhere on this machine meanwhile ({machine}): if it ran in another "
            f"group, a container's, look there (dmesg tells whom); else someone sent it: {_SENDERS}"
        )
    counted = group or machine
    if counted is None:
        return f"{how}: whether by the kernel's OOM killer is not to be read here; dmesg may tell"
    return f"{how}, and not by the kernel's OOM killer ({counted}): someone sent it: {_SENDERS}"


def _size(size_bytes: int) -> str:
    if size_bytes >= 10 * _GIB:
        return f"{size_bytes / _GIB:.1f} GiB"
    return f"{size_bytes / _MIB:.0f} MiB"
