"""Some of very many values, each as likely kept as any other, in the order in which they came.

The choice is made by a generator with a fixed seed: the same values leave the same sample.
"""

from __future__ import annotations

from random import Random

SAMPLE_SIZE = 4096
_SEED = 0x6763747569


class Reservoir:
    """Keeps all values, or of more than `size` an even choice (algorithm R, Vitter 1985)."""

    __slots__ = ("_kept", "_random", "_size", "count")

    def __init__(self, size: int = SAMPLE_SIZE) -> None:
        self._size = size
        self._kept: list[tuple[int, float]] = []
        self._random = Random(_SEED)  # noqa: S311 - a fair choice, and no secret
        self.count = 0
        """Of the values that were added."""

    def add(self, value: float) -> None:
        """Take one value up."""
        if self.count < self._size:
            self._kept.append((self.count, value))
        else:
            place = int(self._random.random() * (self.count + 1))
            if place < self._size:
                self._kept[place] = (self.count, value)
        self.count += 1

    def values(self) -> list[float]:
        """Return the values that are kept, in the order in which they came."""
        return [value for _, value in sorted(self._kept)]
