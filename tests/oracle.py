"""An independent reading of the lines the Go runtime traces its collector and scavenger with.

The product reads these lines through its grammars; this file reads them through one regular
expression per form, written by hand from the runtime's own print calls. The two share nothing, so
a test that makes both read the same line finds the mistakes of either. Keep it so: nothing in
here may be imported from, or copied out of, the product.

Only whole lines count here. Finding a trace line inside other text is the product's business.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

Value = int | float | str | bool
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
)


class Form(NamedTuple):
    """One line form: what kind of event it is, its name, and how it is spelled."""

    kind: str
    name: str
    match: Callable[[str], re.Match[str] | None]


FORMS: tuple[Form, ...] = tuple(
    Form(kind, name, re.compile(pattern).fullmatch) for kind, name, pattern in PATTERNS
)
FLAGS = frozenset({"forced", "leak_check", "controller_reset"})


def _field(name: str, printed: str) -> tuple[str, Value]:
    """Turn one captured group into a field of the schema: its name there, and its value."""
    if name in FLAGS:
        return name, True
    if name == "text":
        return name, printed
    if name.endswith("_us"):  # Go 1.3 and 1.4 print microseconds; the schema has milliseconds
        return f"{name.removesuffix('_us')}_ms", int(printed) / 1000
    if name.endswith("_ms") or name == "start_s":
        return name, float(printed)
    return name, int(printed, 16 if printed.startswith("0x") else 10)


def expected(line: bytes) -> Reading | None:
    """Read one whole line, without its newline; None where it is not exactly a trace line.

    A carriage return at the end belongs to the terminal that the line went through, so the answer
    is the same with it and without it.
    """
    text = line.removesuffix(b"\r").decode("latin-1")
    for form in FORMS:
        found = form.match(text)
        if found is not None:
            printed = found.groupdict()
            return (
                form.kind,
                form.name,
                dict(_field(name, value) for name, value in printed.items() if value is not None),
            )
    return None
