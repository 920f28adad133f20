"""How often collections come, and who asks for them."""

from __future__ import annotations

from gctui.analysis.findings import long_stops
from gctui.analysis.findings.finding import (
    GOGC_GUIDE,
    Evidence,
    Finding,
    Rule,
    Severity,
    Source,
    Thresholds,
    shown_by,
)
from gctui.analysis.run_figures import Measure, RunFigures
from gctui.analysis.units import percent, rate, size
from gctui.model.pacing import SMALLEST_GOAL_MIB, goal_from_mib

_RUNTIME_GC = Source("package runtime: func GC", "https://pkg.go.dev/runtime#GC")
_PROC = Source(
    "runtime/proc.go: sysmon, forcegcperiod",
    "https://github.com/golang/go/blob/master/src/runtime/proc.go",
)


def _forced(run: RunFigures, at: Thresholds) -> Finding | None:
    if run.forced < at["count"] or run.forced_percent < at["share_percent"]:
        return None
    shown = f"{run.forced} of {run.collections} collections are (forced), "
    return Finding(
        "forced-collections",
        Severity.WARN,
        f"{percent(run.forced_percent)} of the collections were asked for by the program itself.",
        (Evidence(shown + percent(run.forced_percent), run.forced_line, run.forced_file),),
        "Somebody calls runtime.GC or debug.FreeOSMemory. Each call marks the whole live heap and "
        "blocks its caller until that is done, however little there is to free. GOGC changes "
        "nothing about them.",
        "Find the calls (grep for runtime.GC and FreeOSMemory, in dependencies and tests too) and "
        f"remove them: {_what_remains(run)} To bound memory, "
        "set GOMEMLIMIT; benchmarks and tests may have their reasons.",
        _RUNTIME_GC,
    )


def _beside_forced(run: RunFigures) -> str:
    return ", forced collections aside" if run.forced else ""


def _what_remains(run: RunFigures) -> str:
    rest = run.collections - run.forced
    if rest:
        return f"{rest} collections would remain."
    return "but not before GOGC or GOMEMLIMIT is set, for nothing else collects this heap."


def _too_frequent(run: RunFigures, at: Thresholds) -> Finding | None:
    live, per_s, cpu = run.spread(Measure.LIVE), run.gc_per_s, run.cpu
    if live is None or per_s is None or cpu is None or run.binding is not None:
        return None
    own_per_s = per_s * (1 - run.forced_percent / 100)
    is_small, worst = live.p50 <= at["live_mb"], run.extremes.get(Measure.GC_CPU)
    # The time of long stops does not go with the number of collections.
    cost_percent = cpu.gc_percent - (cpu.stopped_percent if long_stops.are_the_cost(run) else 0.0)
    if own_per_s < at["per_s"] or not is_small or cost_percent < at["cpu_percent"]:
        return None
    return Finding(
        "gc-too-frequent",
        Severity.WARN,
        f"The heap is small and is collected {rate(own_per_s)}{_beside_forced(run)}.",
        (
            shown_by(f"{rate(own_per_s)}, GC CPU {percent(cpu.gc_percent)}", worst),
            Evidence(f"live heap {size(live.p50)} in the median"),
        ),
        "At GOGC=100 the heap may grow by as much as is live before the next collection, and to "
        f"{SMALLEST_GOAL_MIB} MiB at least. That is little: it fills up many times a second, and "
        "each collection has a fixed cost on top of the marking.",
        f"Give it room: {_more_room(run, live.p50)}",
        GOGC_GUIDE,
    )


def _more_room(run: RunFigures, live_mb: float) -> str:
    """Quote the prediction, else what the formula of the goal gives."""
    for each in run.what_if.predictions if run.what_if is not None else ():
        if each.setting == "GOGC=400" and each.gc_cpu_percent is not None:
            return (
                f"GOGC=400 would take {size(each.heap_mib)} at GC end and GC CPU "
                f"{percent(each.gc_cpu_percent)}, at {rate(each.gc_per_s)}."
            )
    goal_mib = goal_from_mib(live_mb, _roots_mib(run), 400)
    return (
        f"GOGC=400 lets it grow to {size(goal_mib)}, a quarter as many collections; or set "
        "GOMEMLIMIT with GOGC=off where the container is the program's own."
    )


