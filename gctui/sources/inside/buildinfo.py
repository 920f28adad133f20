"""What the Go linker writes into every binary about itself: the toolchain's version, the module.

Source: debug/buildinfo/buildinfo.go. Strings since Go 1.18 stand inline, before it behind pointers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_MAGIC = b"\xff Go buildinf:"
_ALIGNED = 16
_INLINE = 2
_BIG_ENDIAN = 1
_HEADER_SIZE = 32
_LONGEST = 1 << 20
_DEFAULT_GODEBUG = "DefaultGODEBUG="

ReadAt = Callable[[int, int], bytes]
"""Returns `size` bytes of the binary's image at an address, fewer where it ends."""


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """The version as the toolchain prints it (`go1.27.3`), and the main package's path."""

    go_version: str
    package: str
    default_godebug: str = ""
    """What `//go:debug` lines, or the module's Go version, set where GODEBUG says nothing."""

    @property
    def minor(self) -> tuple[int, int] | None:
        """The language version, `(1, 27)`; None where the text does not tell it."""
        _, found, rest = self.go_version.partition("go")
        numbers = rest.split(" ")[0].split("-")[0].split(".")
        if not found or len(numbers) < 2:
            return None
        minor = ""
        for character in numbers[1]:
            if not character.isdigit():
                break
            minor += character
        return (int(numbers[0]), int(minor)) if numbers[0].isdigit() and minor else None


def read_build_info(data: bytes, read_at: ReadAt) -> BuildInfo | None:
    """Return what `data` (the section, or the data segment's beginning) tells; None if nothing."""
    place = data.find(_MAGIC)
    while place >= 0 and place % _ALIGNED:
        place = data.find(_MAGIC, place + 1)
    if place < 0 or len(data) < place + _HEADER_SIZE:
        return None
    pointer_size, flags = data[place + 14], data[place + 15]
    if flags & _INLINE:
        version, rest = _inline(data, place + _HEADER_SIZE)
        module, _ = _inline(data, rest)
    else:
        if pointer_size not in {4, 8} or flags & _BIG_ENDIAN:
            return None
        strings = data[place + 16 : place + 16 + 2 * pointer_size]
        version = _behind(strings[:pointer_size], read_at)
        module = _behind(strings[pointer_size:], read_at)
    text = version.decode("utf-8", "replace")
    return BuildInfo(text, *_described(module)) if text else None


def _inline(data: bytes, place: int) -> tuple[bytes, int]:
    length = shift = 0
    while place < len(data) and shift < 35:
        byte = data[place]
        place += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return data[place : place + length], place + length
    return b"", place


def _behind(pointer: bytes, read_at: ReadAt) -> bytes:
    size = len(pointer)
    header = read_at(int.from_bytes(pointer, "little"), 2 * size)
    address, length = (int.from_bytes(half, "little") for half in (header[:size], header[size:]))
    return read_at(address, length) if length <= _LONGEST else b""


def _described(module: bytes) -> tuple[str, str]:
    """Return the main package's path and the usual GODEBUG."""
    package = godebug = ""
    # The text stands between two marks of 16 bytes each.
    for line in module[16:-16].decode("utf-8", "replace").splitlines():
        name, _, value = line.partition("\t")
        if name == "path" and not package:
            package = value
        elif name == "build" and value.startswith(_DEFAULT_GODEBUG):
            godebug = value.removeprefix(_DEFAULT_GODEBUG).strip('"`')
    return package, godebug
