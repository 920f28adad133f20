"""What the heap does: growth, limits, pages that are kept or come and go, stacks."""

from __future__ import annotations

from gctui.analysis.figures import gc_cpu_share_percent
from gctui.analysis.findings.finding import (
    GUIDE,
    LEAKS,
    LIMIT_GUIDE,
    Evidence,
    Finding,
    Rule,
    Severity,
    Source,
    Thresholds,
    shown_by,
)
from gctui.analysis.gogc import is_in_spiral
from gctui.analysis.growth import Verdict
from gctui.analysis.limit_notes import limit_notes
from gctui.analysis.note import Note
from gctui.analysis.pacing_notes import gogc_note, growth_note
from gctui.analysis.run_figures import Measure, RunFigures
from gctui.analysis.units import percent, size
from gctui.model.cycle import Cycle
from gctui.model.parts import PartName

_SCAVENGER = Source(
    "runtime/mgcscavenge.go: how much is kept",
    "https://github.com/golang/go/blob/master/src/runtime/mgcscavenge.go",
)
_STACKS = Source(
    "runtime/stack.go", "https://github.com/golang/go/blob/master/src/runtime/stack.go"
)


def _growth(run: RunFigures, at: Thresholds) -> Finding | None:
    growth = run.growth
    if not growth.grows or growth.to_mib - growth.from_mib < at["least_mb"]:
        return None
    note = next(growth_note(run.snapshot, growth), None)
    if note is None:
        return None
    is_leak = growth.verdict is Verdict.LEAK
    is_past = growth.life is not None or run.forecast is None
    ahead = "" if is_past else f" {_said(next(limit_notes(run.snapshot), None))}"
    return Finding(
        "live-heap-growth",
        Severity.WARN if is_leak else Severity.INFO,
        f"{note.said}{ahead}",
        (_grew(note.basis, run),),
        "What a collection finds alive is reachable: something holds on to it. A leak rises in a "
        "straight line with the work done; a cache bends and stays.",
        "Take two heap profiles some minutes apart and look at the difference (gctui profile NEW "
        "--base OLD): it names the functions whose memory grew. Goroutines that never end hold "
        "memory, too: compare their number.",
        LEAKS,
    )


def _grew(basis: str, run: RunFigures) -> Evidence:
    """Return what growth rests on, with the line of the last collection of that life."""
    life = run.growth.life
    if life is None:
        return _last(basis, run.snapshot.last_cycle, run)
    return Evidence(basis.removesuffix("."), life.last_line, life.last_file)


def _last(basis: str, last: Cycle | None, run: RunFigures) -> Evidence:
    """Return what a note rests on, with the line of the last collection."""
    said = basis.removesuffix(".")
    return Evidence(said) if last is None else Evidence(said, last.event.line, run.last_file)


def _said(note: Note | None) -> str:
    return "" if note is None else note.said


def _limit_bound(run: RunFigures, at: Thresholds) -> Finding | None:
    held = run.binding
    if held is None or held.effective_percent > at["effective_percent"]:
        return None
    if is_in_spiral(held, gc_cpu_share_percent(run.snapshot)):
        return None
    return _about_limit(
        run,
        "limit-bound",
        Severity.WARN,
        "Under a memory limit the goal is what is left below it: the nearer the live heap comes, "
        "the more often the GC runs. Close to the limit that ends in a death spiral.",
        "Raise GOMEMLIMIT while there is memory, or make the live heap smaller; the what-if table "
        "has the cost at other limits.",
    )


def _spiral(run: RunFigures, _at: Thresholds) -> Finding | None:
    if run.binding is None:
        return None
    if not is_in_spiral(run.binding, gc_cpu_share_percent(run.snapshot)):
        return None
    return _about_limit(
        run,
        "death-spiral",
        Severity.ALARM,
        "The live heap fills the limit, so each collection frees next to nothing and the next "
        "follows at once. The runtime's limiter stops at about half of the CPU and lets the heap "
        "pass the limit then.",
        "A limit below what is live cannot be kept: raise it, or let the container kill and "
        "restart. Look for what is alive in a heap profile (inuse_space).",
    )


def _about_limit(
    run: RunFigures, name: str, severity: Severity, explanation: str, advice: str
) -> Finding | None:
    note, last = next(gogc_note(run.snapshot), None), run.snapshot.last_cycle
    if note is None or run.binding is None:
        return None
    return Finding(
        name,
        severity,
        note.said,
        (_last(note.basis, last, run),),
        explanation,
        advice,
        LIMIT_GUIDE,
    )


def _near_limit(run: RunFigures, at: Thresholds) -> Finding | None:
    hard = next((limit for limit in run.limits if limit.is_hard), None)
    peak_bytes = run.snapshot.totals.peak_rss_bytes
    if hard is None or peak_bytes is None or not hard.limit_mib:
        return None
    peak_mib = peak_bytes / (1 << 20)
    share = 100 * peak_mib / hard.limit_mib
    if share < at["percent"]:
        return None
    peak = run.extremes.get(Measure.HEAP_END)
    heap = "" if peak is None else f"; the heap ended a collection at {size(peak.value)}"
    return Finding(
        "near-limit",
        Severity.ALARM,
        f"RSS came to {percent(share)} of {hard.name} {size(round(hard.limit_mib))}.",
        (shown_by(f"peak RSS {size(round(peak_mib))}{heap}", peak),),
        "The kernel kills the process that passes its container's limit. Between two collections "
        "the heap swings up to its goal, so it is the peak that counts, not the live heap.",
        f"Set GOMEMLIMIT={0.9 * hard.limit_mib:.0f}MiB: near it the GC runs more often instead of "
        "the kernel killing. Or raise the container's limit.",
        LIMIT_GUIDE,
    )


