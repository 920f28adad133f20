"""Some of very many things, each as likely kept as any other, in the order in which they came.

The choice is made by a generator with a fixed seed: the same things leave the same sample.
"""

from __future__ import annotations

from random import Random
from typing import Generic, TypeVar

SAMPLE_SIZE = 4096
_SEED = 0x6763747569

_T = TypeVar("_T")


class Reservoir(Generic[_T]):
    """Keeps everything, or of more than `size` an even choice (algorithm R, Vitter 1985)."""

    __slots__ = ("_kept", "_random", "_size", "count")

    def __init__(self, size: int = SAMPLE_SIZE) -> None:
        self._size = size
        self._kept: list[tuple[int, _T]] = []
        self._random = Random(_SEED)  # noqa: S311 - a fair choice, and no secret
        self.count = 0
        """Of the things that were added."""

    def add(self, thing: _T) -> None:
        """Take one up."""
        if self.count < self._size:
            self._kept.append((self.count, thing))
        else:
            place = int(self._random.random() * (self.count + 1))
            if place < self._size:
                self._kept[place] = (self.count, thing)
        self.count += 1

    def values(self) -> list[_T]:
        """Return what is kept, in the order in which it came."""
        return [thing for _, thing in sorted(self._kept, key=lambda kept: kept[0])]
