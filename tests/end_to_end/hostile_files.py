"""Files of every kind that gctui reads, with all that might act on a terminal in all of them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.analysis.made_profiles import Made
from tests.corpus_files import SAMPLES

from .drawing import HOSTILE_LINES, HOSTILE_TEXT, LAST

_LOG = SAMPLES / "demo" / "steady.log"
_SOURCE = "source.go"
_MADE_LINES = 60


def in_one_line(text: str = HOSTILE_TEXT) -> bytes:
    """Return it as a program would print it."""
    return text.encode("utf-8", "surrogateescape").replace(b"\n", b" ")


def hostile_log() -> bytes:
    """Return a trace whose lines come behind hostile prefixes, and hostile output."""
    trace = _LOG.read_bytes().splitlines()[:_MADE_LINES]
    lines = [
        HOSTILE_LINES[place % len(HOSTILE_LINES)] + b" " + line for place, line in enumerate(trace)
    ]
    lines += [b"[[ " + in_one_line() + b" ]]", *trace, *(line[:-9] for line in trace[:3])]
    lines += [line[:30] + each for line, each in zip(trace, HOSTILE_LINES, strict=False)]
    return b"\n".join([*lines, *HOSTILE_LINES, LAST.encode()]) + b"\n"


def poisoned(data: bytes, *words: bytes) -> bytes:
    """Return `data` with something hostile behind each of the words."""
    number = 0
    for word in words:
        first, *rest = data.split(word)
        data = first
        for part in rest:
            hostile = HOSTILE_LINES[number % len(HOSTILE_LINES)].replace(b"text ", b"")
            data += word + hostile + part
            number += 1
    return data


def hostile_profile(folder: Path) -> bytes:
    """Return a heap profile of hostile names; the source that it names is put in `folder`."""
    source = folder / _SOURCE
    source.write_bytes(b"\n".join([b"func f() {", *HOSTILE_LINES, in_one_line(), b"}"]))
    made = Made()
    # Made takes text alone: what is no text is put in its place at the end.
    names = {
        made.text(f"name {place}"): line
        for place, line in enumerate([in_one_line(), *HOSTILE_LINES])
    }
    made.types(("name 0", "name 1"), ("inuse_space", "bytes"))
    message = made.message
    message.period_type.type, message.period_type.unit = made.text("space"), made.text("bytes")
    message.period = 524288
    message.drop_frames = made.text("name 0")
    message.mapping.add(id=1, memory_limit=1 << 20, filename=made.text("name 0"))
    places = []
    for number in range(len(names)):
        file = str(source) if number % 2 else f"name {number}"
        function = made.function(f"name {number}", file, 1)
        places.append(made.location(number + 1, (function, number + 1), mapping=1))
    for number in range(len(places) - 1):
        made.sample([places[number], places[number + 1]], [1, 1 << 20], label="name 0")
    for place, name in names.items():
        message.string_table[place] = b"main." + name
    return made.data()


def hostile_recording() -> bytes:
    """Return a recording whose every text is hostile."""
    names = ("created_by", "place", "status", "wait_reason", "function", "line")
    group: dict[str, object] = {"count": 500, "stack_bytes": 1 << 20, "longest_wait_s": 100}
    group |= dict.fromkeys(names, HOSTILE_TEXT)
    rows: list[dict[str, object]] = [
        {
            "kind": "recording",
            "version": 1,
            "gctui": HOSTILE_TEXT,
            "began": "2026-01-01T00:00:00.000000Z",
            "label": HOSTILE_TEXT,
            "pid": 7,
            "godebug": HOSTILE_TEXT,
            "go_version": HOSTILE_TEXT,
        },
        {"kind": "runtime", "gc_count": 3, "goroutines": 5, "goroutine_groups": [group]},
        {"kind": "text", "line": 1, "range": [0, 9], "text": HOSTILE_TEXT},
        {"kind": HOSTILE_TEXT},
        {"kind": "gc", "line": 2, "range": [9, 19], "format": HOSTILE_TEXT, "raw": HOSTILE_TEXT},
        {
            "kind": "unparsed",
            "line": 3,
            "range": [19, 29],
            "text": HOSTILE_TEXT,
            "column": 3,
            "expected": HOSTILE_TEXT,
        },
    ]
    end = {"kind": "end", "how": f"OOM killer {HOSTILE_TEXT}", "in_short": HOSTILE_TEXT}
    moment = {"received": "2026-01-01T00:00:01.000000Z", "source": HOSTILE_TEXT}
    bad = {"kind": "text", "received": HOSTILE_TEXT}
    whole = [rows[0], *(row | moment for row in rows[1:]), bad]
    lines = [json.dumps(row, separators=(",", ":")).encode() for row in whole]
    # What is no JSON is shown, too.
    lines += [in_one_line(), json.dumps(end | moment).encode()]
    return b"\n".join(lines) + b"\n"
