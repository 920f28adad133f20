"""Text profiles, as net/http/pprof serves them with debug=1: a profile and its MemStats.

A heap profile prints what was sampled; its values are scaled up here exactly as `go tool pprof`
scales such a text (github.com/google/pprof/profile/legacy_profile.go, scaleHeapSample).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from typing import Any

from gctui.errors import GctuiError
from gctui.events import MemStats, Value
from gctui.grammar.forms import Form, Words, family_forms
from gctui.grammar.pattern import form_pattern, reach
from gctui.model.profile import Location, Profile, Sample, SampleType
from gctui.model.profile import Mapping as LoadedFile
from gctui.trace.profile_mappings import (
    MOST_MAPPINGS,
    begins_mappings,
    read_mapping,
    with_mappings,
)
from gctui.trace.profile_stacks import Stacks, TooMuch

LINE_LIMIT_BYTES = 1 << 20
SIZE_LIMIT_BYTES = 256 << 20
MOST_SAMPLES = 1 << 20
MOST_ADDRESSES = 1 << 22
_BEYOND = 1 << 63

Labels = tuple[tuple[str, str], ...]

_HEAP_TYPES = (
    SampleType("alloc_objects", "count"),
    SampleType("alloc_space", "bytes"),
    SampleType("inuse_objects", "count"),
    SampleType("inuse_space", "bytes"),
)
# Of addresses alone nothing is left out: the runtime's part of a heap profile's stacks is dropped
# once they have names, as pprof drops it.
_ALLOCATORS, _NO_ALLOCATORS = (
    r"runtime\..*",
    r"runtime\.panic|runtime\.reflectcall|runtime\.call[0-9]*",
)
_BEGINS = re.compile(rb"(?:heap profile: \d|[a-z]{1,64} profile: total \d)")
_TABS = re.compile(rb"\t+")
_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*+"):("(?:[^"\\]|\\.)*+")')


@dataclass(frozen=True, slots=True)
class TextProfile:
    """What one text said."""

    profile: Profile
    memstats: MemStats | None
    """At the end of a heap profile alone."""


def is_text_profile(head: bytes) -> bool:
    """Tell a text profile by how it begins; its first line suffices."""
    return _BEGINS.match(head) is not None


def read_text_profile(data: bytes | Iterable[bytes], source: str) -> TextProfile:
    """Read a whole text profile. Raises GctuiError, in one line, for anything else."""
    reader = TextProfileReader(source)
    for piece in [data] if isinstance(data, bytes) else data:
        reader.feed(piece)
    return reader.finish()


class TextProfileReader:
    """Reads one text profile as its pieces come; every method raises GctuiError."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._pending = b""
        self._fed_bytes = 0
        self._line = 0
        self._kind: _Heap | _Count | None = None
        self._stacks = Stacks()
        self._samples: list[Sample] = []
        self._values: tuple[int, ...] | None = None
        """Of the record whose frames are being read."""
        self._labels: Labels = ()
        self._addresses = 0
        self._figures: dict[str, Value] = {}
        self._mappings: list[LoadedFile] | None = None
        """Once the memory map has begun, at the end of the text."""

    def feed(self, data: bytes) -> None:
        """Read the lines that `data` completes."""
        self._fed_bytes += len(data)
        if self._fed_bytes > SIZE_LIMIT_BYTES:
            raise self._wrong(f"larger than {SIZE_LIMIT_BYTES >> 20} MiB")
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0], self._pending = self._pending + lines[0], b""
        self._pending += rest
        for line in lines:
            self._read(line)
        if len(self._pending) > LINE_LIMIT_BYTES:
            raise self._wrong("a line without an end", self._line + 1)

    def finish(self) -> TextProfile:
        """Return the profile; nothing may follow."""
        if self._pending:
            self._read(self._pending)
        if self._kind is None:
            raise self._wrong("not a text profile of Go: empty")
        self._close()
        locations = self._locations()
        drops = isinstance(self._kind, _Heap) and not any(each.frames for each in locations)
        profile = Profile(
            sample_types=self._kind.sample_types,
            default_type=self._kind.sample_types[-1].name,
            locations=locations,
            samples=tuple(self._samples),
            sampling_bytes=self._kind.sampling_bytes,
            source=self._source,
            drop_frames=_ALLOCATORS if drops else "",
            keep_frames=_NO_ALLOCATORS if drops else "",
        )
        return TextProfile(profile, _memstats(self._figures) if self._figures else None)

    def _wrong(self, what: str, line: int | None = None) -> GctuiError:
        where = "" if line is None else f"line {line}: "
        return GctuiError(f"{self._source}: {where}{what}")

    def _read(self, raw: bytes) -> None:
        self._line += 1
        line = raw.rstrip(b" \t\r")
        try:
            if self._kind is None:
                self._kind = _kind(line)
            elif self._mappings is not None:
                self._map(self._mappings, line)
            elif line.startswith(b"#"):
                self._comment(line)
            elif begins_mappings(line):
                self._mappings = []
            elif line:
                self._record(self._kind, line)
        except (_Wrong, TooMuch) as error:
            raise self._wrong(str(error), self._line) from None

    def _map(self, mappings: list[LoadedFile], line: bytes) -> None:
        found = read_mapping(line)
        if found is None:
            return
        if len(mappings) >= MOST_MAPPINGS:
            raise TooMuch("a longer memory map than gctui reads")
        mappings.append(found)

    def _locations(self) -> tuple[Location, ...]:
        locations = self._stacks.locations()
        return with_mappings(locations, self._mappings) if self._mappings else locations

    def _record(self, kind: _Heap | _Count, line: bytes) -> None:
        self._close()
        read = _values(kind.record, line)
        # Go 1.23 and later fill the stacks of a threadcreate profile up with zeros.
        returns = [int(address, 16) for address in str(read["stack"]).split()[1:]]
        returns = [address for address in returns if address]
        self._addresses += len(returns)
        if len(self._samples) >= MOST_SAMPLES or self._addresses > MOST_ADDRESSES:
            raise TooMuch("more stacks than gctui reads")
        self._values, self._labels = kind.values(read), kind.labels(read)
        self._stacks.open(returns)

    def _close(self) -> None:
        if self._values is not None:
            self._samples.append(Sample(self._stacks.close(), self._values, self._labels))
            self._values = None

    def _comment(self, line: bytes) -> None:
        """Read a frame, labels or a figure; like pprof, pass over comments of other kinds."""
        if line.startswith(b"#\t"):
            self._frame(_TABS.sub(b"\t", line))
        elif line.startswith(b"# labels:"):
            found = form_pattern(_form("go1_15_labels")).fullmatch(line)
            self._labels = _read_labels(_text(found[1])) if found else ()
        elif (form := _figure_forms().get(line.partition(b" = ")[0])) is not None:
            found = form_pattern(form).fullmatch(line)
            self._figures |= _by_name(form, found) if found else {}

    def _frame(self, line: bytes) -> None:
        if self._values is None:
            return
        if found := form_pattern(_form("go1_0_frame")).fullmatch(line):
            address, function, offset, place = found.groups()
            self._stacks.add(int(address, 16), int(offset, 16), _text(function), _text(place))
        elif found := form_pattern(_form("go1_0_frame_unknown")).fullmatch(line):
            self._stacks.add_unknown(int(found[1], 16))


