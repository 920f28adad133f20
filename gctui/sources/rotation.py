"""Rotated logs in the order in which they were written, however a shell lists them.

`app.log*` gives `app.log app.log.1 app.log.2.gz`, the newest first. Known are the names that
logrotate makes (`app.log.2`, `app.log-20260131`, each maybe packed), those of the kubelet
(`0.log.20260131-235959`) and of lumberjack (`app-2026-01-31T23-59-59.000.log`). Numbers count
down towards the newest as logrotate's do, or up as those of `split` do: which way, the files tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from gctui.sources.glance import are_one_run, direction, glance

_PACKED = re.compile(r"\.(?:gz|zst)$")
_NUMBERED = re.compile(r"(.+)\.([0-9]{1,4})")
_DAY = r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
_TIME = r"[-_T]?[0-9]{2}(?:[-:]?[0-9]{2}){0,2}(?:\.[0-9]{1,9})?"
_STAMP = rf"{_DAY}(?:{_TIME})?"
_DATED_BEHIND = re.compile(rf"(.+)[-.]({_STAMP})")
_DATED_WITHIN = re.compile(rf"(.+)[-.]({_STAMP})(\.[A-Za-z]+)")

_DATED, _COUNTED, _CURRENT = range(3)


@dataclass(frozen=True, slots=True)
class _Name:
    """What a file's name tells of its place in a set."""

    given: str
    log: str
    """The name of the log that is written to now."""
    kind: int = _CURRENT
    """The dated are the oldest; the one that is written to now is the last."""
    mark: str = ""
    """The date, or the number."""


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names, those of one set from its oldest to its newest where its first stood."""
    return [name for run, _ in _sets(names) for name in run]


def runs_of(names: Iterable[str]) -> list[list[str]]:
    """Return the files of each rotated log together, in their order; every other one alone."""
    runs: list[list[str]] = []
    for members, is_one_run in _sets(names):
        runs += [members] if is_one_run else [[name] for name in members]
    return runs


def _sets(names: Iterable[str]) -> Iterable[tuple[list[str], bool]]:
    """Yield those that share a log's name, in order, and whether they are that one log."""
    sets: dict[str, list[_Name]] = {}
    for name in names:
        read = _read(name)
        sets.setdefault(read.log, []).append(read)
    for members in sets.values():
        yield _ordered(members)


def _ordered(members: Sequence[_Name]) -> tuple[list[str], bool]:
    """Tell a rotated log from what someone has numbered: `run.1 run.2` are as they are named.

    Unless each of those begins with the collection behind the last one of another.
    """
    given = [member.given for member in members]
    if len(members) == 1:
        return given, True
    has_current = any(member.kind == _CURRENT for member in members)
    is_log = has_current or "log" in PurePath(members[0].log).name
    counted = sorted((each for each in members if each.kind == _COUNTED), key=_number)
    if not is_log and len(counted) < len(members):
        return given, False
    if len(counted) > 1:
        seen = [glance(member.given) for member in counted]
        goes_up = direction(seen) or (1 if _is_padded(counted) and not has_current else -1)
        counted, seen = counted[::goes_up], seen[::goes_up]
        if not is_log and not are_one_run(seen):
            return given, False
    dated = sorted((each for each in members if each.kind == _DATED), key=lambda each: each.mark)
    current = [each for each in members if each.kind == _CURRENT]
    return [member.given for member in [*dated, *counted, *current]], True


def _number(member: _Name) -> int:
    return int(member.mark)


def _is_padded(members: Sequence[_Name]) -> bool:
    """Tell the numbers of `split` and its like, `.00 .01`, from those of logrotate."""
    return any(len(member.mark) > 1 and member.mark[0] == "0" for member in members)


def _read(name: str) -> _Name:
    path = PurePath(name)
    plain = _PACKED.sub("", path.name)
    if found := _NUMBERED.fullmatch(plain):
        return _Name(name, str(path.with_name(found[1])), _COUNTED, found[2])
    for pattern in (_DATED_WITHIN, _DATED_BEHIND):
        if found := pattern.fullmatch(plain):
            log = found[1] + (found[3] if pattern is _DATED_WITHIN else "")
            return _Name(name, str(path.with_name(log)), _DATED, found[2])
    return _Name(name, str(path.with_name(plain)) if path.name else name)
