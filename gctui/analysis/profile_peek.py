"""Who calls a function and whom it calls, with what each of them brings: `go tool pprof -peek`."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from gctui.analysis.profile_nodes import Nodes, function_nodes, pruned
from gctui.analysis.profile_pattern import NamePattern
from gctui.model.profile import Profile, Sample


@dataclass(frozen=True, slots=True)
class PeekEntry:
    """One function between its callers and its callees, the largest of each first."""

    function: str
    flat: int
    cum: int
    callers: list[tuple[str, int]]
    callees: list[tuple[str, int]]


def peek(profile: Profile, type_index: int, pattern: str) -> list[PeekEntry]:
    """Return the functions whose name `pattern` is found in, the largest first.

    A call that is on a stack several times is counted once; calls of a function by itself are left
    out. Raises GctuiError for a bad pattern.
    """
    wanted = NamePattern(pattern)
    profile = pruned(profile)
    nodes = function_nodes(profile)
    found = {number: _Found() for number, name in enumerate(nodes.names) if wanted.found_in(name)}
    for sample in profile.samples:
        value = sample.values[type_index]
        if value and sample.stack:
            _add(found, nodes, sample, value)
    entries = [_entry(nodes, node, each) for node, each in found.items() if each.flat or each.cum]
    return sorted(entries, key=lambda entry: (-abs(entry.flat), entry.function, -abs(entry.cum)))


@dataclass(slots=True)
class _Found:
    flat: int = 0
    cum: int = 0
    callers: dict[int, int] = field(default_factory=dict)
    callees: dict[int, int] = field(default_factory=dict)


def _add(found: dict[int, _Found], nodes: Nodes, sample: Sample, value: int) -> None:
    stack = list(nodes.of_stack(sample))
    wanted = found.keys() & stack
    if not wanted:
        return
    for node in wanted:
        found[node].cum += value
    if stack[-1] in found:
        found[stack[-1]].flat += value
    for caller, callee in set(pairwise(stack)):
        if caller == callee:
            continue
        if callee in found:
            callers = found[callee].callers
            callers[caller] = callers.get(caller, 0) + value
        if caller in found:
            callees = found[caller].callees
            callees[callee] = callees.get(callee, 0) + value


def _entry(nodes: Nodes, node: int, found: _Found) -> PeekEntry:
    return PeekEntry(
        function=nodes.names[node],
        flat=found.flat,
        cum=found.cum,
        callers=_sorted(nodes, found.callers),
        callees=_sorted(nodes, found.callees),
    )


def _sorted(nodes: Nodes, values: dict[int, int]) -> list[tuple[str, int]]:
    named = [(nodes.names[node], value) for node, value in values.items()]
    return sorted(named, key=lambda item: (-abs(item[1]), item[0]))
