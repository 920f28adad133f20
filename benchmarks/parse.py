"""Parsing: what telling lines apart costs, against a hand-written loop and against Lark itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from operator import attrgetter

from benchmarks.logs import alternating_lines, gc_lines, log, talkative_lines
from benchmarks.rows import Row, Sides, compare, cpu_s, in_turn
from gctui.events import Event, Text
from gctui.grammar.forms import all_forms
from gctui.grammar.reference import reference_parser
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan

LINES = 200_000
LARK_LINES = 2_000
CHUNK_BYTES = 256 << 10

GC = re.compile(
    rb"gc (\d+) @([\d.]+)s (\d+)%: "
    rb"([\d.]+)\+([\d.]+)\+([\d.]+) ms clock, "
    rb"([\d.]+)\+([\d.]+)/([\d.]+)/([\d.]+)\+([\d.]+) ms cpu, "
    rb"(\d+)->(\d+)->(\d+) MB, (\d+) MB goal, (\d+) MB stacks, (\d+) MB globals, "
    rb"(\d+) P( \(forced\))?"
)
READ = (int, float, int, *[float] * 8, *[int] * 7)
SCAV = re.compile(
    rb"scav (\d+) KiB work \(bg\), (\d+) KiB work \(eager\), (\d+) KiB now, (\d+)% util"
)
"""What one writes by hand for one version of Go; it knows no other and no place in the file."""


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures."""
    data = log(gc_lines(), LINES)
    yield from _late(rounds, data)
    yield from _read(rounds, data)
    yield from _lark(rounds, data)
    alternating = log(alternating_lines(), LINES)
    yield from _alternating(rounds, alternating)
    talkative = log(talkative_lines(), LINES)
    sides = in_turn(rounds, partial(_scan, talkative), partial(_by_hand, talkative))
    yield _row("90 % own output: events, by hand", sides)
    yield from _apply(rounds, {"gc": data, "gc/scav": alternating, "90 % own output": talkative})


def _late(rounds: int, data: bytes) -> Iterator[Row]:
    sides = in_turn(rounds, partial(_scan, data), partial(_by_hand_gc, data))
    yield _row("gc: events, groups by hand", sides, at_most=3.0)


def _read(rounds: int, data: bytes) -> Iterator[Row]:
    """Compare with every number read: first with the loop that reads none, then with one that does.

    The first is the whole price of a number; the second, what is left if one needs numbers anyway.
    """
    for name, read in (("values()", _values), ("attributes", _attributes)):
        sides = in_turn(rounds, partial(_scan, data, read), partial(_by_hand_gc, data))
        yield _row(f"gc: {name} of all, groups by hand", sides, at_most=5.0)
    sides = in_turn(rounds, partial(_scan, data, _values), partial(_by_hand_numbers, data))
    yield _row("gc: values() of all, numbers by hand", sides)


def _lark(rounds: int, data: bytes) -> Iterator[Row]:
    """Compare with Lark's LALR parser, line by line: it is the oracle of the compiled patterns.

    Its trees and our events both hold the fields' texts; with every number read for information.
    """
    lines = data.split(b"\n", LARK_LINES)[:LARK_LINES]
    texts = [line.decode() for line in lines]
    few = b"\n".join(lines) + b"\n"
    name = next(scan([few])).format
    lark = reference_parser(next(form for form in all_forms() if form.name == name))

    def parsed() -> None:
        for text in texts:
            lark.parse(text)

    for what, read, at_least in (("events", None, 20.0), ("values()", _values, None)):
        scanned = partial(_scan, few * 20, read)
        pairs = [(cpu_s(parsed), cpu_s(scanned) / 20) for _ in range(rounds)]
        sides = compare(pairs)
        ours, reference = (_per_line(s, LARK_LINES) for s in (sides.reference, sides.ours))
        yield Row(
            f"gc: {what}, Lark's LALR parser",
            ours,
            reference,
            sides.ratio,
            "× as fast",
            at_least=at_least,
        )


def _alternating(rounds: int, data: bytes) -> Iterator[Row]:
    sides = in_turn(rounds, partial(_scan, data), partial(_by_hand, data))
    yield _row("gc/scav: events, groups by hand", sides)
    for name, read in (("values()", _values), ("attributes", _attributes)):
        sides = in_turn(rounds, partial(_scan, data, read), partial(_by_hand, data))
        yield _row(f"gc/scav: {name} of all, groups by hand", sides)


def _apply(rounds: int, logs: dict[str, bytes]) -> Iterator[Row]:
    """Give the model's time per event; the reference is what making the event took."""
    for name, data in logs.items():
        events = list(scan([data]))

        sides = in_turn(rounds, partial(_applied, events), partial(_scan, data))
        yield Row(
            f"{name}: apply() of all, events",
            _per_line(sides.ours, LINES),
            _per_line(sides.reference, LINES),
            sides.ratio,
        )


def _applied(events: list[Event]) -> None:
    state = ProgramState()
    for event in events:
        state.apply(event)


def _row(what: str, sides: Sides, at_most: float | None = None) -> Row:
    ours, reference = _per_line(sides.ours, LINES), _per_line(sides.reference, LINES)
    return Row(what, ours, reference, sides.ratio, at_most=at_most)


def _per_line(seconds: float, lines: int) -> str:
    return f"{seconds / lines * 1e6:.2f} µs/line"


def _chunks(data: bytes) -> Iterator[bytes]:
    return (data[at : at + CHUNK_BYTES] for at in range(0, len(data), CHUNK_BYTES))


def _scan(data: bytes, read: Callable[[Event], object] | None = None) -> None:
    """Make every event, and read it where `read` is given, as soon as it is there."""
    if read is None:
        for _ in scan(_chunks(data)):
            pass
    else:
        for event in scan(_chunks(data)):
            read(event)


def _values(event: Event) -> object:
    return event.values()


_GETTERS: dict[type[Event], Callable[[Event], object]] = {Text: attrgetter("text")}


def _attributes(event: Event) -> object:
    cls = type(event)
    getter = _GETTERS.get(cls)
    if getter is None:
        getter = _GETTERS[cls] = attrgetter(*(field.name for field in cls.fields))
    return getter(event)


def _by_hand_gc(data: bytes) -> None:
    """Match nothing but lines of one form, as in a script for one log."""
    for line in islice(data.split(b"\n"), LINES):
        found = GC.match(line)
        assert found is not None
        found.groups()


def _by_hand_numbers(data: bytes) -> None:
    for line in islice(data.split(b"\n"), LINES):
        found = GC.match(line)
        assert found is not None
        *texts, _forced = found.groups()
        _ = [read(text) for read, text in zip(READ, texts, strict=True)]


def _by_hand(data: bytes) -> None:
    """Match either form, skip the rest."""
    for line in data.split(b"\n"):
        found = GC.match(line) or SCAV.match(line)
        if found is not None:
            found.groups()
