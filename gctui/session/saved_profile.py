"""Saved profiles of every form, text or protobuf; how the content begins tells which it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from gctui.errors import GctuiError
from gctui.events import GoroutineGroup, MemStats
from gctui.model.profile import Profile
from gctui.session.recording_format import HEADER_BEGINS
from gctui.sources.files import LogFile
from gctui.sources.pprof_shape import HEAD_BYTES, begins_as_profile

if TYPE_CHECKING:
    from gctui.sources.pprof_proto import ProtoProfileReader
    from gctui.trace.goroutine_dump import GoroutineDumpReader
    from gctui.trace.profile_text import TextProfileReader

_LONGEST_TEXT_HEADER_BYTES = 100
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""What text has none of, colours allowed."""


@dataclass(frozen=True, slots=True)
class SavedProfile:
    """What a file held."""

    profile: Profile
    memstats: MemStats | None = None
    """At the end of a heap profile in text form alone."""
    groups: tuple[GoroutineGroup, ...] = ()
    """Of a dump of goroutines, which tells their states and go statements."""
    is_log: bool = False
    """It was found in a log, among trace lines."""


class SavedProfileReader:
    """Reads one profile as its pieces come; every method raises GctuiError.

    What was read before a damaged place is no profile: its shares would be wrong.
    """

    def __init__(
        self, reader: TextProfileReader | ProtoProfileReader | GoroutineDumpReader
    ) -> None:
        self._reader = reader
        self._failure: GctuiError | None = None

    def feed(self, data: bytes) -> None:
        """Read a piece of the file, decompressed."""
        try:
            self._reader.feed(data)
        except GctuiError as error:
            self._failure = error
            raise

    def finish(self) -> SavedProfile:
        """Return the profile; nothing may follow."""
        if self._failure is not None:
            raise self._failure
        found = self._reader.finish()
        if isinstance(found, Profile):
            return SavedProfile(found)
        return SavedProfile(
            found.profile, getattr(found, "memstats", None), getattr(found, "groups", ())
        )


def may_be_profile(head: bytes) -> bool:
    """Tell whether more is needed to tell whether this is a profile."""
    is_proto = begins_as_profile(head, is_whole=False)
    if is_proto is not False:
        return is_proto is None
    return b"\n" not in head and len(head) < _LONGEST_TEXT_HEADER_BYTES


def profile_reader(head: bytes, label: str) -> SavedProfileReader | None:
    """Return the reader for what begins so (it is to be fed `head`, too), None if no profile."""
    if begins_as_profile(head, is_whole=True):
        return _proto_reader(label)
    # They come with the grammars, as the scanner of logs does.
    from gctui.trace.goroutine_dump import GoroutineDumpReader, is_goroutine_dump  # noqa: PLC0415
    from gctui.trace.profile_text import TextProfileReader, is_text_profile  # noqa: PLC0415

    if is_goroutine_dump(head):
        return SavedProfileReader(GoroutineDumpReader(label))
    return SavedProfileReader(TextProfileReader(label)) if is_text_profile(head) else None


def read_saved_profile(name: str) -> SavedProfile:
    """Read a file, `-` being the standard input. Raises GctuiError saying why it cannot be read."""
    file = LogFile(name)
    try:
        return _read(file.chunks(), file.label)
    finally:
        file.close()


def _read(chunks: Iterable[bytes], label: str) -> SavedProfile:
    chunks, head = iter(chunks), b""
    for chunk in chunks:
        head += chunk
        if not may_be_profile(head):
            break
    reader = profile_reader(head, label)
    if reader is None and _is_text(head):
        return _found_in_text(chain([head], chunks), label)
    # Of what is neither form, the reader of protobuf tells what is wrong with it.
    reader = reader or _proto_reader(label)
    for chunk in chain([head], chunks):
        reader.feed(chunk)
    return reader.finish()


def _is_text(head: bytes) -> bool:
    return bool(head.strip()) and _BINARY.search(head[:HEAD_BYTES]) is None


def _found_in_text(chunks: Iterable[bytes], label: str) -> SavedProfile:
    """Return the goroutines that a panic or a signal left in a text; says what else it is."""
    from gctui.trace.goroutine_dump import GoroutineDumpReader  # noqa: PLC0415 - the grammars
    from gctui.trace.scanner import Scanner  # noqa: PLC0415

    dump, scanner, is_log = GoroutineDumpReader(label), Scanner(), False
    for chunk in chunks:
        dump.feed(chunk)
        is_log = is_log or chunk.startswith(HEADER_BEGINS)
        is_log = is_log or any(event.format for event in scanner.feed(chunk))
    is_log = is_log or any(event.format for event in scanner.finish())
    if dump.found_any:
        found = dump.finish()
        return SavedProfile(found.profile, groups=found.groups, is_log=is_log)
    if is_log:
        raise GctuiError(f"{label}: a log and no profile: gctui replay {label}")
    raise GctuiError(
        f"{label}: no profile: neither pprof's protobuf, nor its text (debug=1), "
        "nor goroutines with their stacks (debug=2, a panic)"
    )


def _proto_reader(label: str) -> SavedProfileReader:
    # Loads the protobuf library, which nothing else needs.
    from gctui.sources.pprof_proto import ProtoProfileReader  # noqa: PLC0415

    return SavedProfileReader(ProtoProfileReader(label))
