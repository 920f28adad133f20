"""The memory of another process, read through /proc: never written, never stopped."""

from __future__ import annotations

import errno
import os
from array import array
from collections.abc import Iterable
from contextlib import AbstractContextManager

from gctui.sources.inside.errors import CannotRead, Gone

_GAP_BYTES = 4096
_LARGEST_READ_BYTES = 1 << 20


class ProcessMemory(AbstractContextManager["ProcessMemory"]):
    """Opened once; the kernel ties the descriptor to the program, not to the number.

    A program that took over the PID, or that the process became by exec, is never read instead.
    """

    def __init__(self, pid: int) -> None:
        """Open it; raises PermissionError where that is forbidden, Gone without a process."""
        try:
            self._fd = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, ProcessLookupError) as error:
            raise Gone(f"no process {pid}") from error

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def read(self, address: int, size: int) -> bytes:
        """Return `size` bytes; raises Gone when the program is, CannotRead where nothing is."""
        try:
            data = os.pread(self._fd, size, address)
        except OSError as error:
            if error.errno == errno.ESRCH:
                raise Gone("the program has ended") from error
            raise CannotRead(f"nothing to read at {address:#x}") from error
        except OverflowError as error:
            raise CannotRead(f"no address: {address:#x}") from error
        if not data:
            raise Gone("the program has ended")
        if len(data) < size:
            raise CannotRead(f"only {len(data)} of {size} bytes at {address:#x}")
        return data

    def words(self, address: int, count: int) -> array[int]:
        """Return `count` pointers."""
        return array("Q", self.read(address, 8 * count))

    def pieces(self, addresses: Iterable[int], size: int) -> dict[int, memoryview]:
        """Return `size` bytes at each address, neighbours read together; the unreadable lack."""
        found: dict[int, memoryview] = {}
        for group in _neighbours(sorted(set(addresses)), size):
            try:
                data = memoryview(self.read(group[0], group[-1] - group[0] + size))
            except Gone:
                raise
            except CannotRead:
                continue
            for address in group:
                begin = address - group[0]
                found[address] = data[begin : begin + size]
        return found


def _neighbours(addresses: list[int], size: int) -> Iterable[list[int]]:
    group: list[int] = []
    for address in addresses:
        if group and (
            address - group[-1] > size + _GAP_BYTES
            or address - group[0] + size > _LARGEST_READ_BYTES
        ):
            yield group
            group = []
        group.append(address)
    if group:
        yield group
