"""Two profiles side by side as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gctui.analysis.neutral import neutral
from gctui.analysis.profile_change import Change, ProfileChange
from gctui.analysis.units import UNKNOWN, duration_ms
from gctui.report.compare import escaped, p_shown, signed_percent
from gctui.report.profile import bytes_shown

_LONGEST_NAME = 120


def profile_change_lines(
    found: ProfileChange, base: str, new: str, count: int | None
) -> Iterator[str]:
    """Yield the changes of the functions, the largest first; at most `count` of them."""
    yield f"base  {neutral(base, _LONGEST_NAME)}"
    yield f"new   {neutral(new, _LONGEST_NAME)}"
    yield ""
    yield _sentence(found)
    yield ""
    yield f"{'base':>10} {'new':>10} {'change':>11} {'±':>10} {'p':>6}  function"
    for change in _shown(found.functions, count):
        told = " ".join(
            cell.rjust(width)
            for cell, width in zip(_cells(change, found.unit), (10, 10, 11, 10, 6), strict=True)
        )
        yield f"{told}  {neutral(change.function, _LONGEST_NAME)}"
    yield from _left_out(found.functions, count)


def profile_change_markdown(
    found: ProfileChange, base: str, new: str, count: int | None
) -> Iterator[str]:
    """Yield the same as Markdown."""
    yield "### Profile: base and new"
    yield ""
    yield escaped(_sentence(found))
    yield ""
    yield "| base | new | change | ± | p | function |"
    yield "|---:|---:|---:|---:|---:|---|"
    for change in _shown(found.functions, count):
        name = escaped(neutral(change.function, _LONGEST_NAME))
        yield f"| {' | '.join(_cells(change, found.unit))} | {name} |"
    yield ""
    for left_out in _left_out(found.functions, count):
        yield left_out
        yield ""
    yield f"- base: {escaped(neutral(base, _LONGEST_NAME))}"
    yield f"- new: {escaped(neutral(new, _LONGEST_NAME))}"


def _sentence(found: ProfileChange) -> str:
    whole = found.whole
    was, now = value_shown(whole.base, found.unit), value_shown(whole.new, found.unit)
    if not whole.change:
        return f"{neutral(found.type_name)} is the same: {now}."
    by = f" ({signed_percent(100 * whole.change / whole.base)})" if whole.base > 0 else ""
    said = f"{neutral(found.type_name)} {was} → {now}{by}"
    if whole.is_noise:
        return f"{said}: no more than the noise of sampling, p {p_shown(whole.p)}."
    changed = [each for each in found.functions if not each.is_noise]
    if not changed:
        return f"{said}."
    largest = changed[0]
    name = neutral(largest.function, _LONGEST_NAME)
    return f"{said}, most of it in {name}: {_signed(largest.change, found.unit)}."


def _shown(functions: Sequence[Change], count: int | None) -> Sequence[Change]:
    return [each for each in functions if each.change][:count]


def _left_out(functions: Sequence[Change], count: int | None) -> Iterator[str]:
    changed = sum(1 for each in functions if each.change)
    if count is not None and changed > count:
        yield f"{changed - count} more functions changed: --all shows them"


def _cells(change: Change, unit: str) -> tuple[str, ...]:
    error = UNKNOWN if change.error is None else value_shown(change.error, unit)
    return (
        value_shown(change.base, unit),
        value_shown(change.new, unit),
        "~" if change.is_noise else _signed(change.change, unit),
        error,
        p_shown(change.p),
    )


def _signed(value: float, unit: str) -> str:
    return f"{'−' if value < 0 else '+'}{value_shown(abs(value), unit)}"


def value_shown(value: float, unit: str) -> str:
    """Format a value of a sample type."""
    if value < 0:
        return f"−{value_shown(-value, unit)}"
    if unit == "bytes":
        return bytes_shown(value)
    return duration_ms(value / 1e6) if unit == "nanoseconds" else f"{value:.0f}"
