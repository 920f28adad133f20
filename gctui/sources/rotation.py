"""Rotated logs in the order in which they were written, however a shell lists them.

`app.log*` gives `app.log app.log.1 app.log.2.gz`, the newest first. Known are the names that
logrotate makes (`app.log.2`, `app.log-20260131`, each maybe packed), those of the kubelet
(`0.log.20260131-235959`) and of lumberjack (`app-2026-01-31T23-59-59.000.log`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

_PACKED = re.compile(r"\.(?:gz|zst)$")
_NUMBERED = re.compile(r"(.+)\.([0-9]{1,4})")
_DAY = r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
_TIME = r"[-_T]?[0-9]{2}(?:[-:]?[0-9]{2}){0,2}(?:\.[0-9]{1,9})?"
_STAMP = rf"{_DAY}(?:{_TIME})?"
_DATED_BEHIND = re.compile(rf"(.+)[-.]({_STAMP})")
_DATED_WITHIN = re.compile(rf"(.+)[-.]({_STAMP})(\.[A-Za-z]+)")


_CURRENT = (2, 0, "")


@dataclass(frozen=True, slots=True)
class _Name:
    """What a file's name tells of its place in a set."""

    log: str
    """The name of the log that is written to now."""
    order: tuple[int, int, str]
    """The oldest first: by date, then by number, and the one that is written to last."""


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names, those of one set from its oldest to its newest where its first stood."""
    sets: dict[str, list[tuple[_Name, str]]] = {}
    for name in names:
        read = _read(name)
        sets.setdefault(read.log, []).append((read, name))
    return [name for members in sets.values() for name in _sorted(members)]


def runs_of(names: Iterable[str]) -> list[list[str]]:
    """Return the files of each rotated log together, in their order; every other one alone."""
    sets: dict[str, list[tuple[_Name, str]]] = {}
    for name in names:
        read = _read(name)
        sets.setdefault(read.log, []).append((read, name))
    runs: list[list[str]] = []
    for members in sets.values():
        if _is_set(members):
            runs.append(_sorted(members))
        else:
            runs += [[name] for _, name in members]
    return runs


def _sorted(members: Sequence[tuple[_Name, str]]) -> list[str]:
    if not _is_set(members):
        return [name for _, name in members]
    return [name for _, name in sorted(members, key=lambda member: member[0].order)]


def _is_set(members: Sequence[tuple[_Name, str]]) -> bool:
    """Tell a rotated log from what someone has numbered: `run.1 run.2` are as they are named."""
    has_current = any(read.order == _CURRENT for read, _ in members)
    return has_current or "log" in PurePath(members[0][0].log).name


def _read(name: str) -> _Name:
    path = PurePath(name)
    plain = _PACKED.sub("", path.name)
    if found := _NUMBERED.fullmatch(plain):
        return _Name(str(path.with_name(found[1])), (1, -int(found[2]), ""))
    for pattern in (_DATED_WITHIN, _DATED_BEHIND):
        if found := pattern.fullmatch(plain):
            log = found[1] + (found[3] if pattern is _DATED_WITHIN else "")
            return _Name(str(path.with_name(log)), (0, 0, found[2]))
    return _Name(str(path.with_name(plain)) if path.name else name, _CURRENT)
