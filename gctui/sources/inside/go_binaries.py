"""Which processes are Go programs, by the binaries they run; each binary is opened once."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.proc_files import PROC

_SECTION = b".go.buildinfo\0"
_HEADER_BYTES = 64
_NAMES_READ_BYTES = 1 << 16
_MOST_KEPT = 4096

_Key = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Build:
    """What a Go binary tells about itself."""

    go_version: str
    package: str
    unreadable: str
    """Why no process of this binary can be read; empty when they can."""

    @property
    def is_toolchain(self) -> bool:
        """It is the go command, or a part of it: compile, link, vet."""
        return self.package.startswith("cmd/")


_seen: dict[_Key, Build | None] = {}


def build_of(pid: int, proc: Path = PROC) -> Build | None:
    """Return the build of the program that a process runs; None when it is no Go program.

    Raises PermissionError where the system does not tell what runs, another OSError when the
    process is gone or has no binary.
    """
    exe = f"{proc}/{pid}/exe"
    key = _key(os.stat(exe))  # noqa: PTH116 - for every process of the machine
    if key not in _seen:
        _look_into(exe)
    return _seen.get(key)


def _look_into(exe: str) -> None:
    descriptor = os.open(exe, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # The process may have become another program since: what is kept is what was opened.
        key = _key(os.fstat(descriptor))
        if len(_seen) >= _MOST_KEPT:
            _seen.clear()
        _seen[key] = _build(descriptor) if _has_build_info(descriptor) else None
    finally:
        os.close(descriptor)


def _key(status: os.stat_result) -> _Key:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _build(descriptor: int) -> Build | None:
    # Loading the ELF library takes longer than everything else here: only a Go program is worth it.
    from gctui.sources.inside.binary import ARCHITECTURES, GoBinary  # noqa: PLC0415
    from gctui.sources.inside.locate import OLDEST  # noqa: PLC0415

    try:
        with GoBinary(Path(f"/proc/self/fd/{descriptor}")) as binary:
            info, architecture = binary.build_info, binary.architecture
    except CannotRead:
        return None
    unreadable = ""
    if info.minor is not None and info.minor < OLDEST:
        unreadable = f"built with {info.go_version}: Go 1.19 and later can be read"
    elif architecture not in ARCHITECTURES.values():
        unreadable = f"a program for {architecture}: amd64 and arm64 can be read"
    return Build(info.go_version, info.package, unreadable)


def _has_build_info(descriptor: int) -> bool:
    """Tell by the names of the sections, without the ELF library; source: elf(5)."""
    header = os.pread(descriptor, _HEADER_BYTES, 0)
    if len(header) < _HEADER_BYTES or not header.startswith(b"\x7fELF"):
        return False
    is_64 = header[4] == 2
    (table,) = (
        struct.unpack_from("=Q", header, 40) if is_64 else struct.unpack_from("=I", header, 32)
    )
    entry_bytes, _, names_at = struct.unpack_from("=HHH", header, 58 if is_64 else 46)
    try:
        entry = os.pread(descriptor, entry_bytes, table + names_at * entry_bytes)
        begin, size = (
            struct.unpack_from("=QQ", entry, 24) if is_64 else struct.unpack_from("=II", entry, 16)
        )
        return _SECTION in os.pread(descriptor, min(size, _NAMES_READ_BYTES), begin)
    except (OSError, OverflowError, struct.error):
        return False
