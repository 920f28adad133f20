"""Points for a chart of a whole run: all of a short one, the extremes of each stretch of a long."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from gctui.model.series import SeriesView

_MOST_POINTS = 4096
_STRIDE = 8


class ThinnedSeries:
    """At most twice _MOST_POINTS points, whatever comes; a spike survives."""

    __slots__ = ("_every", "_read", "_times", "_values", "_waiting_times", "_waiting_values")

    def __init__(self, read: Callable[[float], float] = float) -> None:
        """`read` makes what comes a value, where it stands for one in the same order."""
        self._read = read
        self._times, self._values = array("d"), array("d")
        self._waiting_times: list[float] = []
        self._waiting_values: list[float] = []
        self._every = 1
        """How many points one of the kept ones stands for."""

    def extend(self, times_s: Sequence[float], values: Sequence[float]) -> None:
        """Add points in the order of time."""
        if self._every == 1:
            self._times.extend(times_s)
            self._values.extend(values)
        else:
            self._waiting_times.extend(times_s)
            self._waiting_values.extend(values)
            self._fold_waiting()
        while len(self._times) > 2 * _MOST_POINTS:
            count = len(self._times)
            self._times, self._values = _extremes(self._times, self._values, _STRIDE, count)
            self._every *= _STRIDE // 2

    def __len__(self) -> int:
        return len(self._times) + len(self._waiting_times)

    def view(self) -> SeriesView:
        """Return what is kept."""
        times = self._times + array("d", self._waiting_times)
        values = self._values + array("d", self._waiting_values)
        return SeriesView(times, array("d", map(self._read, values)))

    def _fold_waiting(self) -> None:
        stride = 2 * self._every
        whole = len(self._waiting_values) // stride * stride
        if not whole:
            return
        times, values = _extremes(self._waiting_times, self._waiting_values, stride, whole)
        self._times.extend(times)
        self._values.extend(values)
        del self._waiting_times[:whole], self._waiting_values[:whole]


def _extremes(
    times: Sequence[float], values: Sequence[float], stride: int, count: int
) -> tuple[array[float], array[float]]:
    """Keep the lowest and the highest point of every `stride` of the first `count`."""
    kept_times, kept_values = array("d"), array("d")
    for begin in range(0, count, stride):
        part = values[begin : begin + stride]
        low, high = part.index(min(part)), part.index(max(part))
        for i in (low, high) if low < high else (high, low):
            kept_times.append(times[begin + i])
            kept_values.append(part[i])
    return kept_times, kept_values
