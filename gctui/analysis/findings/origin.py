"""The program and its log: which Go printed it, restarts, lines that could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gctui.analysis.findings.finding import (
    Evidence,
    Finding,
    Rule,
    Severity,
    Source,
    Thresholds,
)
from gctui.analysis.neutral import neutral
from gctui.analysis.run_figures import Measure, RunFigures, Start
from gctui.analysis.units import clock
from gctui.events.versions import EVERY, Versions, versions

_SHOWN_STARTS = 3
_DEFECTS: tuple[tuple[str, str, str, Source], ...] = (
    (
        "– 1.4",
        "the whole collection stops the world",
        "go to a current Go: pauses become a thousand times shorter",
        Source("Go 1.5 release notes: garbage collector", "https://go.dev/doc/go1.5#gc"),
    ),
    (
        "– 1.12",
        "freed memory goes back to the OS only after minutes, and a loop without calls holds up "
        "every stop of the world",
        "go to 1.14 or later (scavenger in the background, preemption anywhere)",
        Source("runtime: goroutine preemption", "https://github.com/golang/go/issues/10958"),
    ),
    (
        "1.12 – 1.15",
        "returned pages stay in RSS until the kernel needs them (MADV_FREE)",
        "go to 1.16 or later, or set GODEBUG=madvdontneed=1: RSS falls at once then",
        Source("runtime: default to MADV_DONTNEED", "https://github.com/golang/go/issues/42330"),
    ),
    (
        "– 1.18",
        "there is no memory limit to set",
        "go to 1.19 or later for GOMEMLIMIT",
        Source("Go 1.19 release notes: runtime", "https://go.dev/doc/go1.19#runtime"),
    ),
)


def _old_go(run: RunFigures, _at: Thresholds) -> Finding | None:
    known = _versions(run)
    if known == EVERY or not known:
        return None
    found = next((each for each in _DEFECTS if known <= _up_to(each[0])), None)
    if found is None:
        return None
    _, what, advice, source = found
    return Finding(
        "old-go",
        Severity.WARN,
        f"{run.go or 'This Go'} collected here: {what}.",
        (
            Evidence(
                "by its version" if run.go.count(".") > 1 else "by the form of its trace lines"
            ),
        ),
        "What a figure means depends on the Go that printed it, and some defects of old ones "
        "cannot be tuned away.",
        f"{advice[0].upper()}{advice[1:]}.",
        source,
    )


def _versions(run: RunFigures) -> Versions:
    if run.go.startswith("Go "):
        return versions(run.go.removeprefix("Go ").removeprefix("up to ").strip())
    return EVERY


def _up_to(text: str) -> Versions:
    return versions(f"r60 {text}") if text.startswith("–") else versions(text)


def _restarts(run: RunFigures, at: Thresholds) -> Finding | None:
    if run.runs <= at["count"]:
        return None
    each_s = None if run.span_s is None else run.span_s / run.runs
    return Finding(
        "restarts",
        Severity.WARN,
        f"The program started {run.runs} times in this log, or several ran one after the other.",
        (
            Evidence(f"{clock(each_s)} each, on average: GC numbers begin anew"),
            *_restarted(run.starts[1:]),
        ),
        "A restart loses caches and begins with a small heap, so that the figures of the whole log "
        "mix start-ups with steady work. With go run, the toolchain's own collections are in it.",
        "Find out why it ends: the lines before each restart, and in a container its last state "
        "(OOMKilled?). For one run alone, cut the log at these lines, or give --from and --to "
        "where they tell the time of day; build first in place of go run.",
        Source(
            "Diagnostics: runtime statistics",
            "https://go.dev/doc/diagnostics#runtime-statistics-and-events",
        ),
    )


def _restarted(starts: Sequence[Start]) -> Iterator[Evidence]:
    for start in starts[:_SHOWN_STARTS]:
        at = "" if start.at_s is None else f" after {clock(start.at_s)}"
        yield Evidence(f"a new start{at}", start.line, start.file)
    if len(starts) > _SHOWN_STARTS:
        yield Evidence("and so on")


def _unparsed(run: RunFigures, at: Thresholds) -> Finding | None:
    count, gcs = run.counts.get("unparsed", 0), run.collections
    if count < at["count"] or 100 * count < at["percent"] * (count + gcs):
        return None
    last = run.unparsed[-1]
    return Finding(
        "unparsed-lines",
        Severity.WARN,
        "1 line looks like a trace line and cannot be read."
        if count == 1
        else f"{count} lines look like trace lines and cannot be read.",
        (Evidence(f"column {last.column}: expected {neutral(last.expected, 120)}", last.line),),
        "Their collections are missing in every figure of this report. Either another writer tore "
        "the lines, a log shipper cut or changed them, or a newer Go prints a new form.",
        "gctui explain with that line says how far it matches. Keep stderr apart from stdout, and "
        "let nothing cut long lines.",
        Source(
            "package runtime: GODEBUG gctrace",
            "https://pkg.go.dev/runtime#hdr-Environment_Variables",
        ),
    )


def _too_few(run: RunFigures, at: Thresholds) -> Finding | None:
    if not 0 < run.collections < at["count"]:
        return None
    wall = run.spread(Measure.WALL)
    return Finding(
        "few-collections",
        Severity.INFO,
        f"{run.collections} collection{'' if run.collections == 1 else 's'}: too few to judge by.",
        (Evidence(f"over {clock(run.span_s)}" if wall is not None else "no clock"),),
        "Percentiles, growth and GOGC need a dozen collections at least; the first ones of a "
        "program are its start-up.",
        "Let it run longer under its usual load before changing a setting.",
        Source("A Guide to the Go Garbage Collector", "https://go.dev/doc/gc-guide"),
    )


RULES = (
    Rule("old-go", "the Go that printed it has a known defect", _old_go, {}),
    Rule("restarts", "more than two lives of the program", _restarts, {"count": 2}),
    Rule(
        "unparsed-lines",
        "trace lines that cannot be read",
        _unparsed,
        {"count": 1, "percent": 1},
    ),
    Rule("few-collections", "fewer than a dozen collections", _too_few, {"count": 12}),
)
