"""The columns of the ledger's table, and how a part's amounts are written."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.analysis.units import UNKNOWN, percent, size, size_in_short, size_of_some
from gctui.model.parts import Certainty, Ledger, Part, PartName

_TITLES = ("part", "mapped by Go", "resident", "between", "known", "of RSS")
_LEAST_CELLS = (18, 12, 11, 15, 9, 8)
_MOST_SPARE_CELLS = 5
SIGN_CELLS = 3

_MAPPED_ONLY = (PartName.UNTOUCHED, PartName.RELEASED)
_GIB, _TIB = 1 << 10, 1 << 20


def titles(ledger: Ledger, width_cells: int) -> str:
    """Return the row of titles."""
    texts = list(_TITLES)
    if ledger.rss_mib is None:
        texts[2], texts[5] = "size", ""
    return " " * SIGN_CELLS + _joined(texts, width_cells)


def figures(part: Part, ledger: Ledger, width_cells: int) -> str:
    """Return the row of a part, without its sign."""
    is_resident = part.name not in _MAPPED_ONLY
    texts = (
        part.name,
        _mapped(part),
        _about(part) + size_in_short(part.mib) if is_resident else "",
        interval(part),
        part.certainty,
        share(part, ledger) if is_resident else "",
    )
    return _joined(texts, width_cells)


def resident(ledger: Ledger) -> str:
    """Say what the process takes, and of how much: `RSS 909 MiB of 2.00 GiB limit`."""
    if ledger.rss_mib is None:
        most = (
            "unknown"
            if ledger.most_rss_mib is None
            else f"at most {size(round(ledger.most_rss_mib))}"
        )
        return f"heap {size_of_some(ledger.total_mib)}, RSS {most}" if ledger.parts else ""
    limit = ""
    if ledger.limit_mib is not None:
        limit = f" of {size(ledger.limit_mib)} {ledger.limit_name}"
    return f"RSS {size(ledger.rss_mib)}{limit}"


def totals(ledger: Ledger, width_cells: int) -> list[str]:
    """Return the last rows: Go's Sys against what the OS gives for it, and the process."""
    resident_mib = ledger.total_mib if ledger.rss_mib is None else ledger.rss_mib
    texts = (
        "in all",
        UNKNOWN,
        size_in_short(resident_mib),
        "",
        "",
        "100%" if ledger.rss_mib else "",
    )
    rows = [texts] if not ledger.mapped_mib else [_sys(ledger), texts]
    return [" " * SIGN_CELLS + _joined(row, width_cells) for row in rows]


def _sys(ledger: Ledger) -> tuple[str, ...]:
    mapped, resident_mib = size_in_short(ledger.mapped_mib), ledger.mapped_resident_mib
    if ledger.rss_mib is None:
        return ("Go's Sys", mapped, "", "", "", "")
    share = percent(resident_mib / ledger.rss_mib * 100) if ledger.rss_mib else ""
    return ("Go's Sys", mapped, f"~{size_in_short(resident_mib)}", "", "", share)


def interval(part: Part) -> str:
    """Format the bounds of a part: `0–341 MiB`; nothing where there are none to tell."""
    if part.certainty is Certainty.EXACT:
        return ""
    divisor, unit, most_digits = 1, "MiB", 1
    if part.high_mib >= _TIB:
        divisor, unit, most_digits = _TIB, "TiB", 2
    elif part.high_mib >= _GIB:
        divisor, unit, most_digits = _GIB, "GiB", 2
    bounds = (part.low_mib / divisor, part.high_mib / divisor)
    low, high = (_short(amount, most_digits) for amount in bounds)
    return "" if low == high else f"{low}–{high} {unit}"


def share(part: Part, ledger: Ledger) -> str:
    """Format a part's share of the RSS."""
    return percent(part.mib / ledger.rss_mib * 100) if ledger.rss_mib else ""


def _mapped(part: Part) -> str:
    if part.mapped_mib is None:
        return UNKNOWN
    text = size_in_short(part.mapped_mib)
    # What is in other parts, too, stands in brackets: it is no addend of the column's sum.
    return f"({_about(part)}{text})" if part.name is PartName.UNTOUCHED else text


def _about(part: Part) -> str:
    return "" if part.certainty is Certainty.EXACT else "~"


def _short(amount: float, most_digits: int) -> str:
    """Format an amount, one digit less from 10 on."""
    digits = 0 if amount == 0 else most_digits - (amount >= 10)
    return f"{amount:.{digits}f}"


def _joined(texts: Sequence[str], width_cells: int) -> str:
    spare = (width_cells - SIGN_CELLS - sum(_LEAST_CELLS)) // (len(_LEAST_CELLS) - 1)
    spare = max(0, min(_MOST_SPARE_CELLS, spare))
    first, *others = (
        text.rjust(cells + spare) if place else text.ljust(cells)
        for place, (text, cells) in enumerate(zip(texts, _LEAST_CELLS, strict=True))
    )
    return first + "".join(others)
