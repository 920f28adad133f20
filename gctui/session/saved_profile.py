"""Saved profiles of either form, text or protobuf; how the content begins tells which it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from gctui.errors import GctuiError
from gctui.events import MemStats
from gctui.model.profile import Profile
from gctui.sources.files import LogFile
from gctui.sources.pprof_shape import begins_as_profile

if TYPE_CHECKING:
    from gctui.sources.pprof_proto import ProtoProfileReader
    from gctui.trace.profile_text import TextProfileReader

_LONGEST_TEXT_HEADER_BYTES = 100


@dataclass(frozen=True, slots=True)
class SavedProfile:
    """What a file held."""

    profile: Profile
    memstats: MemStats | None = None
    """At the end of a heap profile in text form alone."""


class SavedProfileReader:
    """Reads one profile as its pieces come; every method raises GctuiError.

    What was read before a damaged place is no profile: its shares would be wrong.
    """

    def __init__(self, reader: TextProfileReader | ProtoProfileReader) -> None:
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
        return SavedProfile(found.profile, found.memstats)


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
    # It comes with the grammars, as the scanner of logs does.
    from gctui.trace.profile_text import TextProfileReader, is_text_profile  # noqa: PLC0415

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
    # Of what is neither form, the reader of protobuf tells what is wrong with it.
    reader = profile_reader(head, label) or _proto_reader(label)
    for chunk in chain([head], chunks):
        reader.feed(chunk)
    return reader.finish()


def _proto_reader(label: str) -> SavedProfileReader:
    # Loads the protobuf library, which nothing else needs.
    from gctui.sources.pprof_proto import ProtoProfileReader  # noqa: PLC0415

    return SavedProfileReader(ProtoProfileReader(label))
