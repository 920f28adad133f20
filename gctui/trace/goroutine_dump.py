"""Goroutines with their stacks, as net/http/pprof prints them with debug=2, and as a panic does.

What stands between them, a program's output or a processor's registers, is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from gctui.errors import GctuiError
from gctui.events import GoroutineGroup
from gctui.grammar.forms import Form, family_forms
from gctui.grammar.pattern import form_pattern
from gctui.model.goroutine_profile import GOROUTINES, library_folder, own_place
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType

LINE_LIMIT_BYTES = 1 << 20
SIZE_LIMIT_BYTES = 256 << 20
MOST_FRAMES = 1 << 20
_MOST_FRAMES_OF_ONE = 1 << 14
_THREADS_OWN = 0
"""The number of what is no goroutine."""

_BEGINS = re.compile(rb"goroutine [0-9]{1,20} (?:gp=\S{1,20} m=[^\[\n]{1,60})?\[")
_HEADERS = (
    "go1_0_goroutine",
    "go1_26_goroutine_labels",
    "go1_27_goroutine_labels",
    "go1_23_goroutine_crashed",
    "go1_26_goroutine_crashed_labels",
    "go1_27_goroutine_crashed_labels",
)
_PLACE = re.compile(r"(.+):([0-9]{1,9})(?: \+0x.*)?")
_MINUTES = re.compile(r"([0-9]{1,9}) minutes")
_SCANNED = " (scan)"
_AWAKE = frozenset({"running", "runnable", "syscall", "copystack", "preempted", "leaked"})


@dataclass(frozen=True, slots=True)
class GoroutineDump:
    """What one text said."""

    profile: Profile
    groups: tuple[GoroutineGroup, ...]
    """With the go statements and the states, which the profile has as labels alone."""


def is_goroutine_dump(head: bytes) -> bool:
    """Tell a dump by how it begins; its first line suffices."""
    return _BEGINS.match(head) is not None


@dataclass(frozen=True, slots=True)
class _Kind:
    """What goroutines have in common that are counted together."""

    stack: tuple[int, ...]
    state: str
    created_by: str
    place: str


@dataclass(slots=True)
class _Open:
    """The goroutine whose lines are being read."""

    number: int
    state: str
    waited_s: float | None
    stack: list[int]
    called: tuple[str, bool] | None = None
    """A function and whether it was inlined; its place is to follow."""
    created_by: str = ""
    place: str = ""
    expects_place: bool = False
    """That of the go statement is to follow."""


class GoroutineDumpReader:
    """Reads one dump as its pieces come; every method raises GctuiError."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._pending = b""
        self._fed_bytes = 0
        self._open: _Open | None = None
        self._places: dict[Frame, int] = {}
        self._counts: dict[_Kind, int] = {}
        self._waits_s: dict[_Kind, float] = {}

    @property
    def found_any(self) -> bool:
        """There was a goroutine in what was read so far."""
        return self._open is not None or bool(self._counts)

    def feed(self, data: bytes) -> None:
        """Read the lines that `data` completes."""
        self._fed_bytes += len(data)
        if self._fed_bytes > SIZE_LIMIT_BYTES:
            raise GctuiError(f"{self._source}: larger than {SIZE_LIMIT_BYTES >> 20} MiB")
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0], self._pending = self._pending + lines[0], b""
        # No line of a dump is as long; the end of one that is longer reads as none either.
        self._pending = (self._pending + rest)[:LINE_LIMIT_BYTES]
        for line in lines:
            self._read(line)

    def finish(self) -> GoroutineDump:
        """Return the goroutines; nothing may follow."""
        self._read(self._pending)
        self._close()
        if not self._counts:
            raise GctuiError(f"{self._source}: it holds no goroutines")
        profile = Profile(
            sample_types=(SampleType(GOROUTINES, "count"),),
            default_type=GOROUTINES,
            locations=tuple(Location(0, (frame,)) for frame in self._places),
            samples=tuple(
                Sample(kind.stack, (count,), _labels(kind)) for kind, count in self._counts.items()
            ),
            sampling_bytes=None,
            source=self._source,
        )
        return GoroutineDump(profile, self._groups(profile))

    def _read(self, raw: bytes) -> None:
        line = raw.rstrip(b"\r")
        if line.startswith(b"goroutine ") and (found := _header(line)) is not None:
            self._close()
            self._open = found
        elif self._open is not None:
            self._continue(self._open, line)

    def _continue(self, one: _Open, line: bytes) -> None:
        if not line:
            self._close()
        elif line.startswith(b"\t"):
            self._take_place(one, _field("go1_0_place", line, "at"))
        elif line.startswith(b"created by "):
            creator = _field("go1_21_created", line, "creator")
            creator = creator or _field("go1_0_created", line, "creator")
            # Go 1.4 and earlier name what starts the first goroutine.
            one.created_by = "" if creator.startswith("_rt0") else creator
            one.expects_place = True
        elif found := form_pattern(_form("go1_0_call")).fullmatch(line):
            one.called = _text(found[1]), found[2] == b"(...)"

    def _take_place(self, one: _Open, text: str) -> None:
        found = _PLACE.fullmatch(text)
        file, number = (found[1], int(found[2])) if found else (text, 0)
        if one.expects_place:
            one.place, one.expects_place = f"{file}:{number}", False
        elif one.called is not None:
            function, is_inlined = one.called
            one.called = None
            self._push(one, Frame(function, file, number, is_inlined))

    def _push(self, one: _Open, frame: Frame) -> None:
        place = self._places.setdefault(frame, len(self._places))
        if len(self._places) > MOST_FRAMES or len(one.stack) >= _MOST_FRAMES_OF_ONE:
            raise GctuiError(f"{self._source}: more frames than gctui reads")
        one.stack.append(place)

    def _close(self) -> None:
        one, self._open = self._open, None
        # As in every other profile, what the runtime started for itself does not count.
        if one is None or one.number == _THREADS_OWN or one.created_by.startswith("runtime."):
            return
        kind = _Kind(tuple(one.stack), one.state, one.created_by, one.place)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if one.waited_s is not None:
            self._waits_s[kind] = max(one.waited_s, self._waits_s.get(kind, 0.0))

    def _groups(self, profile: Profile) -> tuple[GoroutineGroup, ...]:
        frames, library = list(self._places), library_folder(profile)
        merged: dict[GoroutineGroup, tuple[int, float | None]] = {}
        for kind, count in self._counts.items():
            function, line = own_place([frames[place] for place in kind.stack], library)
            is_awake = kind.state in _AWAKE
            key = GoroutineGroup(
                created_by=kind.created_by or "main",
                place=kind.place,
                status=kind.state if is_awake else "waiting",
                wait_reason="" if is_awake else kind.state,
                count=0,
                stack_bytes=0,
                longest_wait_s=None,
                function=function,
                line=line,
            )
            before, longest_s = merged.get(key, (0, None))
            waits_s = [each for each in (longest_s, self._waits_s.get(kind)) if each is not None]
            merged[key] = before + count, max(waits_s, default=None)
        return tuple(
            replace(key, count=count, longest_wait_s=longest_s)
            for key, (count, longest_s) in merged.items()
        )


def _header(line: bytes) -> _Open | None:
    for rule in _HEADERS:
        form = _form(rule)
        found = form_pattern(form).fullmatch(line)
        if found is not None:
            names = [field.name for field in form.fields]
            number, state = (found[names.index(name) + 1] for name in ("number", "state"))
            return _opened(int(number), _text(state))
    return None


def _opened(number: int, state: str) -> _Open:
    what, *details = state.split(", ")
    minutes = [int(found[1]) for each in details if (found := _MINUTES.fullmatch(each))]
    # Below a minute nothing is printed.
    waited_s = 60.0 * minutes[0] if minutes else None
    return _Open(number, what.removesuffix(_SCANNED), waited_s, [])


def _labels(kind: _Kind) -> tuple[tuple[str, str], ...]:
    created = f"{kind.created_by} at {kind.place}" if kind.created_by else "main"
    return ("created by", created), ("state", kind.state)


def _field(rule: str, line: bytes, name: str) -> str:
    form = _form(rule)
    found = form_pattern(form).fullmatch(line)
    if found is None:
        return ""
    return _text(found[[field.name for field in form.fields].index(name) + 1])


@cache
def _form(rule: str) -> Form:
    return next(form for form in family_forms("traceback") if form.rule == rule)


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "replace")
