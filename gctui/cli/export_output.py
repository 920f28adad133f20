"""Where an export goes: to standard output as it is made, or to a file that is there at the end."""

from __future__ import annotations

import contextlib
import os
import select
import stat
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from gctui.errors import GctuiError


class Output:
    """Takes the bytes of an export. Raises GctuiError when a file cannot be written."""

    def __init__(self, name: str | None, inputs: Sequence[str]) -> None:
        """Open `name`, None for the standard output; `inputs` are the files that are read.

        A plain file gets its name when all is written: what was there until then stays, and a
        half of an export is never taken for one.
        """
        self._name = name or ""
        self._descriptor = 1
        self._partial: Path | None = None
        if not name:
            return
        try:
            if _is_one_of(name, inputs):
                raise GctuiError(f"{name}: is read, so it cannot be written")
            path = Path(name)
            if _is_special(path):
                self._descriptor = os.open(path, os.O_WRONLY)
                return
            self._partial = path.with_name(f".{path.name}.{os.getpid()}")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._descriptor = os.open(self._partial, flags, 0o666)
        except (OSError, ValueError) as error:
            self._partial = None
            raise self._failed(error) from error

    def put(self, data: bytes) -> None:
        """Write."""
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError as error:
                if self._descriptor == 1:
                    raise
                raise self._failed(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        failure: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Give the file its name; where writing failed, remove it."""
        if self._descriptor == 1:
            return
        os.close(self._descriptor)
        partial, self._partial = self._partial, None
        if partial is None:
            return
        if failure is not None:
            with contextlib.suppress(OSError):
                partial.unlink()
            return
        try:
            partial.replace(self._name)
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError | ValueError) -> GctuiError:
        reason = getattr(error, "strerror", None) or str(error)
        return GctuiError(f"{self._name}: cannot be written: {reason}")


def _is_special(path: Path) -> bool:
    """Tell whether a name is a device or a pipe, which no file can take the place of."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False


def _is_one_of(name: str, inputs: Sequence[str]) -> bool:
    for other in inputs:
        with contextlib.suppress(OSError, ValueError):
            if other != "-" and os.path.samefile(name, other):  # noqa: PTH121 - may be no path
                return True
    return False
