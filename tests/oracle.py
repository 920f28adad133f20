"""An independent reading of the lines that the Go runtime traces itself with.

The product reads these lines through its grammars; this file reads them through one regular
expression per form, written by hand from the runtime's own print calls. The two share nothing, so
a test that makes both read the same line finds the mistakes of either. Keep it so: nothing in
here may be imported from, or copied out of, the product.

Only whole lines count here. Finding a trace line inside other text is the product's business.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

Value = int | float | str | bool | tuple[int, ...] | Mapping[str, int]
Reading = tuple[str, str, dict[str, Value]]

FORCED = r"(?P<forced> \(forced\))"


def u(name: str) -> str:
    """Match an unsigned decimal: the runtime prints no sign, no padding, no grouping."""
    return rf"(?P<{name}>0|[1-9][0-9]*)"


def i(name: str) -> str:
    """Match a signed decimal: a minus sign for negatives only, so never `-0`."""
    return rf"(?P<{name}>0|-?[1-9][0-9]*)"


def h(name: str) -> str:
    """Match a hexadecimal as `%p` prints it: lower case, without padding."""
    return rf"(?P<{name}>0x(?:0|[1-9a-f][0-9a-f]*))"


def ms(name: str) -> str:
    """Match milliseconds: whole, or with one to three decimals."""
    return rf"(?P<{name}>(?:0|[1-9][0-9]*)(?:\.[0-9]{{1,3}})?)"


def sec3(name: str) -> str:
    """Match seconds: always exactly three decimals."""
    return rf"(?P<{name}>(?:0|[1-9][0-9]*)\.[0-9]{{3}})"


def f(name: str) -> str:
    """Match a float as either era prints it: fixed with a sign, or the shortest (Go 1.26)."""
    fixed = r"[+-][0-9]\.[0-9]{6}e[+-][0-9]{3}"
    shortest = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-][0-9]{2,3})?"
    return rf"(?P<{name}>{fixed}|{shortest}|NaN|\+Inf|-Inf)"


def nil(name: str) -> str:
    """Match the number of a P, M or G: -1 or nil for none."""
    return rf"(?P<{name}>0|-?[1-9][0-9]*|nil)"


def row(name: str, *, spaced: bool = False) -> str:
    """Match numbers in brackets."""
    if spaced:
        return rf"\[ (?P<{name}>(?:-?[0-9]+ )+)\]"
    return rf"\[(?P<{name}>-?[0-9]+(?: -?[0-9]+)*)\]"


def flag(name: str) -> str:
    """Match yes or no, in letters or as a digit."""
    return rf"(?P<{name}>true|false|0|1)"


# What several forms print alike. A form is still spelled out in full below, from these pieces.

HEAP_AND_OBJECTS = (
    rf"{i('heap_start_mb')} -> {i('heap_live_mb')} MB"
    rf" {i('objects_before')} -> {i('objects_after')} \({i('mallocs')}-{i('frees')}\) objects"
)
HEAD_1_3 = (
    rf"gc{i('n')}\({i('gc_threads')}\): "
    rf"{i('clock_stop_us')}\+{i('clock_sweep_us')}\+{i('clock_mark_us')}\+{i('clock_wait_us')} us, "
    rf"{i('heap_live_previous_mb')} -> {i('heap_start_mb')} MB, "
    rf"{i('objects')} \({i('mallocs')}-{i('frees')}\) objects, "
)
SWEEPS = rf"{i('sweep_spans')}/{i('sweep_background')}/{i('sweep_pause')} sweeps, "
YIELDS = (
    rf"{i('handoffs')}\({i('handoff_objects')}\) handoff, "
    rf"{i('steals')}\({i('stolen_objects')}\) steal, "
    rf"{i('procyields')}/{i('osyields')}/{i('usleeps')} yields"
)
TIME_AND_CPU = rf"@{sec3('start_s')}s {i('gc_cpu_percent')}%"
FIVE_CLOCKS = (
    rf"{ms('clock_sweep_term_ms')}\+{ms('clock_scan_ms')}\+{ms('clock_sync_ms')}"
    rf"\+{ms('clock_mark_ms')}\+{ms('clock_mark_term_ms')} ms clock, "
)
SEVEN_CPU = (
    rf"{ms('cpu_sweep_term_ms')}\+{ms('cpu_scan_ms')}\+{ms('cpu_sync_ms')}"
    rf"\+{ms('cpu_assist_ms')}/{ms('cpu_background_ms')}/{ms('cpu_idle_ms')}"
    rf"\+{ms('cpu_mark_term_ms')} ms cpu, "
)
THREE_CLOCKS_FIVE_CPU = (
    rf"{ms('clock_sweep_term_ms')}\+{ms('clock_mark_ms')}\+{ms('clock_mark_term_ms')} ms clock, "
    rf"{ms('cpu_sweep_term_ms')}\+{ms('cpu_assist_ms')}/{ms('cpu_background_ms')}"
    rf"/{ms('cpu_idle_ms')}\+{ms('cpu_mark_term_ms')} ms cpu, "
)
HEAP = rf"{u('heap_start_mb')}->{u('heap_end_mb')}->{u('heap_live_mb')} MB, "
GOAL = rf"{u('heap_goal_mb')} MB goal, "
STACKS_AND_GLOBALS = rf"{u('stacks_mb')} MB stacks, {u('globals_mb')} MB globals, "
PROCS = rf"{i('procs')} P{FORCED}?"
SCVG_FIGURES = (
    rf"inuse: {u('inuse_mb')}, idle: {u('idle_mb')}, sys: {u('sys_mb')}, "
    rf"released: {u('released_mb')}, consumed: {u('consumed_mb')} \(MB\)"
)
SCVG_MAYBE_FORCED = r"(?P<forced>forced )?scvg: "
SCAV_TOTAL = rf"{u('work_kib')} KiB work, {u('released_kib')} KiB total, {u('util_percent')}% util"
RESET = r"(?P<controller_reset> \[controller reset\])"

SCHED = (
    rf"SCHED {i('at_ms')}ms: gomaxprocs={i('gomaxprocs')} idleprocs={i('idleprocs')}"
    rf" threads={i('threads')}"
)
SPINNING = rf" spinningthreads={i('spinningthreads')}"
NEEDED = rf" needspinning={u('needspinning')}"
QUEUE = rf" idlethreads={i('idlethreads')} runqueue={i('runqueue')} "
WAITING = rf"gcwaiting={flag('gcwaiting')} nmidlelocked={i('nmidlelocked')} "
STOPPING = rf"stopwait={i('stopwait')} sysmonwait={flag('sysmonwait')}"
P_LINE = (
    rf"  P{i('p')}: status={i('status')} schedtick={i('schedtick')} syscalltick={i('syscalltick')}"
    rf" m={nil('m')} runqsize={i('runqsize')}"
)
M_LINE = (
    rf"  M{i('m')}: p={nil('p')} curg={nil('curg')} "
    rf"mallocing={i('mallocing')} throwing={i('throwing')} "
)
M_LOCKS = rf"locks={i('locks')} dying={i('dying')}"
M_SPINNING = rf" spinning={flag('spinning')}"
M_BLOCKED = rf" blocked={flag('blocked')}"
M_END = rf" lockedg={nil('lockedg')}"
SWEPT = rf"pacer: sweep done at heap size {u('heap_mb')}MB; allocated {u('allocated_mb')}MB "
GREEN_TEA = (
    rf"{u('objects_single')}\+{u('objects_sparse')}\+{u('objects_dense')}={u('objects')} objs, "
    rf"{u('spans_sparse')}\+{u('spans_dense')}={u('spans')} spans"
)
ONE_CLASS = r"scan: class (?P<class>L|[0-9]+B) "
ALL_CLASSES = r"scan: (?P<class>total) "

# (kind, form, pattern). No line matches two of them; a test may rely on that.
PATTERNS: tuple[tuple[str, str, str], ...] = (
    (
        "gc",
        "gctrace.r60",
        rf"gc{i('n')}: {i('clock_mark_ms')}\+{i('clock_sweep_ms')}\+{i('clock_other_ms')} ms "
        rf"{HEAP_AND_OBJECTS} {i('pointer_lookups')} pointer lookups "
        rf"\({i('pointer_lookups_by_size')} size, {i('pointer_lookups_by_address')} addr\)",
    ),
    (
        "gc",
        "gctrace.go1.0",
        rf"gc{i('n')}\({i('gc_threads')}\): "
        rf"{i('clock_mark_ms')}\+{i('clock_sweep_ms')}\+{i('clock_other_ms')} ms "
        rf"{HEAP_AND_OBJECTS} {i('handoff_objects')} handoff",
    ),
    (
        "gc",
        "gctrace.go1.1",
        rf"gc{i('n')}\({i('gc_threads')}\): "
        rf"{i('clock_mark_ms')}\+{i('clock_sweep_ms')}\+{i('clock_other_ms')} ms, "
        rf"{HEAP_AND_OBJECTS}, {YIELDS}",
    ),
    ("gc", "gctrace.go1.3", rf"{HEAD_1_3}{SWEEPS}{YIELDS}"),
    ("gc", "gctrace.go1.4dev", rf"{HEAD_1_3}{i('goroutines')} gs, {SWEEPS}{YIELDS}"),
    ("gc", "gctrace.go1.4", rf"{HEAD_1_3}{i('goroutines')} goroutines, {SWEEPS}{YIELDS}"),
    (
        "gc",
        "gctrace.go1.5dev",
        rf"gc #{u('n')} {TIME_AND_CPU}: {FIVE_CLOCKS}"
        rf"{ms('cpu_sweep_term_ms')}\+{ms('cpu_scan_ms')}\+{ms('cpu_sync_ms')}"
        rf"\+{ms('cpu_mark_ms')}\+{ms('cpu_mark_term_ms')} ms cpu, {HEAP}{PROCS}",
    ),
    (
        "gc",
        "gctrace.go1.5beta1",
        rf"gc #{u('n')} {TIME_AND_CPU}: {FIVE_CLOCKS}{SEVEN_CPU}{HEAP}{GOAL}{PROCS}",
    ),
    (
        "gc",
        "gctrace.go1.5",
        rf"gc {u('n')} {TIME_AND_CPU}: {FIVE_CLOCKS}{SEVEN_CPU}{HEAP}{GOAL}{PROCS}",
    ),
    (
        "gc",
        "gctrace.go1.6",
        rf"gc {u('n')} {TIME_AND_CPU}: {THREE_CLOCKS_FIVE_CPU}{HEAP}{GOAL}{PROCS}",
    ),
    (
        "gc",
        "gctrace.go1.18",
        rf"gc {u('n')} {TIME_AND_CPU}: {THREE_CLOCKS_FIVE_CPU}{HEAP}{GOAL}"
        rf"{STACKS_AND_GLOBALS}{PROCS}",
    ),
    (
        "gc",
        "gctrace.go1.26",
        rf"gc {u('n')} {TIME_AND_CPU}(?P<leak_check> \(checking for goroutine leaks\)): "
        rf"{THREE_CLOCKS_FIVE_CPU}{HEAP}{GOAL}{STACKS_AND_GLOBALS}{PROCS}",
    ),
    ("scvg", "scvg.go1.0.released", rf"scvg{i('n')}: {h('returned_mb')} MB released"),
    ("scvg", "scvg.go1.2.released", rf"scvg{i('n')}: {u('returned_mb')} MB released"),
    ("scvg", "scvg.go1.0", rf"scvg{i('n')}: {SCVG_FIGURES}"),
    ("scvg", "scvg.go1.13.released", rf"{SCVG_MAYBE_FORCED}{u('returned_mb')} MB released"),
    ("scvg", "scvg.go1.13", rf"{SCVG_MAYBE_FORCED}{SCVG_FIGURES}"),
    ("scvg", "scvg.go1.14beta.released", rf"scvg: {u('returned_kb')} KB released"),
    ("scav", "scavtrace.go1.14", rf"scav {SCAV_TOTAL}{FORCED}?"),
    ("scav", "scavtrace.go1.15", rf"scav {u('generation')} {SCAV_TOTAL}{FORCED}?"),
    ("scav", "scavtrace.go1.18", rf"scav {u('generation')} {SCAV_TOTAL}{RESET}"),
    ("scav", "scavtrace.go1.19", rf"scav {SCAV_TOTAL}{RESET}"),
    (
        "scav",
        "scavtrace.go1.21",
        rf"scav {u('background_kib')} KiB work \(bg\), {u('eager_kib')} KiB work \(eager\), "
        rf"{u('released_kib')} KiB now, {u('util_percent')}% util(?:{FORCED}|{RESET})?",
    ),
    ("notice", "notice.go1.0", rf"scvg{i('n')}: (?P<text>GC forced)"),
    ("notice", "notice.go1.4", r"(?P<text>GC forced)"),
    (
        "notice",
        "checkfinalizers.go1.25",
        r"(?P<text>checkfinalizers: queue: -?[0-9]+ finalizers \+ -?[0-9]+ cleanups)",
    ),
    (
        "notice",
        "complaint.go1.12.cpu",
        r'(?P<text>GODEBUG: no value specified for "cpu\.[^"]*"'
        r'|GODEBUG: value "[^"]*" not supported for cpu option "[^"]*"'
        r'|GODEBUG: unknown cpu feature "[^"]*"'
        r'|GODEBUG: can not enable "[^"]*", missing CPU support)',
    ),
    (
        "notice",
        "complaint.go1.3.skew",
        r"(?P<text>runtime: mstats skew: heap=-?[0-9]+/-?[0-9]+)",
    ),
    ("sched", "sched.go1.2", rf"{SCHED}{QUEUE}{row('local_runqueues')}"),
    ("sched", "sched.go1.4", rf"{SCHED}{SPINNING}{QUEUE}{row('local_runqueues')}"),
    ("sched", "sched.go1.20", rf"{SCHED}{SPINNING}{NEEDED}{QUEUE}{row('local_runqueues')}"),
    (
        "sched",
        "sched.go1.25",
        rf"{SCHED}{SPINNING}{NEEDED}{QUEUE}{row('local_runqueues', spaced=True)} "
        rf"schedticks={row('schedticks', spaced=True)}",
    ),
    (
        "sched",
        "sched.go1.2.detail",
        rf"{SCHED}{QUEUE}{WAITING}nmspinning={i('nmspinning')} {STOPPING}",
    ),
    ("sched", "sched.go1.4.detail", rf"{SCHED}{SPINNING}{QUEUE}{WAITING}{STOPPING}"),
    ("sched", "sched.go1.20.detail", rf"{SCHED}{SPINNING}{NEEDED}{QUEUE}{WAITING}{STOPPING}"),
    (
        "sched_part",
        "scheddetail.go1.2.p",
        rf"{P_LINE}/{i('runq_capacity')} gfreecnt={i('gfreecnt')}",
    ),
    ("sched_part", "scheddetail.go1.3.p", rf"{P_LINE} gfreecnt={i('gfreecnt')}"),
    (
        "sched_part",
        "scheddetail.go1.14.p",
        rf"{P_LINE} gfreecnt={i('gfreecnt')} timerslen={i('timerslen')}",
    ),
    (
        "sched_part",
        "scheddetail.go1.2.m",
        rf"{M_LINE}gcing={i('gcing')} {M_LOCKS} helpgc={i('helpgc')}{M_SPINNING}{M_END}",
    ),
    (
        "sched_part",
        "scheddetail.go1.3.m",
        rf"{M_LINE}gcing={i('gcing')} {M_LOCKS} helpgc={i('helpgc')}{M_SPINNING}{M_BLOCKED}{M_END}",
    ),
    (
        "sched_part",
        "scheddetail.go1.5.m",
        rf"{M_LINE}preemptoff=(?P<preemptoff>.*?) {M_LOCKS} helpgc={i('helpgc')}"
        rf"{M_SPINNING}{M_BLOCKED}{M_END}",
    ),
    (
        "sched_part",
        "scheddetail.go1.12.m",
        rf"{M_LINE}preemptoff=(?P<preemptoff>.*?) {M_LOCKS}{M_SPINNING}{M_BLOCKED}{M_END}",
    ),
    (
        "sched_part",
        "scheddetail.go1.2.g",
        rf"  G{i('goid')}: status={u('status')}\((?P<wait_reason>.*?)\) m={nil('m')} "
        rf"lockedm={nil('lockedm')}",
    ),
    (
        "pacer",
        "pacer.go1.5.start",
        rf"pacer: assist ratio={f('assist_ratio')} \(scan {u('scan_work_mb')} MB in "
        rf"{u('heap_start_mb')}->{u('heap_goal_mb')} MB\) "
        rf"workers={i('dedicated_workers')}\+{f('fractional_utilization')}",
    ),
    (
        "pacer",
        "pacer.go1.5.end",
        rf"pacer: H_m_prev={u('heap_live_previous_bytes')} "
        rf"h_t={f('trigger_ratio')} H_T={u('trigger_bytes')} "
        rf"h_a={f('heap_end_ratio')} H_a={u('heap_end_bytes')} "
        rf"h_g={f('goal_ratio')} H_g={i('heap_goal_bytes')} "
        rf"u_a={f('gc_cpu_utilization')} u_g={f('gc_cpu_goal_utilization')} "
        rf"W_a={i('scan_work_bytes')} goal\u0394={f('goal_delta')} "
        rf"actual\u0394={f('actual_delta')} u_a/u_g={f('utilization_ratio')}",
    ),
    (
        "pacer",
        "pacer.go1.18.end",
        rf"pacer: {i('gc_cpu_percent')}% CPU \({i('gc_cpu_goal_percent')} exp\.\) for "
        rf"{i('heap_work_bytes')}\+{i('stack_work_bytes')}\+{i('globals_work_bytes')} B work "
        rf"\({u('expected_work_bytes')} B exp\.\) in {u('trigger_bytes')} B -> "
        rf"{u('heap_end_bytes')} B \(\u2206goal {i('goal_delta_bytes')}, "
        rf"cons/mark {f('cons_mark')}\)(?P<controller_reset>\[controller reset\])?",
    ),
    ("pacer", "pacer.go1.6.sweep", rf"{SWEPT}of spans; swept {u('swept_pages')} pages"),
    (
        "pacer",
        "pacer.go1.7.sweep",
        rf"{SWEPT}of spans; swept {u('swept_pages')} pages at {f('pages_per_byte')} pages/byte",
    ),
    (
        "pacer",
        "pacer.go1.9.sweep",
        rf"{SWEPT}during sweep; swept {u('swept_pages')} pages at {f('pages_per_byte')} pages/byte",
    ),
    (
        "init",
        "inittrace.go1.16",
        rf"init (?P<package>\S+) @{ms('at_ms')} ms, {ms('clock_ms')} ms clock, "
        rf"{u('bytes')} bytes, {u('allocs')} allocs",
    ),
    ("scan", "scan.go1.25", rf"{ONE_CLASS}{u('objects')} objs"),
    ("scan", "scan.go1.25.total", rf"{ALL_CLASSES}{u('objects')} objs"),
    ("scan", "scan.go1.26", rf"{ONE_CLASS}{GREEN_TEA}"),
    ("scan", "scan.go1.26.total", rf"{ALL_CLASSES}{GREEN_TEA}"),
)


class Form(NamedTuple):
    """One line form: what kind of event it is, its name, and how it is spelled."""

    kind: str
    name: str
    match: Callable[[str], re.Match[str] | None]


FORMS: tuple[Form, ...] = tuple(
    Form(kind, name, re.compile(pattern).fullmatch) for kind, name, pattern in PATTERNS
)
YES_OR_NO = frozenset({"gcwaiting", "sysmonwait", "spinning", "blocked"})
ROWS = frozenset({"local_runqueues", "schedticks"})
TEXTS = frozenset({"text", "package", "class", "wait_reason", "preemptoff"})
FLOATS = frozenset(
    {
        "start_s",
        "assist_ratio",
        "fractional_utilization",
        "trigger_ratio",
        "heap_end_ratio",
        "goal_ratio",
        "gc_cpu_utilization",
        "gc_cpu_goal_utilization",
        "goal_delta",
        "actual_delta",
        "utilization_ratio",
        "cons_mark",
        "pages_per_byte",
    }
)
FLAGS = frozenset({"forced", "leak_check", "controller_reset"})


def _field(kind: str, name: str, printed: str) -> tuple[str, Value]:
    """Turn one captured group into a field of the schema: its name there, and its value."""
    if name.endswith("_us"):  # Go 1.3 and 1.4 print microseconds; the schema has milliseconds
        return f"{name.removesuffix('_us')}_ms", int(printed) / 1000
    return name, _value(kind, name, printed)


def _value(kind: str, name: str, printed: str) -> Value:
    if name in FLAGS:
        return True
    if name in TEXTS:
        return printed
    if name in YES_OR_NO:
        return printed in {"true", "1"}
    if name in ROWS:
        return tuple(int(number) for number in printed.split())
    if name in FLOATS or (name.endswith("_ms") and kind != "sched"):
        return float(printed)
    return -1 if printed == "nil" else int(printed, 16 if printed.startswith("0x") else 10)


def expected(line: bytes) -> Reading | None:
    """Read one whole line, without its newline; None where it is not exactly a trace line.

    A carriage return at the end belongs to the terminal that the line went through, so the answer
    is the same with it and without it.
    """
    text = line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
    for form in FORMS:
        found = form.match(text)
        if found is not None:
            said = {"phase": form.name.split(".")[-1]} if form.kind == "pacer" else {}
            printed = found.groupdict()
            figures = (_field(form.kind, *item) for item in printed.items() if item[1] is not None)
            return form.kind, form.name, said | dict(figures)
    return None
