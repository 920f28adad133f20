"""A log that is still written to, as `tail -F` reads it: by its name, whatever becomes of the file.

Rotation (another file has the name), truncation (the file is shorter than what was read of it) and
copytruncate are told by looking at the name now and then. A writer that does not append goes on at
its old place after a truncation and leaves a hole before it, which reads as NULs.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gctui.errors import GctuiError
from gctui.sources.unpack import MAGIC_BYTES, packing_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOK_AGAIN_S = 0.2
# A log that was written anew up to the old place begins with another line, as a rule.
_HEAD_BYTES = 256


class FollowedFile:
    """One file to be read from its beginning, and on for ever; it need not be there yet.

    The constructor raises GctuiError when it cannot be opened, or is nothing that can be followed.
    """

    def __init__(self, path: str | Path) -> None:
        self.has_caught_up = False
        """What there was when it was opened has been read."""
        self._path = os.fspath(path)
        self._head = b""
        self._position = 0
        self._ends_line = True
        self.is_there = True
        """A file of that name has been opened."""
        self._file = self._first_file()
        self._refuse_what_cannot_be_followed()

    @property
    def label(self) -> str:
        """What to call it."""
        name = str(self._path) or "''"
        return name if self.is_there else f"{name} (not there yet)"

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        if self.has_caught_up or self._file.closed:
            return 1.0
        size_bytes = os.fstat(self._file.fileno()).st_size
        return min(1.0, self._position / size_bytes) if size_bytes else 1.0

    def chunks(self, size_bytes: int = 1 << 18) -> Iterator[bytes]:
        """Yield what is written, at most `size_bytes` at a time, and nothing (`b""`) when idle.

        It never ends by itself. Raises GctuiError when reading fails.
        """
        while True:
            yield from self._new(size_bytes)
            self.has_caught_up = True
            if self._has_another_name():
                # Between the last look and now something may have been written yet.
                yield from self._new(size_bytes)
                yield from self._ended_line()
                if self._turn_to_the_new():
                    continue
            yield b""
            time.sleep(_LOOK_AGAIN_S)

    def close(self) -> None:
        """Close the file; it may be closed already."""
        self._file.close()

    def _first_file(self) -> io.FileIO:
        try:
            return self._open()
        except (OSError, ValueError) as error:
            if isinstance(error, FileNotFoundError) and _has_folder(self._path):
                self.is_there = False
                # It is another file than any that will have the name.
                return io.FileIO(os.devnull)
            reason = getattr(error, "strerror", None) or str(error)
            raise GctuiError(f"{self.label}: cannot be opened: {reason}") from error

    def _open(self) -> io.FileIO:
        file = io.FileIO(self._path, opener=_without_waiting)
        if stat.S_ISDIR(os.fstat(file.fileno()).st_mode):
            file.close()
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        return file

    def _refuse_what_cannot_be_followed(self) -> None:
        reason = ""
        if not self.is_there:
            return
        if not stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
            reason = "only a file can be followed"
        elif packing := packing_of(os.pread(self._file.fileno(), MAGIC_BYTES, 0)):
            reason = f"is packed ({packing}), and nobody adds to it"
        if reason:
            self.close()
            raise GctuiError(f"{self.label}: cannot be followed: {reason}")

    def _new(self, size_bytes: int) -> Iterator[bytes]:
        """Yield what has been written since the last look."""
        try:
            if self._was_written_anew():
                yield from self._ended_line()
                self._position = 0
            self._skip_hole()
            while data := os.pread(self._file.fileno(), size_bytes, self._position):
                self._head = self._head or os.pread(self._file.fileno(), _HEAD_BYTES, 0)
                self._position += len(data)
                text = data.lstrip(b"\0") if self._ends_line else data
                if text:
                    self._ends_line = text.endswith(b"\n")
                    yield text
                else:
                    self._skip_hole()
        except OSError as error:
            self.close()
            raise GctuiError(f"{self.label}: cannot be read: {error.strerror}") from error

    def _was_written_anew(self) -> bool:
        """Tell whether the file has lost what was read of it."""
        descriptor = self._file.fileno()
        is_shorter = os.fstat(descriptor).st_size < self._position
        head, self._head = self._head, os.pread(descriptor, _HEAD_BYTES, 0)
        return is_shorter or (self._head[: len(head)] != head and not _is_hole(self._head))

    def _skip_hole(self) -> None:
        """Go on where data begin: a hole may be as large as the log was."""
        try:
            self._position = os.lseek(self._file.fileno(), self._position, os.SEEK_DATA)
        except (AttributeError, OSError):
            # No data beyond this place, or a system that does not tell: it is read as NULs.
            return

    def _ended_line(self) -> Iterator[bytes]:
        """End a line that nobody will finish, so that the next file begins with one of its own."""
        if not self._ends_line:
            self._ends_line = True
            yield b"\n"

    def _has_another_name(self) -> bool:
        """Tell whether the name is another file's by now; a missing one is about to come.

        So is one where a directory or a pipe has the name, which is not even opened: a writer
        would take that for its reader.
        """
        try:
            named, opened = Path(self._path).stat(), os.fstat(self._file.fileno())
        except OSError:
            return False
        if not stat.S_ISREG(named.st_mode):
            return False
        return (named.st_dev, named.st_ino) != (opened.st_dev, opened.st_ino)

    def _turn_to_the_new(self) -> bool:
        """Open it; tell whether that could be done."""
        try:
            file = self._open()
        except OSError:
            # Gone again already, or not to be read yet.
            return False
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            return False
        self._file.close()
        self._file, self._position, self._head = file, 0, b""
        self.is_there = True
        return True


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that takes its place must not stop everything."""
    return os.open(path, flags | os.O_NONBLOCK)


def _has_folder(path: str) -> bool:
    """Tell whether a file of that name may come to be: a slip in a folder's name may not."""
    return bool(path) and Path(path).parent.is_dir()


def _is_hole(data: bytes) -> bool:
    return not data.strip(b"\0")
