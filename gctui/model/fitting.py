"""Makes parts fit what is resident: they sum to it, and none exceeds what the others leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gctui.model.parts import Certainty, Part, PartName

OUTSIDE = (
    PartName.OUTSIDE,
    "RSS less all that the runtime maps: the binary, cgo, mmap, thread stacks",
)
UNATTRIBUTED = (
    PartName.UNATTRIBUTED,
    "RSS less the parts above: metadata, free spans, binary, cgo, mmap, thread stacks",
)
IN_HEAP = (
    PartName.UNATTRIBUTED,
    "in Go's heap (smaps), and not told apart by the trace: idle pages, free places in spans, "
    "stacks that the GC did not scan",
)
_LEAST_CERTAIN_FIRST = (
    PartName.METADATA,
    PartName.IDLE,
    PartName.SPANS,
    PartName.SINCE_GC,
    PartName.STACKS,
    PartName.ROOTS,
    PartName.LIVE,
)
_LEFT_OPEN = (
    PartName.IDLE,
    PartName.STACKS,
    PartName.ROOTS,
    PartName.UNATTRIBUTED,
    PartName.OUTSIDE,
)
"""Of these nothing tells an upper bound but what is resident."""


def fitted(
    parts: Sequence[Part], whole_mib: float, rest: tuple[PartName, str] = UNATTRIBUTED
) -> list[Part]:
    """Make the parts sum to what is resident.

    Too little: the rest is a part of its own. Too much: it is taken off the least certain, though
    any of them may be what was never touched, and their bounds say so.
    """
    over_mib = sum(part.mib for part in parts) - whole_mib
    if over_mib <= 0:
        name, said = rest
        return [*parts, Part(name, -over_mib, 0.0, -over_mib, Certainty.BOUNDED, said)]
    left_mib = over_mib
    fitting = {part.name: _perhaps_untouched(part, over_mib, whole_mib) for part in parts}
    for name in _LEAST_CERTAIN_FIRST:
        part = fitting.get(name)
        if part is not None:
            less_mib = min(part.mib, left_mib)
            left_mib -= less_mib
            fitting[name] = _less(part, less_mib)
    return list(fitting.values())


def _perhaps_untouched(part: Part, over_mib: float, whole_mib: float) -> Part:
    return replace(
        part,
        low_mib=max(0.0, part.low_mib - over_mib),
        high_mib=min(part.high_mib, whole_mib),
        certainty=Certainty.BOUNDED,
    )


def _less(part: Part, less_mib: float) -> Part:
    if less_mib <= 0:
        return part
    mib = part.mib - less_mib
    said = f"{part.evidence}; {less_mib:.0f} MiB of it cannot be resident at this RSS"
    return replace(part, mib=mib, low_mib=min(part.low_mib, mib), evidence=said)


def bounded(parts: Sequence[Part], whole_mib: float) -> list[Part]:
    """Give the parts that are left open the upper bound that the others leave them."""
    least_mib = sum(part.low_mib for part in parts)
    return [
        replace(part, high_mib=max(part.mib, whole_mib - least_mib + part.low_mib))
        if part.name in _LEFT_OPEN
        else part
        for part in parts
    ]
