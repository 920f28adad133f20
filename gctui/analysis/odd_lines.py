"""Lines that were no plain trace lines: torn ones, those of a newer Go, and look-alikes."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.neutral import neutral
from gctui.model.snapshot import Snapshot

_MOST_EXTRAS = 3
_LONGEST_EXTRA, _LONGEST_EXPECTED = 60, 200


def odd_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each sort: how many there were, and what became of them."""
    if repaired := snapshot.count("repaired"):
        at = f", the last at line {snapshot.repaired[-1].line}" if snapshot.repaired else ""
        yield f"{_counted(repaired)} put together again from pieces{at}"
    if repeated := snapshot.count("repeated"):
        what = "repeats the one before and is" if repeated == 1 else "repeat those before and are"
        yield f"{_counted(repeated)} {what} left out"
    if extended := snapshot.count("extended"):
        told = dict.fromkeys(event.around.extra or "" for event in reversed(snapshot.extended))
        shown = "; ".join(
            neutral(extra.strip(" ,"), _LONGEST_EXTRA) for extra in [*told][:_MOST_EXTRAS]
        )
        have = "has" if extended == 1 else "have"
        yield f"{_counted(extended)} {have} fields that gctui does not know yet: {shown}"
    if unparsed := snapshot.count("unparsed"):
        last = snapshot.unparsed[-1]
        expected = neutral(last.expected, _LONGEST_EXPECTED)
        place = f"line {last.line}, column {last.column}: expected {expected}"
        if unparsed == 1:
            yield f"1 line looks like a trace line and is not: {place}"
        else:
            yield f"{unparsed} lines look like trace lines and are not, the last at {place}"


def _counted(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"
