"""Copies of a state that go on by themselves."""

from __future__ import annotations

from array import array
from collections import deque
from typing import Any, TypeVar, cast

_Part = TypeVar("_Part")


def forked(part: _Part, owners: tuple[type, ...]) -> _Part:
    """Return a copy of an object of one of `owners`, or of a container of such.

    What is neither is shared: it never changes.
    """
    return cast("_Part", _forked(part, owners))


def _forked(part: Any, owners: tuple[type, ...]) -> Any:
    if isinstance(part, dict):
        copied = part.copy()
        for key, value in part.items():
            copied[key] = _forked(value, owners)
        return copied
    if isinstance(part, array | list):
        return part[:]
    if isinstance(part, deque):
        return part.copy()
    if not isinstance(part, owners):
        return part
    cls: Any = type(part)
    copied = cls.__new__(cls)
    for name in _attributes(part):
        setattr(copied, name, _forked(getattr(part, name), owners))
    return copied


def _attributes(part: object) -> list[str]:
    slots = [name for cls in type(part).__mro__ for name in getattr(cls, "__slots__", ())]
    return slots or [*vars(part)]
