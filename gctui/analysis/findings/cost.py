"""What collections cost: CPU, pauses, and goroutines that are made to help."""

from __future__ import annotations

from gctui.analysis.findings import long_stops
from gctui.analysis.findings.finding import (
    COSTS_GUIDE,
    GOGC_GUIDE,
    GUIDE,
    LATENCY_GUIDE,
    Evidence,
    Finding,
    Rule,
    Severity,
    Source,
    Thresholds,
    shown_by,
)
from gctui.analysis.run_figures import Measure, RunFigures
from gctui.analysis.units import clock, duration_ms, percent, size

_PACER = Source(
    "runtime/mgcpacer.go: assists, and the goal of 25% of the CPU",
    "https://github.com/golang/go/blob/master/src/runtime/mgcpacer.go",
)


def _high_cpu(run: RunFigures, at: Thresholds) -> Finding | None:
    if run.cpu is None or run.cpu.gc_percent < at["percent"]:
        return None
    worst, rate = run.extremes.get(Measure.GC_CPU), run.allocation
    shown = "" if rate is None else f"; allocates {size(rate.mb_per_s)}/s"
    is_alarm = run.cpu.gc_percent >= at["alarm_percent"]
    explanation, advice, source = _cost_of_marks(run)
    if long_stops.are_the_cost(run):
        explanation, advice, source = _cost_of_stops(run)
    return Finding(
        "gc-cpu-high",
        Severity.ALARM if is_alarm else Severity.WARN,
        f"The GC takes {percent(run.cpu.gc_percent)} of the CPU over the whole run.",
        (
            Evidence(f"GC CPU {percent(run.cpu.gc_percent)}, idle mark time not counted{shown}"),
            *(
                [shown_by(f"{percent(worst.value)} of the worst interval", worst)]
                if worst is not None
                else []
            ),
        ),
        explanation,
        advice,
        source,
    )


def _cost_of_marks(run: RunFigures) -> tuple[str, str, Source]:
    return (
        "The cost of collections is the allocation rate times what marking a byte costs, divided "
        "by the room that the goal leaves: less allocation or more room, nothing else.",
        f"{_doubled(run)} For less allocation look at alloc_space in a heap profile "
        "(go tool pprof -sample_index=alloc_space): a few functions are often most of it.",
        GOGC_GUIDE,
    )


def _cost_of_stops(run: RunFigures) -> tuple[str, str, Source]:
    stopped = 0.0 if run.cpu is None else run.cpu.stopped_percent
    worst = run.extremes.get(Measure.PAUSE)
    longest = "" if worst is None else f", the longest of {duration_ms(worst.value)}"
    return (
        f"Not the marking costs: {percent(stopped)} of the CPU is Ps that stood still in long "
        f"stops{longest}. A stop counts on all Ps until the last thread has reached it, and one "
        f"that is not scheduled holds up all others. It means that {long_stops.causes(run.go)}.",
        "More room does not make a stop shorter: see to it that the program gets its CPU. "
        f"{long_stops.CPU_SHORTAGE}",
        LATENCY_GUIDE,
    )


def _doubled(run: RunFigures) -> str:
    now = run.gogc
    if run.binding is not None:
        return "A memory limit leaves no room: raise it before anything else."
    setting = 100 if now is None or now.is_off else round(now.percent)
    for each in run.what_if.predictions if run.what_if is not None else ():
        if each.setting == f"GOGC={2 * setting}" and each.gc_cpu_percent is not None:
            return (
                f"GOGC={2 * setting} would take {percent(each.gc_cpu_percent)} and "
                f"{size(each.heap_mib)} at GC end."
            )
    return f"GOGC={2 * setting} about halves it and doubles the room above the live heap."


def _assists(run: RunFigures, at: Thresholds) -> Finding | None:
    cpu = run.cpu
    if cpu is None or cpu.assist_share_percent < at["share_percent"]:
        return None
    if cpu.assist_percent < at["cpu_percent"]:
        return None
    worst = run.spread(Measure.ASSIST)
    most = "" if worst is None else f"; {duration_ms(worst.highest)} in the worst collection"
    return Finding(
        "assist-heavy",
        Severity.WARN,
        f"Goroutines that allocate do {percent(cpu.assist_share_percent)} of the marking.",
        (
            shown_by(
                f"assists take {percent(cpu.assist_percent)} of the CPU, background marking "
                f"{percent(cpu.background_percent)}{most}",
                run.extremes.get(Measure.ASSIST),
            ),
        ),
        "While a mark runs, whoever allocates faster than the background workers mark has to help "
        "in proportion: its requests get slower, though no pause shows it. It means that the "
        "program allocates in bursts, or that little room is left between trigger and goal.",
        f"More room makes it rarer: {_doubled(run)} Bursts of allocation at one place (decoding, "
        "building large slices) are worth a pool or a size given ahead.",
        LATENCY_GUIDE,
    )


