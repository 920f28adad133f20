"""A piece of the stream: where it stood, what was printed there, what stood around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import call
from typing import ClassVar, cast

Value = int | float | str | bool | tuple[int, ...] | Mapping[str, int]
Printed = tuple[bytes | None, ...]


_UNITS = {
    "_ms": "ms",
    "_s": "s",
    "_mb": "MB",
    "_kb": "KB",
    "_kib": "KiB",
    "_percent": "%",
    "_bytes": "bytes",
    "_ns": "ns",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stood around a trace line, and what was done to read it. Most lines stand alone."""

    prefix: str | None = None
    """What a logger or a supervisor put before the line, as printed."""
    wall: str | None = None
    """The moment that the prefix tells, RFC 3339; without an offset where none was printed.

    None where the prefix lacks the day or the year: nothing in a log tells them.
    """
    source: str | None = None
    """Who printed it, as the prefix tells: a container, a process, a pod."""
    repaired: bool = False
    """The line was torn by other output and put together again."""
    extra: str | None = None
    """Fields behind the last one that is known: a newer Go."""
    ranges: tuple[tuple[int, int], ...] = ()
    """Where its bytes stood, if not in one piece from the event's `start` to its `end`."""


ALONE = Surroundings()


class Event:
    """A piece of the stream: its place, and what was printed there.

    `line` is 1-based in the source; `start` and `end` are byte offsets in the source, the line's
    terminator included: the `ranges` of all events, sorted, partition the input.
    """

    __slots__ = ("around", "end", "line", "printed", "start")

    kind: ClassVar[str] = ""
    format: ClassVar[str | None] = None
    versions: ClassVar[str] = ""
    """The Go versions that print this form, as the grammar says: `1.18 – 1.27`."""
    fields: ClassVar[tuple[Field, ...]] = ()
    template: ClassVar[bytes] = b"%b"
    """The line as a format of its fields' texts."""
    said_by_form: ClassVar[tuple[tuple[str, Value], ...]] = ()
    """Fields that the line's form tells, not its figures: they stand before the others."""
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

    def __init__(
        self, line: int, start: int, end: int, printed: Printed, around: Surroundings = ALONE
    ) -> None:
        self.line = line
        self.start = start
        self.end = end
        self.printed = printed
        self.around = around

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Return the byte ranges in the source, of which the last one has the terminator."""
        return self.around.ranges or ((self.start, self.end),)

    def values(self) -> dict[str, Value]:
        """Return every field that was printed, by name, in the order of the line."""
        printed = self.printed
        # None stands for a missing flag alone, and flags come after what `_reads` covers.
        numbers = map(call, self._reads, cast("tuple[bytes, ...]", printed))
        values: dict[str, Value] = dict(self.said_by_form)
        values.update(zip(self._names, numbers, strict=True))
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
            and (self.line, self.start, self.end, self.printed, self.around)
            == (other.line, other.start, other.end, other.printed, other.around)
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.format, self.line, self.start, self.end, self.printed))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.values().items())
        return f"<{self.format or self.kind} line {self.line} [{self.start}:{self.end}] {shown}>"
