"""What the Go runtime prints, and what is printed beside it. `grammars/` has the forms."""

from __future__ import annotations

from gctui.events.event import Event, Field, Printed, Value


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


PRINTED_KINDS: tuple[type[Event], ...] = (Gc, Scvg, Scav, Notice)
