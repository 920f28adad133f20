"""pprof's protobuf profiles, gzipped or plain. The one door to the protobuf library.

Go writes the values already scaled up from the sampled ones (runtime/pprof/protomem.go), so they
are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from gctui.errors import GctuiError
from gctui.model.profile import Frame, Location, Mapping, Profile, Sample, SampleType
from gctui.sources.pprof_records import BadRecordsError, RecordCutter, unpacked
from gctui.sources.pprof_strings import BadProfileError, Strings

MAX_ITEMS = 32_000_000
"""Samples, places on their stacks, values, strings and so on, by what memory they take."""
_OBJECT = 8
"""What a sample, a location and the like counts for, beside what it holds."""
MAX_FRAMES = 100_000_000
"""Frames on all stacks, inlined ones included: a few long locations on long stacks make many."""
_MAX_SAMPLE_TYPES = 64

# https://github.com/google/pprof/blob/main/proto/profile.proto. Text is read as bytes, since
# nothing makes sure that it is UTF-8.
_MESSAGES = {
    "ValueType": "int64 type = 1; int64 unit = 2",
    "Label": "int64 key = 1; int64 str = 2; int64 num = 3; int64 num_unit = 4",
    "Sample": "repeated uint64 location_id = 1; repeated int64 value = 2; repeated Label label = 3",
    "Mapping": "uint64 id = 1; uint64 memory_start = 2; uint64 memory_limit = 3;"
    " uint64 file_offset = 4; int64 filename = 5; int64 build_id = 6",
    "Line": "uint64 function_id = 1; int64 line = 2",
    "Location": "uint64 id = 1; uint64 mapping_id = 2; uint64 address = 3; repeated Line line = 4",
    "Function": "uint64 id = 1; int64 name = 2; int64 system_name = 3; int64 filename = 4;"
    " int64 start_line = 5",
    "Profile": "repeated ValueType sample_type = 1; repeated Sample sample = 2;"
    " repeated Mapping mapping = 3; repeated Location location = 4; repeated Function function = 5;"
    " repeated bytes string_table = 6; int64 drop_frames = 7; int64 keep_frames = 8;"
    " int64 time_nanos = 9; ValueType period_type = 11; int64 period = 12;"
    " int64 default_sample_type = 14",
}
_FIELD = re.compile(r"(repeated )?(\w+) (\w+) = (\d+)")
_MAPPING_FIELDS = (
    *("id", "filename", "build_id"),
    *("memory_start", "memory_limit", "file_offset"),
)
_FUNCTION_FIELDS = ("id", "name", "filename", "start_line")
_BULK = ("sample", "mapping", "location", "function", "string_table")


def _message_class(name: str) -> Any:
    """Build the class of a message, as protoc would."""
    file = descriptor_pb2.FileDescriptorProto(name="profile.proto", package="pprof")
    for message, fields in _MESSAGES.items():
        described = file.message_type.add(name=message)
        for repeated, kind, field_name, number in _FIELD.findall(fields):
            new = described.field.add(name=field_name, number=int(number))
            new.label = new.LABEL_REPEATED if repeated else new.LABEL_OPTIONAL
            if kind in _MESSAGES:
                new.type, new.type_name = new.TYPE_MESSAGE, f".pprof.{kind}"
            else:
                new.type = getattr(new, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"pprof.{name}"))


ProfileMessage: Any = _message_class("Profile")
"""The class of a whole profile's message."""


class ProtoProfileReader:
    """Reads one unpacked profile as its pieces come; `source` is what to call it.

    Every method raises GctuiError when it is damaged, too large, or something else.
    """

    def __init__(self, source: str = "") -> None:
        self._source = source
        self._cutter = RecordCutter()
        self._parts = _Parts()

    def feed(self, data: bytes) -> None:
        """Read the records that `data` completes."""
        with _refusing(self._source):
            if records := self._cutter.feed(data):
                self._parts.add(ProfileMessage.FromString(records))

    def finish(self) -> Profile:
        """Return the profile; nothing may follow."""
        with _refusing(self._source):
            self._cutter.finish()
            return _profile(self._parts, self._source)


def read_proto_profile(data: bytes, source: str = "") -> Profile:
    """Return the profile that a file's bytes hold, gzipped or not; raises GctuiError."""
    reader = ProtoProfileReader(source)
    with _refusing(source):
        for piece in unpacked(data):
            reader.feed(piece)
    return reader.finish()


@contextmanager
def _refusing(source: str) -> Iterator[None]:
    try:
        yield
        return
    except (BadRecordsError, BadProfileError) as error:
        reason = str(error)
    except DecodeError:
        reason = "its records are damaged"
    raise GctuiError(f"{source or 'profile'}: not a pprof profile, or a damaged one: {reason}")


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    file: str
    start_line: int


