"""A quantity over time in bounded memory.

The recent past is kept in full. What is older is folded into buckets that keep their lowest and
their highest point, so that a spike survives however long the stream runs; when there are too many
buckets, neighbours are folded together. NaN is a gap: what is drawn breaks there.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan, nan

RECENT_POINTS = 2048
OLD_POINTS = 2048
_STRIDE = 8


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series at one moment: times in seconds, ascending, and values; they never change."""

    times_s: array[float]
    values: array[float]

    def __len__(self) -> int:
        return len(self.times_s)

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return zip(self.times_s, self.values, strict=True)

    @property
    def last(self) -> float | None:
        """The newest value, None when there is none or it is a gap."""
        value = self.values[-1] if self.values else nan
        return None if isnan(value) else value


EMPTY_VIEW = SeriesView(array("d"), array("d"))


class Series:
    """Points in the order of time; at most `recent + old` points are kept, twice over at worst."""

    __slots__ = ("_old_limit", "_old_t", "_old_v", "_recent", "_stride", "_t", "_v", "_view")

    def __init__(self, recent: int = RECENT_POINTS, old: int = OLD_POINTS) -> None:
        self._recent = recent
        self._old_limit = old
        self._stride = _STRIDE
        self._t, self._v = array("d"), array("d")
        self._old_t, self._old_v = array("d"), array("d")
        self._view: SeriesView | None = None

    def append(self, time_s: float, value: float) -> None:
        """Add a point. A time before the last one is taken as the last one."""
        times = self._t
        if times and time_s < times[-1]:
            time_s = times[-1]
        times.append(time_s)
        self._v.append(value)
        self._view = None
        if len(times) >= 2 * self._recent:
            self._fold()

    def shift(self, by_s: float) -> None:
        """Move everything in time; nothing moves before 0."""
        if len(self):
            self._t = array("d", [max(0.0, time_s + by_s) for time_s in self._t])
            self._old_t = array("d", [max(0.0, time_s + by_s) for time_s in self._old_t])
            self._view = None

    def gap(self, time_s: float) -> None:
        """Break the line at `time_s`."""
        if self._v and not isnan(self._v[-1]):
            self.append(time_s, nan)

    def __len__(self) -> int:
        return len(self._old_t) + len(self._t)

    def view(self) -> SeriesView:
        """Return what is kept, old buckets first; the same object until a point is added."""
        if self._view is None:
            self._view = SeriesView(self._old_t + self._t, self._old_v + self._v)
        return self._view

    def _fold(self) -> None:
        half = self._recent
        thin_t, thin_v = _extremes(self._t[:half], self._v[:half], self._stride)
        self._old_t.extend(thin_t)
        self._old_v.extend(thin_v)
        del self._t[:half], self._v[:half]
        while len(self._old_t) > self._old_limit:
            self._old_t, self._old_v = _extremes(self._old_t, self._old_v, _STRIDE)
            self._stride *= 2


def _extremes(
    times: array[float], values: array[float], stride: int
) -> tuple[array[float], array[float]]:
    """Keep the lowest and the highest point, and a gap, of every `stride` points."""
    thin_t, thin_v = array("d"), array("d")
    for begin in range(0, len(times), stride):
        bucket = values[begin : begin + stride]
        has_gap = isnan(sum(bucket))
        kept = _extremes_and_gap(bucket) if has_gap else _real_extremes(bucket)
        for i in kept:
            thin_t.append(times[begin + i])
            thin_v.append(bucket[i])
    return thin_t, thin_v


def _real_extremes(bucket: array[float]) -> list[int]:
    low, high = bucket.index(min(bucket)), bucket.index(max(bucket))
    if low == high:
        return [low]
    return [low, high] if low < high else [high, low]


def _extremes_and_gap(bucket: array[float]) -> list[int]:
    gaps = [i for i, value in enumerate(bucket) if isnan(value)]
    real = [i for i in range(len(bucket)) if i not in gaps]
    # One gap stands for all: else a stream of restarts would never get thinner.
    kept = {gaps[-1]}
    if real:
        kept |= {min(real, key=bucket.__getitem__), max(real, key=bucket.__getitem__)}
    return sorted(kept)
