"""Comparisons as JSON. The keys are stable; `schema` changes when one of them must."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gctui.analysis.figure_limit import Gate
from gctui.analysis.profile_change import Change, ProfileChange
from gctui.analysis.run_difference import Row, Run
from gctui.report.compare import Comparison, is_untold

_DIGITS = 9


def compare_json(found: Comparison, alpha: float) -> dict[str, Any]:
    """Return two sides of runs; what is not known is null."""
    return {
        "schema": "gctui.compare/1",
        "alpha": alpha,
        "base": [_run(run) for run in found.base],
        "new": [_run(run) for run in found.new],
        "verdict": found.verdict,
        "seen": [
            {"figure": each.figure, "verdict": each.verdict.value, "text": each.said}
            for each in found.seen
        ],
        "figures": [_row(row) for row in found.rows],
        "limits": [_gate(gate, row) for gate, row in found.gates],
    }


def profile_json(found: ProfileChange, base: str, new: str, alpha: float) -> dict[str, Any]:
    """Return two profiles."""
    return {
        "schema": "gctui.compare.profile/1",
        "alpha": alpha,
        "base": base,
        "new": new,
        "type": found.type_name,
        "unit": found.unit,
        "total": _change(found.whole),
        "functions": [{"function": each.function, **_change(each)} for each in found.functions],
    }


def _run(run: Run) -> dict[str, Any]:
    if not run.program:
        return {"file": run.label, "about": run.told}
    file = run.label.removesuffix(f": {run.program}")
    return {"file": file, "program": run.program, "about": run.told}


def _row(row: Row) -> dict[str, Any]:
    found = row.difference
    numbers: Mapping[str, float | None] = {
        "base": found.base,
        "new": found.new,
        "change_percent": found.change_percent,
        "change_low_percent": found.within.low,
        "change_high_percent": found.within.high,
        "p": found.p,
    }
    return {
        "name": row.name,
        "group": row.words.group.value,
        **{name: rounded(value) for name, value in numbers.items()},
        "compared": found.basis.value,
        "base_count": found.base_count,
        "new_count": found.new_count,
        "verdict": row.verdict.value,
    }


def _gate(gate: Gate, row: Row) -> dict[str, Any]:
    return {
        "limit": gate.written,
        "figure": gate.figure,
        "broken": gate.fails(row.difference),
        "unknown": is_untold(gate, row),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "base": change.base,
        "new": change.new,
        "change": change.change,
        "error": rounded(change.error),
        "p": rounded(change.p),
        "is_noise": change.is_noise,
    }


def rounded(value: float | None) -> float | None:
    """Return a number in as many digits as any figure is known: 0.1 + 0.2 is 0.3."""
    return None if value is None else float(f"{value:.{_DIGITS}g}")
