"""The ledger as a table: every part, mapped and resident, and how it is known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, size_in_short
from gctui.model.parts import Certainty, Ledger, Part

_SHOWN_MIB, _SHOWN_IN_SHORT_MIB = 0.05, 0.5
_NAME_WIDTH = 18
_LONGEST_EVIDENCE = 160
_FIGURE = re.compile(r"[0-9.]+")


def ladder_lines(split: Ledger, *, full: bool = True) -> Iterator[str]:
    """Yield the table where the counters tell what is mapped; nothing elsewhere.

    Not `full`: without how it is known, and without parts that hardly count.
    """
    if not split.mapped_mib or split.rss_mib is None:
        return
    least_mib = _SHOWN_MIB if full else _SHOWN_IN_SHORT_MIB
    parts = [part for part in split.parts if max(part.mib, part.mapped_mib or 0.0) >= least_mib]
    said = _told_once(parts)
    of_go = f"~{size_in_short(split.mapped_resident_mib)}"
    sys_is = "all that the runtime mapped, and what of it the OS backs with memory"
    rows = [
        ("where the memory is", "mapped", "resident", said.heading),
        *((*_figures(part), text) for part, text in zip(parts, said.texts, strict=True)),
        ("Go's Sys", size_in_short(split.mapped_mib), of_go, sys_is),
        ("in all", UNKNOWN, size_in_short(split.rss_mib), "RSS, as the OS counts it"),
    ]
    rows += [("", "", "", f"several of these: {clause}") for clause in said.below if full]
    for name, mapped, resident, evidence in rows:
        line = f"  {name:<{_NAME_WIDTH}} {mapped:>10} {resident:>11}"
        yield f"{line}  {evidence}".rstrip() if full else line


@dataclass(frozen=True, slots=True)
class _Told:
    """How the parts are known, what several say alike taken out."""

    heading: str
    texts: list[str]
    below: list[str]


def _told_once(parts: Sequence[Part]) -> _Told:
    """Name the most frequent source in the heading, and what several rows add below the table."""
    evidence = [part.evidence for part in parts]
    sources = Counter(text.partition(": ")[0] for text in evidence if ": " in text)
    source, times = next(iter(sources.most_common(1)), ("", 0))
    if times < 2:
        return _Told("how it is known", [_cut(text) for text in evidence], [])
    split = [text.removeprefix(f"{source}: ").split("; ") for text in evidence]
    kinds = Counter(kind for _, *others in split for kind in {_kind(each) for each in others})
    common = {kind for kind, count in kinds.items() if count > 1}
    texts = [
        _cut("; ".join([first, *(each for each in others if _kind(each) not in common)]))
        for first, *others in split
    ]
    # What has a row of its own needs no other mention.
    below = [
        clause
        for clause in dict.fromkeys(each for _, *others in split for each in others)
        if _kind(clause) in common and not any(clause.endswith(part.name) for part in parts)
    ]
    return _Told(f"how it is known: {_cut(source)}, or as said", texts, list(map(_cut, below)))


def _kind(clause: str) -> str:
    """Return what a clause says, whatever its figures are."""
    return _FIGURE.sub("", clause)


def _cut(text: str) -> str:
    return neutral(text, _LONGEST_EVIDENCE)


def _figures(part: Part) -> tuple[str, str, str]:
    mapped = UNKNOWN if part.mapped_mib is None else size_in_short(part.mapped_mib)
    sign = "" if part.certainty is Certainty.EXACT else "~"
    is_resident = part.mib >= _SHOWN_MIB or part.mapped_mib is None
    resident = sign + size_in_short(part.mib) if is_resident else UNKNOWN
    return part.name, mapped, resident
