"""Layouts kept between runs, one small file per binary."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gctui.sources.inside.layout import NEEDED_VARIABLES, Layout, missing_members

_FORMAT = 4
_LARGEST_FILE_BYTES = 1 << 20
_MOST_FILES = 256
_LARGEST_STRUCT_BYTES = 1 << 24


def cache_folder() -> Path:
    """Return where layouts are kept: `$XDG_CACHE_HOME/gctui/layouts`."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "gctui" / "layouts"


def cached_layout(key: str) -> Layout | None:
    """Return the layout kept for a key; None where there is none that can be used."""
    try:
        return _layout(json.loads(_own_file(_path(key))))
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep_layout(key: str, layout: Layout) -> None:
    """Keep a layout; a cache that cannot be written is no failure."""
    with contextlib.suppress(OSError, RuntimeError):
        path = _path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, writing = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(layout), file)
        Path(writing).replace(path)
        _forget_the_oldest(path.parent)


def _own_file(path: Path) -> bytes:
    """Read a small file of our own: what others could put there might never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise ValueError("not a file of ours")
        return os.read(descriptor, _LARGEST_FILE_BYTES)
    finally:
        os.close(descriptor)


def _forget_the_oldest(folder: Path) -> None:
    files = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder)]
    for _, path in sorted(files)[:-_MOST_FILES]:
        Path(path).unlink()


def _path(key: str) -> Path:
    name = hashlib.sha256(f"{_FORMAT}:{key}".encode("utf-8", "surrogateescape")).hexdigest()
    return cache_folder() / f"{name[:32]}.json"


def _layout(kept: dict[str, Any]) -> Layout:
    """Return what was kept; raises ValueError where it cannot have been kept by us."""
    layout = Layout(
        go_version=str(kept["go_version"]),
        architecture=str(kept["architecture"]),
        program_header=_number(kept["program_header"]),
        addresses={str(name): _number(place) for name, place in kept["addresses"].items()},
        sizes={str(name): _number(size) for name, size in kept["sizes"].items()},
        offsets={
            str(name): (_number(offset), _number(size))
            for name, (offset, size) in kept["offsets"].items()
        },
        evidence=str(kept["evidence"]),
        is_guess=kept["is_guess"] is True,
    )
    if missing_members(layout.offsets) or NEEDED_VARIABLES - layout.addresses.keys():
        raise ValueError("something is missing")
    if any(offset + size > _LARGEST_STRUCT_BYTES for offset, size in layout.offsets.values()):
        raise ValueError("no struct is that large")
    return layout


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 1 << 64:
        raise ValueError(f"no address or size: {value!r:.20}")
    return value