class _RawSample(NamedTuple):
    """There are millions: a tuple is made in half the time that a dataclass takes."""

    location_ids: tuple[int, ...]
    values: tuple[int, ...]
    labels: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _RawLocation:
    id: int
    mapping_id: int
    address: int
    lines: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Parts:
    """What the batches held; numbers that refer to other parts are not followed yet."""

    header: Any = field(default_factory=ProfileMessage)
    strings: Strings = field(default_factory=Strings)
    samples: list[_RawSample] = field(default_factory=list)
    mappings: list[tuple[int, ...]] = field(default_factory=list)
    locations: list[_RawLocation] = field(default_factory=list)
    functions: list[tuple[int, ...]] = field(default_factory=list)
    items: int = 0

    def add(self, message: Any) -> None:
        """Take over one batch."""
        self._add_samples(message.sample)
        self._add_locations(message.location)
        self.mappings += [_numbers(each, _MAPPING_FIELDS) for each in message.mapping]
        self.functions += [_numbers(each, _FUNCTION_FIELDS) for each in message.function]
        self.strings.add(message.string_table)
        objects = len(message.mapping) + len(message.function) + len(message.string_table)
        self._count(_OBJECT * objects)
        for name in _BULK:
            message.ClearField(name)
        message.DiscardUnknownFields()
        self.header.MergeFrom(message)
        if len(self.header.sample_type) > _MAX_SAMPLE_TYPES:
            raise BadProfileError("it has too many sample types")

    def _add_samples(self, messages: Iterable[Any]) -> None:
        for each in messages:
            values = tuple(each.value)
            if not values:
                # A record of two bytes: millions of them are quickly written.
                raise BadProfileError("a sample has no values")
            places, labels = tuple(each.location_id), _raw_labels(each.label)
            self.samples.append(_RawSample(places, values, labels))
            self._count(_OBJECT + len(places) + len(values) + _OBJECT * len(labels))

    def _add_locations(self, messages: Iterable[Any]) -> None:
        for each in messages:
            lines = tuple((line.function_id, line.line) for line in each.line)
            self.locations.append(_RawLocation(each.id, each.mapping_id, each.address, lines))
            self._count(_OBJECT * (1 + len(lines)))

    def _count(self, more: int) -> None:
        self.items += more
        if self.items > MAX_ITEMS:
            raise BadProfileError("it is too large")


def _raw_labels(labels: Collection[Any]) -> tuple[tuple[int, int, int, int], ...]:
    if not labels:
        return ()
    return tuple([(each.key, each.str, each.num, each.num_unit) for each in labels])


def _numbers(message: Any, fields: tuple[str, ...]) -> tuple[int, ...]:
    return tuple([getattr(message, name) for name in fields])


def _profile(parts: _Parts, source: str) -> Profile:
    header, strings = parts.header, parts.strings
    strings.check()
    types = tuple(SampleType(strings[kind.type], strings[kind.unit]) for kind in header.sample_type)
    if not types:
        raise BadProfileError("it has no sample types")
    default = strings[header.default_sample_type]
    return Profile(
        sample_types=types,
        default_type=default if default in {kind.name for kind in types} else types[-1].name,
        locations=_locations(parts, strings),
        samples=_samples(parts, strings, len(types)),
        sampling_bytes=_sampling_bytes(header, strings),
        time_ns=header.time_nanos or None,
        source=source,
        drop_frames=strings[header.drop_frames],
        keep_frames=strings[header.keep_frames],
    )


def _sampling_bytes(header: Any, strings: Strings) -> int | None:
    kind = header.period_type
    of_space = (strings[kind.type], strings[kind.unit]) == ("space", "bytes")
    return int(header.period) if of_space and header.period > 0 else None


def _samples(parts: _Parts, strings: Strings, types: int) -> tuple[Sample, ...]:
    places = _indexes(location.id for location in parts.locations)
    found = []
    frames = [len(location.lines) for location in parts.locations]
    all_frames = 0
    for raw in parts.samples:
        if len(raw.values) != types:
            raise BadProfileError(f"a sample has {len(raw.values)} values, not {types}")
        try:
            stack = tuple([places[number] for number in raw.location_ids])
        except KeyError:
            raise BadProfileError("a sample refers to a location that is not there") from None
        all_frames += sum([frames[place] for place in stack])
        if all_frames > MAX_FRAMES:
            raise BadProfileError("it is too large")
        found.append(Sample(stack, raw.values, _labels(raw, strings)))
    return tuple(found)


def _labels(raw: _RawSample, strings: Strings) -> tuple[tuple[str, str], ...]:
    if not raw.labels:
        return ()
    found = []
    for key, text, number, unit in raw.labels:
        if text:
            found.append((strings[key], strings[text]))
        elif number or unit:
            found.append((strings[key], strings.quantity(number, unit)))
    return tuple(sorted(found, key=lambda label: label[0]))


def _locations(parts: _Parts, strings: Strings) -> tuple[Location, ...]:
    functions = {
        number: _Function(strings[name], strings[file], start)
        for number, name, file, start in _unique(parts.functions, "function")
    }
    mappings = {
        number: Mapping(strings[file], strings[build_id], *addresses)
        for number, file, build_id, *addresses in _unique(parts.mappings, "mapping")
    }
    return tuple(
        Location(raw.address, _frames(raw, functions), mappings.get(raw.mapping_id))
        for raw in parts.locations
    )


def _frames(raw: _RawLocation, functions: dict[int, _Function]) -> tuple[Frame, ...]:
    found = []
    last = len(raw.lines) - 1
    for place, (function_id, line) in enumerate(raw.lines):
        function = functions.get(function_id)
        if function is None:
            raise BadProfileError("a location refers to a function that is not there")
        found.append(Frame(function.name, function.file, line, place < last, function.start_line))
    return tuple(found)


def _unique(rows: list[tuple[int, ...]], what: str) -> list[tuple[int, ...]]:
    if len({row[0] for row in rows}) != len(rows) or any(not row[0] for row in rows):
        raise BadProfileError(f"a {what} has no number of its own")
    return rows


def _indexes(numbers: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for index, number in enumerate(numbers):
        if not number or number in found:
            raise BadProfileError("a location has no number of its own")
        found[number] = index
    return found