class _Wrong(Exception):
    """A line that cannot be; the message says why."""


class _Heap:
    """How the records of a heap profile are read."""

    sample_types = _HEAP_TYPES

    def __init__(self, header: Mapping[str, Any]) -> None:
        self.record = _form("go1_0_heap_record")
        self.sampling_bytes: int | None = header["sampling_bytes_doubled"] // 2

    def values(self, read: Mapping[str, Any]) -> tuple[int, ...]:
        """Return the values of a record, scaled up."""
        alloc = self._scaled(read["alloc_objects"], read["alloc_bytes"])
        return alloc + self._scaled(read["inuse_objects"], read["inuse_bytes"])

    def labels(self, read: Mapping[str, Any]) -> Labels:
        """Return the size of one object as a label, as pprof has it."""
        for kind in ("inuse", "alloc"):
            if count := read[f"{kind}_objects"]:
                return (("bytes", str(read[f"{kind}_bytes"] // count)),)
        return ()

    def _scaled(self, count: int, size_bytes: int) -> tuple[int, int]:
        """Divide by the probability that an object of this size is sampled."""
        rate = self.sampling_bytes or 0
        if not size_bytes:
            return 0, 0
        average = float(size_bytes) / count if count else -1.0
        sampled = 1.0 if rate <= 1 else 1 - exp(-average / rate) if average >= 0 else 0.0
        if sampled <= 0 or abs(count) >= _BEYOND or abs(size_bytes) >= _BEYOND:
            raise _Wrong(f"{count} objects of {size_bytes} bytes cannot be")
        scale = 1 / sampled
        return int(count * scale), int(size_bytes * scale)


class _Count:
    """How the records of a count profile are read."""

    sampling_bytes: int | None = None

    def __init__(self, header: Mapping[str, Any]) -> None:
        self.record = _form("go1_0_count_record")
        self.sample_types: tuple[SampleType, ...] = (SampleType(header["name"], "count"),)

    def values(self, read: Mapping[str, Any]) -> tuple[int, ...]:
        """Return the one value of a record."""
        if read["count"] >= _BEYOND:
            raise _Wrong(f"{read['count']} cannot be")
        return (read["count"],)

    def labels(self, read: Mapping[str, Any]) -> Labels:
        """Return none: they stand on the next line, if there are any."""
        return ()


def _kind(line: bytes) -> _Heap | _Count:
    """Read the first line."""
    if line.startswith(b"heap profile:"):
        return _Heap(_values(_form("go1_0_heap"), line))
    if not is_text_profile(line):
        raise _Wrong("not a text profile of Go")
    return _Count(_values(_form("go1_0_count"), line))


@cache
def _form(rule: str) -> Form:
    return next(form for form in family_forms("profile") if form.rule == rule)


@cache
def _figure_forms() -> Mapping[bytes, Form]:
    """Return the forms of the figures by what their lines begin with."""
    found = {}
    for form in family_forms("memstats"):
        match form.body.parts[0]:
            case Words(text):
                found[text.partition(" = ")[0].encode()] = form
    return found


def _values(form: Form, line: bytes) -> dict[str, Any]:
    found = form_pattern(form).fullmatch(line)
    if found is None:
        end = reach(form, line)
        raise _Wrong(f"column {end.end + 1}: expected {end.expected}")
    return _by_name(form, found)


def _by_name(form: Form, found: re.Match[bytes]) -> dict[str, Value]:
    pairs = zip(form.fields, found.groups(), strict=True)
    return {field.name: field.read(text) for field, text in pairs}


def _memstats(figures: Mapping[str, Any]) -> MemStats:
    rings = {
        name: tuple(map(int, figures[name].strip("[]").split()))
        for name in ("pause_ns", "pause_end_ns")
        if name in figures
    }
    return MemStats(**{**figures, **rings})


def _read_labels(printed: str) -> Labels:
    pairs = _QUOTED.findall(printed)
    return tuple(sorted((_unquoted(key), _unquoted(value)) for key, value in pairs))


def _unquoted(quoted: str) -> str:
    """Undo strconv.Quote, whose escapes are Python's too."""
    try:
        return str(ast.literal_eval(quoted))
    except (ValueError, SyntaxError):
        return quoted[1:-1]


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "replace")
