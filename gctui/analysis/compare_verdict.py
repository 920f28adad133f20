"""What became better and what worse, in a sentence, and what is to be known of the noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gctui.analysis.difference import FEWEST_RUNS, Basis
from gctui.analysis.observations import Observation
from gctui.analysis.run_difference import Row, Verdict

_MOST_NAMED = 4
_MANY_TIMES_PERCENT = 1000
_TOLD = Verdict.WORSE, Verdict.BETTER
_PLAIN: Mapping[str, str] = {
    "pause.p50_ms": "median pause",
    "pause.p99_ms": "p99 pause",
    "pause.max_ms": "longest pause",
    "pause.percent": "time stopped",
    "gc_cpu.percent": "GC CPU",
    "gc_cpu.assist_percent": "mark assist",
    "mark.p50_ms": "median mark",
    "cpu.p50_ms": "CPU per collection",
    "gc.per_s": "collections per second",
    "heap.live.p50_mb": "median live heap",
    "heap.live.max_mb": "largest live heap",
    "heap.goal.p50_mb": "median heap goal",
    "heap.end.max_mb": "largest heap at GC end",
    "stacks.max_mb": "largest stacks",
    "alloc.rate_mb_per_s": "allocation rate",
    "mmu.10ms_percent": "worst 10 ms",
    "mmu.100ms_percent": "worst 100 ms",
    "mmu.1s_percent": "worst second",
    "rss.peak_mb": "peak RSS",
}


def verdict_sentence(rows: Sequence[Row], seen: Sequence[Observation] = ()) -> str:
    """Say in plain words what the headline figures come to, and what is seen beside them."""
    often = [each for each in seen if not each.is_single]
    once = [each for each in seen if each.is_single]
    parts = [_seen(f"Seen to be {verdict.value}", often, verdict) for verdict in _TOLD]
    parts.append(_tested(rows, is_all=not seen and not any(row.is_of_too_few for row in rows)))
    parts += [_seen(f"{verdict.value} in one collection", once, verdict) for verdict in _TOLD]
    return " ".join(filter(None, parts))


def _seen(begins: str, seen: Sequence[Observation], verdict: Verdict) -> str:
    said = "; ".join(each.said for each in seen if each.verdict is verdict)
    return f"{begins[0].upper()}{begins[1:]}: {said}." if said else ""


def _tested(rows: Sequence[Row], *, is_all: bool) -> str:
    """Say what tests tell; `is_all`: nothing else was said, and nothing could not be."""
    told = [row for row in rows if row.name in _PLAIN]
    parts: list[str] = []
    for verdict, begins in (
        (Verdict.WORSE, "Worse"),
        (Verdict.BETTER, "better"),
        (Verdict.DIFFERENT, "different"),
    ):
        named = _named([row for row in told if row.verdict is verdict])
        if named:
            parts.append(f"{begins if not parts else begins.lower()}: {named}")
    noise = sum(row.verdict is Verdict.NOISE and row.difference.p is not None for row in told)
    if parts:
        said = "; ".join(parts)
        return said[0].upper() + said[1:] + (f"; {_noise(noise)}." if noise else ".")
    if noise:
        can = "" if is_all else " that can be tested"
        return f"No difference beyond noise in {_figures(noise)}{can}."
    if any(row.verdict is Verdict.UNKNOWN for row in told):
        return "What differs may be noise: there are too few collections to tell."
    return "No difference." if is_all else "Nothing else differs."


def footnotes(
    rows: Sequence[Row], base_runs: int, new_runs: int, *, is_seen: bool = False
) -> Iterator[str]:
    """Yield what the figures' noise is of; `is_seen`: something is told that no test tells."""
    bases = {row.difference.basis for row in rows}
    alpha = next((row.difference.alpha for row in rows), 0.05)
    if Basis.RUNS in bases:
        told = f"Medians of {base_runs} and {new_runs} runs"
        yield f"{told}; ~ is no more than noise (p > {alpha:g})."
    elif bases & {Basis.COLLECTIONS, Basis.STRETCHES}:
        yield (
            f"~ is no more than noise among the collections of these runs (p > {alpha:g}); how far "
            f"one run differs from the next takes {FEWEST_RUNS} runs a side to tell."
        )
    if any(row.is_still for row in rows):
        yield "= is nothing more than the runtime's last digit may be, whatever p is."
    if any(row.verdict is Verdict.UNKNOWN and row.difference.p is None for row in rows):
        yield "? is one value a run: its noise is not known."
    if any(row.is_of_too_few for row in rows):
        yield f"? beside a p: so few independent collections allow none below {alpha:g}."
    if is_seen:
        yield "What is seen is far apart in these runs; no test tells whether it comes again."


def _named(rows: Sequence[Row]) -> str:
    shown = [f"{_PLAIN[row.name]} {_by(row)}" for row in rows[:_MOST_NAMED]]
    rest = len(rows) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _by(row: Row) -> str:
    """Say by how much: in percent, or from what to what where that says more."""
    percent = row.difference.change_percent
    if percent is None or abs(percent) >= _MANY_TIMES_PERCENT or row.name.endswith("percent"):
        return f"{row.words.shown(row.difference.base)} → {row.words.shown(row.difference.new)}"
    return f"{'−' if percent < 0 else '+'}{abs(percent):.{1 if abs(percent) < 10 else 0}f}%"


def _noise(count: int) -> str:
    return f"the other {_figures(count)} that can be tested {'is' if count == 1 else 'are'} noise"


def _figures(count: int) -> str:
    return "1 figure" if count == 1 else f"{count} figures"
