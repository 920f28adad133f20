"""What the Go runtime prints, and what is printed beside it. `grammars/` has the forms."""

from __future__ import annotations

from collections.abc import Mapping

from gctui.events.event import ALONE, Event, Field, Printed, Surroundings, Value


class Gc(Event):
    """A collection (gctrace). Sizes in MB of 2^20 bytes; see `grammars/gctrace.lark`."""

    __slots__ = ()
    kind = "gc"

    n: int | None = None
    start_s: float | None = None
    gc_cpu_percent: int | None = None
    clock_sweep_term_ms: float | None = None
    clock_scan_ms: float | None = None
    clock_sync_ms: float | None = None
    clock_mark_ms: float | None = None
    clock_mark_term_ms: float | None = None
    clock_sweep_ms: float | None = None
    clock_other_ms: float | None = None
    clock_stop_ms: float | None = None
    clock_wait_ms: float | None = None
    cpu_sweep_term_ms: float | None = None
    cpu_scan_ms: float | None = None
    cpu_sync_ms: float | None = None
    cpu_mark_ms: float | None = None
    cpu_assist_ms: float | None = None
    cpu_background_ms: float | None = None
    cpu_idle_ms: float | None = None
    cpu_mark_term_ms: float | None = None
    heap_live_previous_mb: int | None = None
    heap_start_mb: int | None = None
    heap_end_mb: int | None = None
    heap_live_mb: int | None = None
    heap_goal_mb: int | None = None
    stacks_mb: int | None = None
    globals_mb: int | None = None
    procs: int | None = None
    gc_threads: int | None = None
    objects: int | None = None
    objects_before: int | None = None
    objects_after: int | None = None
    mallocs: int | None = None
    frees: int | None = None
    goroutines: int | None = None
    sweep_spans: int | None = None
    sweep_background: int | None = None
    sweep_pause: int | None = None
    handoffs: int | None = None
    handoff_objects: int | None = None
    steals: int | None = None
    stolen_objects: int | None = None
    procyields: int | None = None
    osyields: int | None = None
    usleeps: int | None = None
    pointer_lookups: int | None = None
    pointer_lookups_by_size: int | None = None
    pointer_lookups_by_address: int | None = None
    forced: bool | None = None
    leak_check: bool | None = None


class Scvg(Event):
    """The scavenger's line of Go 1.0 to 1.13 (and 1.14 beta)."""

    __slots__ = ()
    kind = "scvg"

    n: int | None = None
    returned_mb: int | None = None
    returned_kb: int | None = None
    inuse_mb: int | None = None
    idle_mb: int | None = None
    sys_mb: int | None = None
    released_mb: int | None = None
    consumed_mb: int | None = None
    forced: bool | None = None


class Scav(Event):
    """The scavenger's line since Go 1.14 (scavtrace=1)."""

    __slots__ = ()
    kind = "scav"

    generation: int | None = None
    work_kib: int | None = None
    background_kib: int | None = None
    eager_kib: int | None = None
    released_kib: int | None = None
    util_percent: int | None = None
    forced: bool | None = None
    controller_reset: bool | None = None


class Sched(Event):
    """What processors, threads and run queues do (schedtrace), and with scheddetail goroutines."""

    __slots__ = ("counted",)
    kind = "sched"

    at_ms: int | None = None
    gomaxprocs: int | None = None
    idleprocs: int | None = None
    threads: int | None = None
    spinningthreads: int | None = None
    needspinning: int | None = None
    idlethreads: int | None = None
    runqueue: int | None = None
    local_runqueues: tuple[int, ...] | None = None
    schedticks: tuple[int, ...] | None = None
    gcwaiting: bool | None = None
    nmidlelocked: int | None = None
    nmspinning: int | None = None
    stopwait: int | None = None
    sysmonwait: bool | None = None

    def __init__(
        self,
        line: int,
        start: int,
        end: int,
        printed: Printed,
        around: Surroundings = ALONE,
        counted: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(line, start, end, printed, around)
        self.counted = counted
        """Goroutines by status, of the lines below this one; None where there are none."""

    @property
    def goroutines_by_status(self) -> Mapping[str, int] | None:
        """How many are running, waiting, …, the runtime's own included; None if not told."""
        return self.counted

    @property
    def goroutines(self) -> int | None:
        """How many there are that live; None if not told."""
        if self.counted is None:
            return None
        return sum(count for status, count in self.counted.items() if status not in NOT_ALIVE)

    def values(self) -> dict[str, Value]:
        """Return every field that was printed, and what the lines below add up to."""
        values = super().values()
        if self.counted is not None and self.goroutines is not None:
            values["goroutines"] = self.goroutines
            values["goroutines_by_status"] = self.counted
        return values

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, Sched) and self.counted == other.counted

    def __hash__(self) -> int:
        return super().__hash__()


NOT_ALIVE = frozenset({"idle", "dead", "deadextra"})
"""Statuses of what is kept to become a goroutine, or was one."""