def _roots_mib(run: RunFigures) -> float:
    """Return stacks in the median, as the live heap is, and globals, which do not change."""
    stacks, last = run.spread(Measure.STACKS), run.snapshot.last_cycle
    globals_mib = 0 if last is None else last.event.globals_mb or 0
    return globals_mib + (0.0 if stacks is None else stacks.p50)


def _periodic(run: RunFigures, at: Thresholds) -> Finding | None:
    interval = run.spread(Measure.INTERVAL)
    if interval is None or interval.count < at["count"] or interval.p50 < at["interval_s"]:
        return None
    noticed = f"; {run.periodic} GC forced notices" if run.periodic else ""
    return Finding(
        "idle-collections",
        Severity.INFO,
        "The program hardly allocates: most collections come because two minutes went by.",
        (Evidence(f"{interval.p50:.0f} s between collections in the median{noticed}"),),
        "sysmon starts a collection when there was none for two minutes. It costs next to nothing "
        "and lets the scavenger return memory after a burst.",
        "Nothing to tune: figures of such a run say little of how it behaves under load. After a "
        f"burst, memory goes back {interval.p50 / 60:.0f} to {2 * interval.p50 / 60:.0f} minutes "
        "later; debug.FreeOSMemory does it at once.",
        _PROC,
    )


def _gogc_off(run: RunFigures, at: Thresholds) -> Finding | None:
    goals, live = run.spread(Measure.GOAL), run.spread(Measure.LIVE)
    is_told = run.gogc is not None and run.gogc.is_off
    no_goal = live is not None and run.has_goals and goals is None
    if not (is_told or no_goal) or run.collections < at["count"] or run.binding is not None:
        return None
    peak = run.extremes.get(Measure.HEAP_END)
    peak_mb = 0.0 if peak is None else peak.value
    return Finding(
        "gogc-off",
        Severity.WARN,
        "GOGC is off and no memory limit sets a goal: nothing collects but runtime.GC.",
        (
            Evidence(f"not one of {run.collections} collections has a goal"),
            shown_by(f"heap at most {size(peak_mb)}", peak),
        ),
        "Without a goal the heap grows with everything that is allocated, until somebody calls "
        "runtime.GC or the kernel kills the process.",
        "Set GOMEMLIMIT to what the program may have (90% of its container's limit): then GOGC=off "
        "is safe as long as the live heap stays clearly below. Or leave GOGC at 100.",
        GOGC_GUIDE,
    )


def _single_p(run: RunFigures, at: Thresholds) -> Finding | None:
    if run.procs is None or run.procs[1] > at["procs"] or run.cpu is None:
        return None
    if run.cpu.gc_percent < at["cpu_percent"]:
        return None
    mmu = next((each for each in run.windows if each.length_ms == 10.0), None)
    left = "" if mmu is None else f"; in its worst 10 ms {percent(100 * mmu.utilisation)} was left"
    return Finding(
        "single-p",
        Severity.INFO,
        "GOMAXPROCS is 1: a mark and the program share one processor.",
        (shown_by(f"1 P in every line{left}", mmu),),
        "With one P the GC's quarter of the CPU is a worker that runs for a while and then not at "
        "all, in the program's place: requests wait as long as it runs. Since Go 1.25 a "
        "container's CPU limit sets GOMAXPROCS.",
        "Where latency counts, allow two CPUs (GOMAXPROCS=2, or a CPU limit of 2); otherwise a "
        "higher GOGC makes the marks rarer.",
        Source("Go 1.25 release notes: container-aware GOMAXPROCS", "https://go.dev/doc/go1.25"),
    )


RULES = (
    Rule(
        "forced-collections",
        "more than a fifth of the collections are (forced)",
        _forced,
        {"share_percent": 20, "count": 10},
    ),
    Rule(
        "gc-too-frequent",
        "a small heap is collected many times a second, and it costs",
        _too_frequent,
        {"per_s": 5, "live_mb": 64, "cpu_percent": 4},
    ),
    Rule(
        "idle-collections",
        "most collections are the two-minute ones",
        _periodic,
        {"interval_s": 115, "count": 3},
    ),
    Rule("gogc-off", "no collection has a goal", _gogc_off, {"count": 3}),
    Rule(
        "single-p",
        "one P, and the GC takes a part of it that counts",
        _single_p,
        {"procs": 1, "cpu_percent": 2},
    ),
)
