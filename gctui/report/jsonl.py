r"""Events as JSON lines.

Printed digits are copied, not converted: the export of a trace is as exact as the trace, and most
of its cost is one formatting of bytes per line. Text is escaped to ASCII, so that no byte of a
program's output can act on the terminal that shows the export; what is not UTF-8 becomes `\udcXX`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from math import isfinite
from operator import itemgetter

from gctui.events import (
    AnyEvent,
    Event,
    Field,
    GcPause,
    GoroutineGroup,
    Mappings,
    MemStats,
    Printed,
    Process,
    Runtime,
    Sched,
    Surroundings,
    Unparsed,
    Value,
)
from gctui.events.event import ALONE

_Encoder = Callable[[Event], bytes]

_ENCODERS: dict[type[Event], _Encoder] = {}
"""Made once per form; there are as many as forms."""


def ascii_json(value: object) -> str:
    """Return a value as JSON, on one line, of nothing but printable ASCII."""
    text = _JSON.encode(value)
    # The only character of ASCII that JSON leaves as it is though it is none to be printed.
    return text.replace("\x7f", "\\u007f")


def json_lines(events: Iterable[AnyEvent], stream: str = "") -> Iterator[bytes]:
    """Yield each event as one JSON object with its newline."""
    for event in events:
        yield json_line(event, stream)


def json_line(event: AnyEvent, stream: str = "") -> bytes:
    """Return one event as a JSON object with its newline; absent fields are left out.

    `stream` is the file or the stream that it is of, where there are several. Its `source` is that,
    or who printed it, as its prefix tells, or `stream:who`.
    """
    if isinstance(event, Process | Mappings | Runtime | MemStats):
        line = _sample_line(event)
        return line[:-2] + b"%b}\n" % _source(stream) if stream else line
    cls = type(event)
    encoder = _ENCODERS.get(cls)
    if encoder is None:
        encoder = _ENCODERS[cls] = _encoder(cls)
    around = event.around
    if around is ALONE and not stream:
        return encoder(event)
    return encoder(event)[:-2] + _surroundings(around, stream) + b"}\n"


@lru_cache(maxsize=64)
def _source(stream: str, who: str | None = None) -> bytes:
    named = ":".join(name for name in (stream, who) if name)
    return b',"source":%b' % ascii_json(named).encode() if named else b""


def _surroundings(around: Surroundings, stream: str) -> bytes:
    members: dict[str, object] = {
        "prefix": around.prefix,
        "wall": around.wall,
        "repaired": around.repaired or None,
        "extra": around.extra,
        "ranges": around.ranges or None,
    }
    told = {name: value for name, value in members.items() if value is not None}
    rest = b"," + ascii_json(told).encode()[1:-1] if told else b""
    return _source(stream, around.source) + rest


def _sample_line(event: Process | Mappings | Runtime | MemStats) -> bytes:
    figures = {field.name: getattr(event, field.name) for field in fields(event)}
    if isinstance(event, Runtime):
        # A census may find nobody; no collection since the last sample is nothing to tell.
        figures["gc_pauses"] = event.gc_pauses or None
        figures["goroutines_by_status"] = event.goroutines_by_status
        figures["goroutines_by_wait_reason"] = event.goroutines_by_wait_reason
    if isinstance(event, MemStats):
        for name in ("pause_ns", "pause_end_ns", "pause_quantiles_ns"):
            figures[name] = figures[name] or None
    present = {name: value for name, value in figures.items() if value is not None}
    row = {"kind": event.kind, **present}
    return ascii_json(row).encode() + b"\n"


def _members(part: GcPause | GoroutineGroup) -> dict[str, object]:
    # As `asdict` does, which copies what it finds, and takes five times as long.
    return {name: getattr(part, name) for name in part.__match_args__}


_JSON = json.JSONEncoder(default=_members, separators=(",", ":"))


def _encoder(cls: type[Event]) -> _Encoder:
    head = f'{{"kind":"{cls.kind}","line":%d'
    if cls.format:
        head += f',"format":"{cls.format}"'
    head += "".join(f',"{name}":{ascii_json(value)}' for name, value in cls.said_by_form)
    copied = [i for i, field in enumerate(cls.fields) if field.digits_are_json]
    others = [(i, field) for i, field in enumerate(cls.fields) if not field.digits_are_json]
    body = "".join(f',"{cls.fields[i].name}":%b' for i in copied)
    template, tail = (head + body).encode(), _tail_encoder(cls, others)
    pick = _picker(copied)

    def encode(event: Event) -> bytes:
        printed = event.printed
        return template % (event.line, *pick(printed)) + tail(event)

    return encode


def _picker(places: list[int]) -> Callable[[Printed], tuple[bytes | None, ...]]:
    if not places:
        return lambda _printed: ()
    if places == list(range(len(places))):
        end = len(places)
        return lambda printed: printed[:end]
    if len(places) == 1:
        return lambda printed: (printed[places[0]],)
    pick = itemgetter(*places)
    return lambda printed: tuple(pick(printed))


def _tail_encoder(cls: type[Event], others: list[tuple[int, Field]]) -> _Encoder:
    """Encode what is not copied: flags, converted numbers, texts, what other lines add."""
    added = _ADDED.get(cls.kind)
    if not others and added is None:
        return lambda _event: b"}\n"
    names = [(i, f',"{field.name}":'.encode(), field.read) for i, field in others]

    def encode(event: Event) -> bytes:
        tail = b""
        for place, name, read in names:
            text = event.printed[place]
            if text is not None:
                tail += name + _json_value(read(text))
        if added is not None:
            tail += added(event)
        return tail + b"}\n"

    return encode


def _json_value(value: Value) -> bytes:
    """Return a field's value; what is no number, or infinite, has no other form in JSON."""
    if isinstance(value, float) and not isfinite(value):
        return b"null"
    return ascii_json(value).encode()


def _diagnosis(event: Event) -> bytes:
    if not isinstance(event, Unparsed):
        return b""
    return b',"column":%d,"expected":%b' % (event.column, ascii_json(event.expected).encode())


def _goroutines(event: Event) -> bytes:
    if not isinstance(event, Sched) or event.counted is None:
        return b""
    by_status = ascii_json(event.counted).encode()
    return b',"goroutines":%d,"goroutines_by_status":%b' % (event.goroutines or 0, by_status)


_ADDED: Mapping[str, _Encoder] = {Unparsed.kind: _diagnosis, Sched.kind: _goroutines}
