"""The report as JSON: versioned, one unit per name, the same names as `check` and `compare` use.

    {"schema": "gctui.report", "version": 1, "gctui": "0.1.0", "runs": [RUN, …], "logs": [LOG, …]}

A RUN is one program of one log. It has `label`, `program` (its name, where several print into the
log or the lines' prefixes tell it), `go`, `begin_s`, `end_s`, `first_wall`, `last_wall`, `starts`
(where each life of the program begins: `at_s`, `line`, `file`; a hundred at most), `values` (every
figure by the names that `RunFigures.values` documents), `findings` (`id`, `severity`,
`said`, `evidence` with `said`, `line` and `file`, `explanation`, `advice`, `source` with `title`
and `url`), `windows` (the worst window of each length: `length_ms`, `utilisation`, `begin_s`,
`line`, `file`), `windows_unforced`, `extremes` (by quantity: `value`, `at_s`, `line`, `file`),
`what_if` (a list; sizes in MiB), `memory` (the parts at the end, MiB), `goroutines` (where they
were counted: those of each go statement in each function at the end, with `created_by`, `place`,
`function`, `line`, `count`, `growth` since the first look `watched_s` before, `states`,
`stack_bytes` and `longest_wait_s`), `events` (how many of each kind), `series` (`times_s` and
`values` of each chart, thinned to its extremes) and `problem`: whether any finding is an alarm.

A LOG, one into which several programs print, has `label`, `programs` (`name`, `collections`,
`reported`), `unassigned_lines` (of the scavenger or the pacer: they may be of several programs) and
`programs_left_out`: without a name, and too many.

What is not known is absent, and `file` where a run is in one. New names may be added in a version;
none is renamed or dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from math import isfinite

from gctui import __version__
from gctui.analysis.findings import Finding, Severity
from gctui.analysis.run_figures import RunFigures
from gctui.analysis.utilisation import Window
from gctui.report.goroutines import run_sites
from gctui.report.overview import Overview

VERSION = 1
_DIGITS = 6


def report_json(
    runs: Iterable[tuple[RunFigures, tuple[Finding, ...]]], overviews: Iterable[Overview] = ()
) -> str:
    """Return the whole document, indented."""
    whole: dict[str, object] = {
        "schema": "gctui.report",
        "version": VERSION,
        "gctui": __version__,
        "runs": [_run(run, found) for run, found in runs],
    }
    logs = [_log(each) for each in overviews if each.tells]
    if logs:
        whole["logs"] = logs
    # Names and words come from logs: ASCII alone cannot act on a terminal.
    return json.dumps(whole, indent=1, allow_nan=False).replace("\x7f", "\\u007f")


def _run(run: RunFigures, found: tuple[Finding, ...]) -> dict[str, object]:
    members: dict[str, object] = {
        "label": run.label,
        "program": run.program,
        "go": run.go,
        "begin_s": _number(run.begin_s),
        "end_s": _number(run.end_s),
        "first_wall": run.first_wall,
        "last_wall": run.last_wall,
        "starts": [_tidy(asdict(each)) for each in run.starts],
        "problem": any(each.severity is Severity.ALARM for each in found),
        "values": {name: _number(value) for name, value in run.values().items()},
        "findings": [_tidy(asdict(each)) for each in found],
        "windows": _windows(run.windows),
        "windows_unforced": _windows(run.windows_unforced),
        "extremes": {str(name): _tidy(asdict(each)) for name, each in run.extremes.items()},
        "what_if": [
            _tidy(asdict(each))
            for each in (run.what_if.predictions if run.what_if is not None else ())
        ],
        "memory": [_tidy(asdict(part)) for part in run.ledger.parts],
        "goroutines": _goroutines(run),
        "events": dict(sorted(run.counts.items())),
        "series": {
            str(chart): {
                "times_s": [_number(each) for each in view.times_s],
                "values": [_number(each) for each in view.values],
            }
            for chart, view in run.charts.items()
        },
    }
    return {name: value for name, value in members.items() if value is not None and value != ""}


def _goroutines(run: RunFigures) -> list[object] | None:
    found = run_sites(run)
    told = [_tidy(asdict(site) | {"states": dict(site.states)}) for site in found]
    return told or None


def _log(found: Overview) -> dict[str, object]:
    return {
        "label": found.label,
        "programs": [
            {"name": each.name, "collections": each.collections, "reported": each.is_reported}
            for each in found.programs
        ],
        "unassigned_lines": found.unassigned,
        "programs_left_out": found.dropped,
    }


def _windows(windows: Iterable[Window]) -> list[object]:
    return [_tidy(asdict(each)) for each in windows]


def _tidy(value: object) -> object:
    """Leave out what is not known, and round what is."""
    if isinstance(value, Mapping):
        return {name: _tidy(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_tidy(each) for each in value]
    return _number(value) if isinstance(value, float) else value


def _number(value: float | None) -> float | None:
    """Round to what a trace can tell; whole numbers stay whole, and what is no number is null."""
    if isinstance(value, int) or value is None:
        return value
    return round(value, _DIGITS) if isfinite(value) else None
