"""Where in the program's own code a goroutine is parked: its stack, read from outside.

A parked goroutine stands in runtime.gopark, under what it waits with: a channel, a lock, a socket.
Which function of the program's own called that says what it is for. The walk needs two things per
frame, the frame's size (from the function table) and the return address (from the stack), and there
are few different addresses in a hundred thousand stacks, so that what is known of each is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gctui.sources.inside.errors import CannotRead, Gone
from gctui.sources.inside.functab import FunctionTable
from gctui.sources.inside.memory import ProcessMemory

_READ_BYTES = 1024
_MOST_READ_BYTES = 16 << 10
_DEEPEST = 48
_WORD = 8
_MOST_KEPT = 1 << 16
_ANCHOR = "runtime.gopark"
_ANCHOR_FILE = "runtime/proc.go"


@dataclass(frozen=True, slots=True)
class _Step:
    """What is known of a return address."""

    frame_bytes: int
    """-1 where the walk must end."""
    is_own: bool
    is_runtime: bool


_LOST = _Step(-1, is_own=False, is_runtime=True)


class Stacks:
    """Walks stacks. `named` tells what an address that `own_pc` returned is called."""

    def __init__(
        self,
        memory: ProcessMemory,
        functions: Callable[[], FunctionTable],
        bias: int,
        architecture: str,
    ) -> None:
        self._memory = memory
        self._functions = functions
        self._bias = bias
        self._links = architecture == "arm64"
        """The return address lies at the frame's lower end, else right above it."""
        self._steps: dict[int, _Step] = {}
        self._names: dict[int, tuple[str, str]] = {}
        self._library: str | None = None

    def own_pc(self, pc: int, sp: int, top: int) -> int:
        """Return where the first function that is not the standard library's is; 0 if unknown.

        `top` is the end of the goroutine's stack. Where all of it is the library's, its
        outermost function is meant: what was started. Raises Gone when the program has ended.
        """
        stack, limit, fallback = b"", _READ_BYTES, 0
        at = 0
        for _ in range(_DEEPEST):
            step = self._steps.get(pc) or self._step(pc)
            if step.is_own:
                return pc
            if not step.is_runtime:
                fallback = pc
            if step.frame_bytes < 0:
                break
            above = at + step.frame_bytes
            slot = at if self._links else above
            if slot + _WORD > len(stack):
                limit = max(limit, slot + _WORD)
                stack = self._read(sp, min(limit, top - sp))
                limit = _MOST_READ_BYTES
                if slot + _WORD > len(stack):
                    break
            pc = int.from_bytes(stack[slot : slot + _WORD], "little")
            at = above if self._links else above + _WORD
        return fallback

    def named(self, pc: int) -> tuple[str, str]:
        """Return the function at an address, and `file:line`; empty for 0."""
        if not pc:
            return "", ""
        if pc not in self._names:
            self._names[pc] = self._name(pc - self._bias)
        return self._names[pc]

    def _name(self, pc: int) -> tuple[str, str]:
        frames = self._functions().frames_at(pc)
        if not frames:
            return "", ""
        own = (each for each in frames if not self._is_library(each.function, each.file))
        frame = next(own, frames[-1])
        return frame.function, f"{frame.file}:{frame.line}" if frame.file else ""

    def _read(self, sp: int, size: int) -> bytes:
        if not 0 < size <= _MOST_READ_BYTES:
            return b""
        try:
            return self._memory.read(sp, size)
        except Gone:
            raise
        except CannotRead:
            return b""

    def _step(self, pc: int) -> _Step:
        if len(self._steps) >= _MOST_KEPT:
            self._steps.clear()
        self._steps[pc] = step = self._found(pc - self._bias)
        return step

    def _found(self, pc: int) -> _Step:
        functions = self._functions()
        function, size = functions.function_at(pc), functions.frame_bytes_at(pc)
        if function is None or size is None or function.name == "runtime.goexit":
            return _LOST
        is_runtime = function.name.startswith("runtime.")
        frames = [] if is_runtime else functions.frames_at(pc)
        is_own = any(not self._is_library(each.function, each.file) for each in frames)
        return _Step(size, is_own=is_own, is_runtime=is_runtime)

    def _is_library(self, name: str, file: str) -> bool:
        """Tell by the file's folder; by the package's path in a build without paths."""
        if self._library is None:
            self._library = self._library_folder()
        if self._library:
            return file.startswith(self._library)
        package = name.partition("(")[0].rpartition("/")[0] or name.partition(".")[0]
        first = package.partition("/")[0]
        return first != "main" and "." not in first and "@" not in file

    def _library_folder(self) -> str:
        """Return the folder of the standard library's source; empty under -trimpath."""
        functions = self._functions()
        begin, _ = functions.functions_named([_ANCHOR]).get(_ANCHOR, (0, 0))
        site = functions.line_at(begin)
        return "" if site is None else site[0].removesuffix(_ANCHOR_FILE)
