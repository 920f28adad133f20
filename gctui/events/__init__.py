"""The events that a stream consists of, and the glossary of their fields.

An event is light: it keeps the bytes as printed and turns them into numbers when they are asked
for, because conversion, not recognition, is what parsing costs. The classes here name the fields;
for every form of the grammar the trace layer derives a subclass whose attributes read their own
place in the printed text. A field that a form lacks is None, by plain inheritance.

This package imports nothing of gctui, and everyone may import it.
"""

from gctui.events.event import Event, Field, Printed, Surroundings, Value, unit_of
from gctui.events.observed import (
    GcPause,
    GoroutineGroup,
    Mappings,
    MemStats,
    Process,
    Runtime,
)
from gctui.events.printed import (
    PRINTED_KINDS,
    Gc,
    Init,
    Notice,
    Pacer,
    Scan,
    Scav,
    Sched,
    SchedPart,
    Scvg,
    Text,
    Unparsed,
)

AnyEvent = Event | Process | Mappings | Runtime | MemStats

__all__ = [
    "PRINTED_KINDS",
    "AnyEvent",
    "Event",
    "Field",
    "Gc",
    "GcPause",
    "GoroutineGroup",
    "Init",
    "Mappings",
    "MemStats",
    "Notice",
    "Pacer",
    "Printed",
    "Process",
    "Runtime",
    "Scan",
    "Scav",
    "Sched",
    "SchedPart",
    "Scvg",
    "Surroundings",
    "Text",
    "Unparsed",
    "Value",
    "unit_of",
]