class SchedPart(Event):
    """A line on one processor, thread or goroutine (scheddetail); one `Sched` stands for all."""

    __slots__ = ()
    kind = "sched_part"

    goid: int | None = None
    status: int | None = None
    wait_reason: str | None = None
    m: int | None = None
    lockedm: int | None = None
    p: int | None = None
    curg: int | None = None
    mallocing: int | None = None
    throwing: int | None = None
    preemptoff: str | None = None
    gcing: int | None = None
    locks: int | None = None
    dying: int | None = None
    helpgc: int | None = None
    spinning: bool | None = None
    blocked: bool | None = None
    lockedg: int | None = None
    schedtick: int | None = None
    syscalltick: int | None = None
    runqsize: int | None = None
    runq_capacity: int | None = None
    gfreecnt: int | None = None
    timerslen: int | None = None


class Pacer(Event):
    """What the pacer planned for a collection, or what came of it (gcpacertrace)."""

    __slots__ = ()
    kind = "pacer"

    phase: str | None = None
    """`start` or `end` of the mark, or `sweep`: that one is done."""
    assist_ratio: float | None = None
    scan_work_mb: int | None = None
    heap_start_mb: int | None = None
    heap_goal_mb: int | None = None
    dedicated_workers: int | None = None
    fractional_utilization: float | None = None
    gc_cpu_percent: int | None = None
    gc_cpu_goal_percent: int | None = None
    heap_work_bytes: int | None = None
    stack_work_bytes: int | None = None
    globals_work_bytes: int | None = None
    expected_work_bytes: int | None = None
    trigger_bytes: int | None = None
    heap_end_bytes: int | None = None
    goal_delta_bytes: int | None = None
    cons_mark: float | None = None
    controller_reset: bool | None = None
    heap_live_previous_bytes: int | None = None
    trigger_ratio: float | None = None
    heap_end_ratio: float | None = None
    goal_ratio: float | None = None
    heap_goal_bytes: int | None = None
    gc_cpu_utilization: float | None = None
    gc_cpu_goal_utilization: float | None = None
    scan_work_bytes: int | None = None
    goal_delta: float | None = None
    actual_delta: float | None = None
    utilization_ratio: float | None = None
    heap_mb: int | None = None
    allocated_mb: int | None = None
    swept_pages: int | None = None
    pages_per_byte: float | None = None

    def __init_subclass__(cls) -> None:
        """Take the phase from the last word of the form's name."""
        super().__init_subclass__()
        if cls.format is not None:
            cls.phase = cls.format.rpartition(".")[2]
            cls.said_by_form = (("phase", cls.phase),)


class Init(Event):
    """A package was initialised (inittrace)."""

    __slots__ = ()
    kind = "init"

    package: str | None = None
    at_ms: float | None = None
    clock_ms: float | None = None
    bytes: int | None = None
    allocs: int | None = None


class Scan(Event):
    """What a mark scanned, of one size class or of all (gctrace=2)."""

    __slots__ = ()
    kind = "scan"

    class_: str | None = None
    """Size of the objects, `448B`; `L` for large ones, `total` for all. The field is `class`."""
    objects_single: int | None = None
    objects_sparse: int | None = None
    objects_dense: int | None = None
    objects: int | None = None
    spans_sparse: int | None = None
    spans_dense: int | None = None
    spans: int | None = None


class Notice(Event):
    """A line of the runtime that carries no figures, like `GC forced`."""

    __slots__ = ()
    kind = "notice"

    n: int | None = None
    text: str | None = None


def _surrogate_text(printed: bytes) -> str:
    return printed.decode("utf-8", "surrogateescape")


class Text(Event):
    """Everything else: the program's own output, byte for byte in `raw`."""

    __slots__ = ()
    kind = "text"
    fields = (Field("text", _surrogate_text, digits_are_json=False),)

    @property
    def text(self) -> str:
        """`raw` as text; bytes that are not UTF-8 become surrogate escapes."""
        return _surrogate_text(self.raw)


class Unparsed(Event):
    """A line that looks like a trace line and is not one."""

    __slots__ = ("column", "expected")
    kind = "unparsed"
    fields = (Field("text", _surrogate_text, digits_are_json=False),)

    def __init__(
        self, line: int, start: int, end: int, printed: Printed, column: int, expected: str
    ) -> None:
        super().__init__(line, start, end, printed)
        self.column = column
        """1-based column, in bytes from the line's beginning, where the match ended."""
        self.expected = expected
        """What would have continued the line, in the grammar's words."""

    @property
    def text(self) -> str:
        """`raw` as text; bytes that are not UTF-8 become surrogate escapes."""
        return _surrogate_text(self.raw)

    def values(self) -> dict[str, Value]:
        """Return the text and the diagnosis."""
        return {"text": self.text, "column": self.column, "expected": self.expected}


PRINTED_KINDS: tuple[type[Event], ...] = (
    Gc,
    Scvg,
    Scav,
    Notice,
    Sched,
    SchedPart,
    Pacer,
    Init,
    Scan,
)
