"""The events that a stream consists of, and the glossary of their fields.

An event is light: it keeps the bytes as printed and turns them into numbers when they are asked
for, because conversion, not recognition, is what parsing costs. The classes here name the fields;
for every form of the grammar the trace layer derives a subclass whose attributes read their own
place in the printed text. A field that a form lacks is None, by plain inheritance.

This module imports nothing of gctui, and everyone may import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import call
from typing import ClassVar, cast

Value = int | float | str | bool
Printed = tuple[bytes | None, ...]


_UNITS = {
    "_ms": "ms",
    "_s": "s",
    "_mb": "MB",
    "_kb": "KB",
    "_kib": "KiB",
    "_percent": "%",
}


def unit_of(name: str) -> str:
    """Return the unit that a field's name ends in, empty for a number or a flag."""
    return next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: where it stands in `Event.printed` and how its text is read."""

    name: str
    read: Callable[[bytes], Value]
    digits_are_json: bool
    """The printed digits are a JSON number as they stand, so an export may copy them."""
    is_flag: bool = False
    """Printed or not: the field is true where its words stand and absent elsewhere."""
    meaning: str = ""
    """What it says, in the grammar's words."""


class Event:
    """A piece of the stream: its place, and what was printed there.

    `line` is 1-based in the source; `start` and `end` are byte offsets in the source, the line's
    terminator included: the ranges of all events, sorted, partition the input.
    """

    __slots__ = ("end", "line", "printed", "start")

    kind: ClassVar[str] = ""
    format: ClassVar[str | None] = None
    fields: ClassVar[tuple[Field, ...]] = ()
    template: ClassVar[bytes] = b"%b"
    """The line as a format of its fields' texts."""
    _names: ClassVar[tuple[str, ...]] = ()
    _reads: ClassVar[tuple[Callable[[bytes], Value], ...]] = ()
    _perhaps: ClassVar[tuple[tuple[int, Field], ...]] = ()

    def __init_subclass__(cls) -> None:
        """Keep what `values` needs of the fields at hand: it may be asked of every event.

        Flags alone may be missing; all that is printed before the first of them is read in one go.
        """
        flags = [place for place, field in enumerate(cls.fields) if field.is_flag]
        always = cls.fields[: flags[0] if flags else None]
        cls._names = tuple(field.name for field in always)
        cls._reads = tuple(field.read for field in always)
        cls._perhaps = tuple(enumerate(cls.fields))[len(always) :]

    def __init__(self, line: int, start: int, end: int, printed: Printed) -> None:
        self.line = line
        self.start = start
        self.end = end
        self.printed = printed

    def values(self) -> dict[str, Value]:
        """Return every field that was printed, by name, in the order of the line."""
        printed = self.printed
        # None stands for a missing flag alone, and flags come after what `_reads` covers.
        numbers = map(call, self._reads, cast("tuple[bytes, ...]", printed))
        values: dict[str, Value] = dict(zip(self._names, numbers, strict=True))
        for place, field in self._perhaps:
            text = printed[place]
            if text is not None:
                values[field.name] = field.read(text)
        return values

    @property
    def raw(self) -> bytes:
        """The bytes of the line, without its terminator and what else stood on it."""
        return self.template % tuple(text or b"" for text in self.printed)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Event)
            and (self.kind, self.format) == (other.kind, other.format)
            and (self.line, self.start, self.end, self.printed)
            == (other.line, other.start, other.end, other.printed)
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.format, self.line, self.start, self.end, self.printed))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.values().items())
        return f"<{self.format or self.kind} line {self.line} [{self.start}:{self.end}] {shown}>"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """The process as the operating system sees it, one sample; sums over its process tree.

    A figure that could not be read is None. `cpu_percent` is of one core since the last sample.
    """

    kind: ClassVar[str] = "process"
    format: ClassVar[str | None] = None

    rss_bytes: int | None = None
    rss_peak_bytes: int | None = None
    swap_bytes: int | None = None
    vms_bytes: int | None = None
    threads: int | None = None
    cpu_percent: float | None = None
    cgroup_limit_bytes: int | None = None
    cgroup_current_bytes: int | None = None
    oom_kills: int | None = None


AnyEvent = Event | Process

PRINTED_KINDS: tuple[type[Event], ...] = (Gc, Scvg, Scav, Notice)
