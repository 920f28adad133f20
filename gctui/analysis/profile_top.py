"""What each function holds itself (flat) and with all it called (cum): `go tool pprof -top`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from gctui.analysis.profile_error import sample_variance
from gctui.analysis.profile_nodes import Nodes, function_nodes, pruned
from gctui.model.profile import Profile

By = Literal["flat", "cum"]


@dataclass(frozen=True, slots=True)
class TopRow:
    """One function, with values in the sample type's own unit."""

    function: str
    file: str
    """Where it is; of a name that several files use, one of them."""
    flat: int
    cum: int
    flat_error: float | None = None
    """One standard deviation, from sampling; None where nothing is known of it."""
    cum_error: float | None = None


def top(profile: Profile, type_index: int, by: By = "flat") -> list[TopRow]:
    """Return the functions, the largest first, in pprof's order: by value, then by name.

    A function that is on a stack several times is counted once in `cum`.
    """
    profile = pruned(profile)
    nodes = function_nodes(profile)
    sums = _sums(profile, nodes, type_index)
    rows = [
        _row(nodes, node, sums)
        for node in range(len(nodes.names))
        if sums.flat[node] or sums.cum[node]
    ]
    return sorted(rows, key=_flat_order if by == "flat" else _cum_order)


SMALL_SHARE = 0.005
"""Of all: what holds less is left out where the table is to be short, as pprof does it."""


def least_cum(rows: Sequence[TopRow]) -> int:
    """Return what `cum` a function must reach to be shown in a short table of all `rows`.

    In the sample type's unit. It is a share of the sum with its signs, so that of a difference
    where as much came as went nothing is left out.
    """
    return abs(int(sum(row.flat for row in rows) * SMALL_SHARE))


@dataclass(slots=True)
class _Sums:
    flat: list[int]
    cum: list[int]
    flat_variance: list[float] | None
    cum_variance: list[float] | None


def _sums(profile: Profile, nodes: Nodes, type_index: int) -> _Sums:
    many = len(nodes.names)
    flat, cum = [0] * many, [0] * many
    flat_variance, cum_variance = [0.0] * many, [0.0] * many
    variance_of = sample_variance(profile, type_index)
    by_location = nodes.by_location
    for sample in profile.samples:
        value = sample.values[type_index]
        if not value or not sample.stack:
            continue
        on_stack = {node for place in sample.stack for node in by_location[place]}
        leaf = by_location[sample.stack[0]][0]
        flat[leaf] += value
        for node in on_stack:
            cum[node] += value
        if variance_of is not None:
            variance = variance_of(sample)
            flat_variance[leaf] += variance
            for node in on_stack:
                cum_variance[node] += variance
    if variance_of is None:
        return _Sums(flat, cum, None, None)
    return _Sums(flat, cum, flat_variance, cum_variance)


def _row(nodes: Nodes, node: int, sums: _Sums) -> TopRow:
    return TopRow(
        function=nodes.names[node],
        file=nodes.files[node],
        flat=sums.flat[node],
        cum=sums.cum[node],
        flat_error=None if sums.flat_variance is None else sqrt(sums.flat_variance[node]),
        cum_error=None if sums.cum_variance is None else sqrt(sums.cum_variance[node]),
    )


def _flat_order(row: TopRow) -> tuple[int, str, int]:
    return -abs(row.flat), row.function, -abs(row.cum)


def _cum_order(row: TopRow) -> tuple[int, str, int]:
    return -abs(row.cum), row.function, -abs(row.flat)
