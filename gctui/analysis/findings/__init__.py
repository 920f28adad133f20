"""Findings: what follows from a run's figures and changes what a user does.

Each rule speaks by itself and has thresholds of its own, which can be set by name. Where there are
too few collections to judge by, those that rest on rates, shares and percentiles are silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf, isfinite

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

_FEW = "few-collections"

_OF_MANY = frozenset(
    {
        "assist-heavy",
        "forced-collections",
        "gc-cpu-high",
        "gc-too-frequent",
        "goal-overshoot",
        "heap-swings",
        "long-marks",
        "mutator-starved",
        "single-p",
    }
)
"""Of rates, shares and percentiles, which few collections do not tell."""

_IN_FEW: Mapping[str, Thresholds] = {"long-pauses": {"p99_ms": inf, "alarm_p99_ms": inf}}
"""One stop may be long in few, too; no percentile is."""

_ORDER = list(Severity)


def findings(
    run: RunFigures, thresholds: Mapping[str, Thresholds] | None = None
) -> tuple[Finding, ...]:
    """Return what is found in a run, the worst first; `thresholds` by the rules' names."""
    asked = thresholds or {}
    found = {rule.id: _found(rule, run, asked.get(rule.id, {})) for rule in RULES}
    if found[_FEW] is not None:
        for rule in RULES:
            if rule.id in _OF_MANY:
                found[rule.id] = None
            elif rule.id in _IN_FEW:
                of_few = {**asked.get(rule.id, {}), **_IN_FEW[rule.id]}
                found[rule.id] = _found(rule, run, of_few)
    there = [each for each in found.values() if each is not None]
    return tuple(sorted(there, key=lambda each: _ORDER.index(each.severity)))


def _found(rule: Rule, run: RunFigures, asked: Thresholds) -> Finding | None:
    return rule.find(run, {**rule.thresholds, **asked})


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
    if number < 0:
        raise GctuiError(f"{text[:80]!r}: no threshold is negative")
    return number


def _names(rule: Rule | None) -> str:
    if rule is not None:
        has = ", ".join(f"{rule.id}.{name}" for name in rule.thresholds)
        return f"there is {has}" if has else f"{rule.id} has none"
    return f"the findings are {', '.join(each.id for each in RULES)}"
