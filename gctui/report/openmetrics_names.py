"""What a field of an event is called as a metric: base units, and the unit in the name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gctui.events.columns import ColumnType, fields_of_kind

LABELS: Mapping[str, tuple[str, ...]] = {
    "pacer": ("phase",),
    "init": ("package",),
    "scan": ("class",),
}
"""Fields that tell apart what is measured in one line from another's, by kind."""

COUNTED_BY: Mapping[str, str] = {
    "goroutines_by_status": "status",
    "goroutines_by_wait_reason": "wait_reason",
}
"""Maps: the label that has their keys."""

_UNITS = {
    "_mb": ("bytes", 2.0**20),
    "_kib": ("bytes", 2.0**10),
    "_kb": ("bytes", 2.0**10),
    "_bytes": ("bytes", 1.0),
    "_ms": ("seconds", 1e-3),
    "_ns": ("seconds", 1e-9),
    "_s": ("seconds", 1.0),
    "_percent": ("ratio", 1e-2),
}
_PREFIXES = {"process": "process", "mappings": "process_mappings"}
_NO_METRICS = frozenset({"text", "unparsed", "notice", "profile"})
_NOT_MEASURED = frozenset(
    {("gc", "start_s"), ("sched", "at_ms"), ("init", "at_ms"), ("memstats", "taken_ns")}
)
"""Times of the lines themselves."""

_RENAMED = {
    ("gc", "n"): "cycles",
    ("scvg", "n"): "runs",
    ("scav", "generation"): "generation",
    ("init", "bytes"): "allocated_bytes",
    ("memstats", "last_gc_ns"): "last_gc_timestamp_ns",
}
_COUNTERS = frozenset(
    {
        ("gc", "n"),
        ("runtime", "total_alloc_bytes"),
        ("runtime", "gc_count"),
        ("runtime", "gc_forced_count"),
        ("runtime", "pause_total_ms"),
        ("runtime", "cpu_assist_ms"),
        ("runtime", "cpu_background_ms"),
        ("runtime", "cpu_idle_ms"),
        ("runtime", "cpu_pause_ms"),
        ("memstats", "total_alloc_bytes"),
        ("memstats", "lookups"),
        ("memstats", "mallocs"),
        ("memstats", "frees"),
        ("memstats", "pause_total_ns"),
        ("memstats", "num_gc"),
        ("memstats", "num_forced_gc"),
        ("process", "oom_kills"),
    }
)
"""What only ever grows while one program runs."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric family."""

    name: str
    unit: str
    scale: float
    """What a field's number is multiplied by."""
    is_counter: bool
    label: str = ""
    """Which label has the keys, where the field is a map."""

    @property
    def sample(self) -> str:
        """The name that its samples have."""
        return f"{self.name}_total" if self.is_counter else self.name


@cache
def metrics_of_kind(kind: str) -> Mapping[str, Metric]:
    """Return the metrics that the fields of one kind are, by field."""
    if kind in _NO_METRICS:
        return {}
    return {
        column.name: _metric(kind, column.name, column.type)
        for column in fields_of_kind(kind)
        if _is_measured(kind, column.name, column.type)
    }


_NUMERIC = frozenset({ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.TRUTH})


def _is_measured(kind: str, name: str, column_type: ColumnType) -> bool:
    return (column_type in _NUMERIC and (kind, name) not in _NOT_MEASURED) or name in COUNTED_BY


def _metric(kind: str, field: str, column_type: ColumnType) -> Metric:
    stem = _RENAMED.get((kind, field), field)
    ending = next((ending for ending in _UNITS if stem.endswith(ending)), "")
    unit, scale = _UNITS[ending] if ending else ("", 1.0)
    stem = stem.removesuffix(ending).removesuffix("_total")
    name = "_".join(filter(None, (_PREFIXES.get(kind, f"go_{kind}"), stem, unit)))
    is_counter = (kind, field) in _COUNTERS and column_type is not ColumnType.TRUTH
    return Metric(name, unit, scale, is_counter, COUNTED_BY.get(field, ""))
