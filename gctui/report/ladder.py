"""The ledger as a table: every part, mapped and resident, and how it is known."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, size
from gctui.model.parts import Certainty, Ledger, Part

_SHOWN_MIB = 0.05
_NAME_WIDTH = 18
_LONGEST_EVIDENCE = 160


def ladder_lines(split: Ledger) -> Iterator[str]:
    """Yield the table where the counters tell what is mapped; nothing elsewhere."""
    if not split.mapped_mib or split.rss_mib is None:
        return
    yield _row("where the memory is", "mapped", "resident", "how it is known")
    for part in split.parts:
        if part.mib >= _SHOWN_MIB or (part.mapped_mib or 0.0) >= _SHOWN_MIB:
            yield _part_row(part)
    of_go = f"~{size(_rounded(split.mapped_resident_mib))}"
    said = "all that the runtime mapped, and what of it the OS backs with memory"
    yield _row("Go's Sys", size(_rounded(split.mapped_mib)), of_go, said)
    yield _row("in all", UNKNOWN, size(_rounded(split.rss_mib)), "RSS, as the OS counts it")


def _part_row(part: Part) -> str:
    mapped = UNKNOWN if part.mapped_mib is None else size(_rounded(part.mapped_mib))
    sign = "" if part.certainty is Certainty.EXACT else "~"
    is_resident = part.mib >= _SHOWN_MIB or part.mapped_mib is None
    resident = sign + size(_rounded(part.mib)) if is_resident else UNKNOWN
    return _row(part.name, mapped, resident, neutral(part.evidence, _LONGEST_EVIDENCE))


def _rounded(mib: float) -> float:
    return round(mib, 1) if mib < 10 else round(mib)


def _row(name: str, mapped: str, resident: str, evidence: str) -> str:
    return f"  {name:<{_NAME_WIDTH}} {mapped:>10} {resident:>11}  {evidence}"