def _idle_kept(run: RunFigures, at: Thresholds) -> Finding | None:
    part = run.ledger.part(PartName.IDLE)
    live = run.spread(Measure.LIVE)
    if part is None or part.mib < at["least_mb"] or live is None:
        return None
    beside_mib = part.mib + (run.last_heap.live_mb or 0 if run.last_heap is not None else 0)
    share = 100 * part.mib / beside_mib
    if share < at["share_percent"]:
        return None
    peak = run.extremes.get(Measure.HEAP_END)
    was = "" if peak is None else f" The heap was at {size(peak.value)} once."
    return Finding(
        "idle-pages-kept",
        Severity.INFO,
        f"{size(round(part.mib))} is free inside Go and not returned to the OS.{was}",
        (shown_by(part.evidence, peak),),
        "The scavenger keeps about 110% of what the last goal needed, so that the next rise does "
        "not fetch every page from the kernel again, and returns the rest slowly, at 1% of a CPU.",
        "If the memory is needed elsewhere: a GOMEMLIMIT below the peak makes the scavenger "
        "return it earlier; debug.FreeOSMemory returns all of it at once, at the cost of a "
        "collection.",
        _SCAVENGER,
    )


def _scavenger_fight(run: RunFigures, at: Thresholds) -> Finding | None:
    peak = run.extremes.get(Measure.HEAP_END)
    if peak is None or run.work_released_mib < at["least_mb"]:
        return None
    times = run.work_released_mib / max(1.0, peak.value)
    if times < at["times"]:
        return None
    per_s = run.work_released_mib / run.span_s if run.span_s else 0.0
    return Finding(
        "scavenger-churn",
        Severity.WARN,
        f"{size(round(run.work_released_mib))} was returned to the OS and taken again: "
        f"{times:.1f} times the largest heap.",
        (shown_by(f"the heap was {size(peak.value)} at most; {size(per_s)}/s", peak),),
        "Pages that go back come again as page faults, zeroed by the kernel: time in the kernel "
        "that no GC figure shows. It happens when the heap swings, or when GOMEMLIMIT is so low "
        "that the scavenger works against the allocator.",
        "Raise GOMEMLIMIT if one is set. Else smooth the swing: reuse large buffers (sync.Pool) "
        "instead of one large allocation per request.",
        _SCAVENGER,
    )


def _large_stacks(run: RunFigures, at: Thresholds) -> Finding | None:
    stacks, live = run.spread(Measure.STACKS), run.spread(Measure.LIVE)
    if stacks is None or live is None or stacks.p95 < at["least_mb"]:
        return None
    if stacks.p95 < at["share_percent"] / 100 * max(1.0, live.p50):
        return None
    return Finding(
        "large-stacks",
        Severity.WARN,
        f"Goroutine stacks take {size(stacks.p95)}, beside {size(live.p50)} of live heap.",
        (Evidence(f"stacks p95 {size(stacks.p95)}, at most {size(stacks.highest)}"),),
        "Stacks are scanned in each collection and count toward the goal since Go 1.18. So much "
        "means very many goroutines (2 KiB each at least) or deep ones; a stack shrinks only in a "
        "collection, by half.",
        f"At 8 KiB each that is {stacks.p95 * 128:.0f} goroutines: bound them (a semaphore, a "
        "worker pool). gctui profile of /debug/pprof/goroutine?debug=1 says where they wait.",
        _STACKS,
    )


def _swings(run: RunFigures, at: Thresholds) -> Finding | None:
    """Tell a heap whose live part swings widely: its peaks set what memory it needs."""
    live, end = run.spread(Measure.LIVE), run.spread(Measure.HEAP_END)
    if live is None or end is None or live.count < at["count"] or end.highest < at["least_mb"]:
        return None
    if live.p50 <= 0 or live.highest < at["times"] * live.p50 or run.growth.grows:
        return None
    peak = run.extremes[Measure.HEAP_END]
    return Finding(
        "heap-swings",
        Severity.INFO,
        f"The live heap is {size(live.p50)} in the median and {size(live.highest)} at its highest.",
        (shown_by(f"heap at most {size(peak.value)}", peak),),
        "GOGC scales with what is alive at that moment: at the top of a swing the goal is "
        "twice the highest live heap, and a container has to hold that.",
        f"Plan {size(end.highest)} and the memory outside the heap, or set GOMEMLIMIT near it: the "
        "GC then works harder at the tops only, and rests between them.",
        Source("A Guide to the Go Garbage Collector: Suggested uses", f"{GUIDE}#Suggested_uses"),
    )


RULES = (
    Rule(
        "death-spiral", "a limit leaves so little room that it collects all the time", _spiral, {}
    ),
    Rule(
        "limit-bound",
        "a memory limit sets the goal, and leaves little room",
        _limit_bound,
        {"effective_percent": 50},
    ),
    Rule("near-limit", "RSS comes near the container's limit", _near_limit, {"percent": 90}),
    Rule("live-heap-growth", "the live heap grows", _growth, {"least_mb": 8}),
    Rule(
        "idle-pages-kept",
        "more is kept free than is alive",
        _idle_kept,
        {"least_mb": 64, "share_percent": 50},
    ),
    Rule(
        "scavenger-churn",
        "memory is returned and taken again",
        _scavenger_fight,
        {"least_mb": 256, "times": 4},
    ),
    Rule(
        "large-stacks",
        "stacks are large beside the heap",
        _large_stacks,
        {"least_mb": 64, "share_percent": 25},
    ),
    Rule(
        "heap-swings",
        "the live heap is many times its median at the top",
        _swings,
        {"count": 10, "least_mb": 128, "times": 4},
    ),
)