def _long_pauses(run: RunFigures, at: Thresholds) -> Finding | None:
    pause, worst = run.spread(Measure.PAUSE), run.extremes.get(Measure.PAUSE)
    if pause is None or worst is None:
        return None
    is_long = pause.p99 >= at["p99_ms"]
    if not is_long and pause.highest < at["max_ms"]:
        return None
    stops = run.spread(Measure.SWEEP_TERM), run.spread(Measure.MARK_TERM)
    first, last = (0.0 if each is None else each.highest for each in stops)
    at_s = "" if worst.at_s is None else f" at {clock(worst.at_s)}"
    return Finding(
        "long-pauses",
        Severity.ALARM if pause.p99 >= at["alarm_p99_ms"] else Severity.WARN,
        f"The world stood still for up to {duration_ms(pause.highest)}, "
        f"p99 {duration_ms(pause.p99)}.",
        (
            shown_by(f"{duration_ms(worst.value)}{at_s}", worst),
            Evidence(
                f"at most {duration_ms(first)} in sweep termination, {duration_ms(last)} in mark "
                "termination"
            ),
        ),
        "A stop takes as long as the last goroutine takes to reach a safe point, and both stops "
        "are tens of µs on a machine with CPU to spare. Long ones mean that "
        f"{long_stops.causes(run.go)}.",
        long_stops.CPU_SHORTAGE,
        LATENCY_GUIDE,
    )


def _long_marks(run: RunFigures, at: Thresholds) -> Finding | None:
    mark, live = run.spread(Measure.MARK), run.spread(Measure.LIVE)
    if mark is None or mark.p95 < at["p95_ms"] or run.spread(Measure.MARK_TERM) is None:
        return None
    worst = run.extremes.get(Measure.MARK)
    level = "" if live is None else f" of {size(live.p50)} live"
    return Finding(
        "long-marks",
        Severity.WARN,
        f"A mark takes {duration_ms(mark.p50)} in the median, p95 {duration_ms(mark.p95)}.",
        (shown_by(f"{duration_ms(mark.highest)} at most, a heap{level}", worst),),
        "As long as a mark runs, a quarter of the CPU is the GC's, pointer writes are slower, and "
        "what is allocated counts as live until the next one. How long it takes follows from the "
        "number of live objects with pointers, and from the CPU that it gets.",
        "Fewer pointers: values in slices and maps in place of pointers to them, indices in place "
        "of references; types without pointers are not scanned at all.",
        COSTS_GUIDE,
    )


def _starved(run: RunFigures, at: Thresholds) -> Finding | None:
    window = next((each for each in run.windows if each.length_ms >= at["window_ms"]), None)
    if window is None or 100 * window.utilisation >= at["least_percent"]:
        return None
    length = duration_ms(window.length_ms)
    advice = f"Fewer collections (more room) help most: {_doubled(run)}"
    if long_stops.is_most_of(window, run) or long_stops.are_the_cost(run):
        advice = (
            f"Long stops took it, not marking: more room does not help. {long_stops.CPU_SHORTAGE}"
        )
    return Finding(
        "mutator-starved",
        Severity.WARN,
        f"In its worst {length} the program had {percent(100 * window.utilisation)} of the CPU.",
        (shown_by(f"from {clock(window.begin_s)} on, MMU({length})", window),),
        "Minimum mutator utilisation counts what pauses and marking together leave to the program "
        "in any window of a length: with short pauses it still may hardly run, where collections "
        "follow each other closely or goroutines mark in place of working.",
        f"Where requests time out in bursts, look at that place in the log. {advice}",
        Source("go tool trace: minimum mutator utilization", f"{GUIDE}#Latency"),
    )


def _overshoot(run: RunFigures, at: Thresholds) -> Finding | None:
    over, worst = run.spread(Measure.OVERSHOOT), run.extremes.get(Measure.OVERSHOOT)
    if over is None or over.p95 < at["p95_percent"] or over.count < at["count"]:
        return None
    return Finding(
        "goal-overshoot",
        Severity.WARN,
        f"The heap ends {percent(over.p95)} or more beyond its goal in one collection of twenty.",
        (shown_by(f"{percent(over.highest)} beyond at most", worst),),
        "The pacer starts a mark so early that it ends at the goal. It misses when the program "
        "allocates much faster during the mark than before it, in large pieces, or when the mark "
        "does not get its CPU.",
        f"Plan memory for goal × {1 + over.highest / 100:.2f}, not for the goal; a GOMEMLIMIT "
        f"needs {percent(over.highest)} of the goal as reserve. Allocate in smaller pieces.",
        _PACER,
    )


RULES = (
    Rule(
        "gc-cpu-high",
        "the GC takes more than a tenth of the CPU",
        _high_cpu,
        {"percent": 10, "alarm_percent": 25},
    ),
    Rule(
        "assist-heavy",
        "assists are a large part of the marking, and of the CPU",
        _assists,
        {"share_percent": 30, "cpu_percent": 1},
    ),
    Rule(
        "long-pauses",
        "the world stands still for long",
        _long_pauses,
        {"p99_ms": 10, "max_ms": 100, "alarm_p99_ms": 100},
    ),
    Rule("long-marks", "marks take long", _long_marks, {"p95_ms": 500}),
    Rule(
        "mutator-starved",
        "pauses and marking leave little of a window of time",
        _starved,
        {"window_ms": 100, "least_percent": 50},
    ),
    Rule(
        "goal-overshoot",
        "collections end far beyond their goal",
        _overshoot,
        {"p95_percent": 10, "count": 20},
    ),
)
