"""Findings: what follows from a run's figures and changes what a user does.

Each rule speaks by itself and has thresholds of its own, which can be set by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from gctui.analysis.findings import cost, goroutines, memory, origin, pace
from gctui.analysis.findings.finding import (
    Evidence,
    Finding,
    Rule,
    Severity,
    Source,
    Thresholds,
)
from gctui.analysis.run_figures import RunFigures
from gctui.errors import GctuiError

__all__ = [
    "RULES",
    "Evidence",
    "Finding",
    "Rule",
    "Severity",
    "Source",
    "findings",
    "thresholds_with",
]

RULES: tuple[Rule, ...] = (
    *memory.RULES,
    *goroutines.RULES,
    *cost.RULES,
    *pace.RULES,
    *origin.RULES,
)

_ORDER = list(Severity)


def findings(
    run: RunFigures, thresholds: Mapping[str, Thresholds] | None = None
) -> tuple[Finding, ...]:
    """Return what is found in a run, the worst first; `thresholds` by the rules' names."""
    found = [
        rule.find(run, {**rule.thresholds, **(thresholds or {}).get(rule.id, {})}) for rule in RULES
    ]
    there = [each for each in found if each is not None]
    return tuple(sorted(there, key=lambda each: _ORDER.index(each.severity)))


def thresholds_with(settings: Iterable[str]) -> dict[str, dict[str, float]]:
    """Read `ID.NAME=VALUE`. Raises GctuiError for what no rule knows."""
    known = {rule.id: rule for rule in RULES}
    changed: dict[str, dict[str, float]] = {}
    for text in settings:
        name, is_set, value = text.partition("=")
        rule_id, _, threshold = name.strip().rpartition(".")
        rule = known.get(rule_id)
        if rule is None or threshold not in rule.thresholds or not is_set:
            raise GctuiError(f"{text[:80]!r} is no threshold; {_names(rule)}")
        changed.setdefault(rule_id, {})[threshold] = _number(text, value)
    return changed


def _number(text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise GctuiError(f"{text[:80]!r}: not a number")
    return number


def _names(rule: Rule | None) -> str:
    if rule is not None:
        has = ", ".join(f"{rule.id}.{name}" for name in rule.thresholds)
        return f"there is {has}" if has else f"{rule.id} has none"
    return f"the findings are {', '.join(each.id for each in RULES)}"
