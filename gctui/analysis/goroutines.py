"""Goroutines by where they were created, and how their numbers grew: a leak shows as one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gctui.events import GoroutineGroup
from gctui.model.counters import Census

Key = tuple[str, str, str]
"""Who created them, where, and which function they are in."""


@dataclass(frozen=True, slots=True)
class Site:
    """The goroutines of one go statement that are in one function."""

    created_by: str
    place: str
    """`file:line` of the go statement, empty for the main goroutine."""
    function: str
    """The function of the program's own that they are in; empty where it is not known."""
    line: str
    """`file:line` there, of most of them."""
    count: int
    growth: int | None
    """Against the census it is compared with; None without one."""
    states: tuple[tuple[str, int], ...]
    """What they do, `("chan receive", 4990)`, the most frequent first."""
    stack_bytes: int
    longest_wait_s: float | None

    @property
    def key(self) -> Key:
        """What makes it the same site in another census."""
        return self.created_by, self.place, self.function


def sites(census: Census, since: Census | None = None) -> list[Site]:
    """Return the creation sites, the most grown first, then the most numerous.

    With `since`, sites that have none left are listed too, with what they lost.
    """
    groups = _by_site(census.groups)
    before = {key: _count(each) for key, each in _by_site(since.groups).items()} if since else {}
    found = [_site(key, each, before if since else None) for key, each in groups.items()]
    found += [
        Site(*key, line="", count=0, growth=-count, states=(), stack_bytes=0, longest_wait_s=None)
        for key, count in before.items()
        if key not in groups
    ]
    return sorted(found, key=lambda site: (-(site.growth or 0), -site.count, site.key))


def states(census: Census) -> list[tuple[str, int]]:
    """Return how many goroutines are in which state or wait for what, the most frequent first."""
    return _states(census.groups)


def _by_site(groups: Iterable[GoroutineGroup]) -> dict[Key, list[GoroutineGroup]]:
    """Group by site; those that were on the move count with most of their kin."""
    found: dict[Key, list[GoroutineGroup]] = {}
    moving: list[GoroutineGroup] = []
    for group in sorted(groups, key=lambda group: -group.count):
        if group.function:
            found.setdefault((group.created_by, group.place, group.function), []).append(group)
        else:
            moving.append(group)
    kin = {key[:2]: key for key in reversed(found)}
    for group in moving:
        at = (group.created_by, group.place)
        found.setdefault(kin.get(at, (*at, "")), []).append(group)
    return found


def _site(
    key: Key,
    groups: list[GoroutineGroup],
    before: dict[Key, int] | None,
) -> Site:
    count = _count(groups)
    waits = [group.longest_wait_s for group in groups if group.longest_wait_s is not None]
    return Site(
        *key,
        line=groups[0].line,
        count=count,
        growth=None if before is None else count - before.get(key, 0),
        states=tuple(_states(groups)),
        stack_bytes=sum(group.stack_bytes for group in groups),
        longest_wait_s=max(waits, default=None),
    )


def _count(groups: list[GoroutineGroup]) -> int:
    return sum(group.count for group in groups)


def _states(groups: Iterable[GoroutineGroup]) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for group in groups:
        name = group.wait_reason or group.status
        counted[name] = counted.get(name, 0) + group.count
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
