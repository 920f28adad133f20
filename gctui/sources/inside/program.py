"""One running Go program, open for reading: its counters, and its goroutines."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from gctui.events import GoroutineGroup, Runtime
from gctui.sources.inside.arenas import arenas_reader
from gctui.sources.inside.binary import GoBinary
from gctui.sources.inside.cache import cached_layout, keep_layout
from gctui.sources.inside.census import Census
from gctui.sources.inside.counters import CounterReader
from gctui.sources.inside.errors import CannotRead, Gone
from gctui.sources.inside.functab import FunctionTable, FunctionTableError, ReadTree
from gctui.sources.inside.known import known_wait_reasons
from gctui.sources.inside.layout import Layout
from gctui.sources.inside.locate import check_machine, layouts
from gctui.sources.inside.memory import ProcessMemory

_EACH_LIST_SHORTENED = (1, 27)
"""Since then a generic function's name is shortened at each list of types, not at the outermost."""

_NONSENSE = (ArithmeticError, LookupError, ValueError, TypeError, MemoryError, struct.error)
_MOST_CHECKED = 1 << 16
_GOROUTINES_IN_FLIGHT = 8

_PROGRAM_HEADERS = 3
"""AT_PHDR of the auxiliary vector (elf.h): where the kernel put the program headers."""


class NotReady(CannotRead):
    """The runtime of this program is not set up yet: try again in a moment."""


@dataclass(frozen=True, slots=True)
class _Readers:
    """A layout that fits, and what reads by it."""

    layout: Layout
    counters: CounterReader
    census: Census
    arenas: Callable[[], list[tuple[int, int]]]


class RunningProgram(AbstractContextManager["RunningProgram"]):
    """Raises on opening: PermissionError, NotGo, NotReady, Gone, or CannotRead with the reason."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.default_godebug = ""
        """What its build sets where GODEBUG says nothing."""
        self._image = Path(f"/proc/{pid}/exe")
        self._memory = ProcessMemory(pid)
        try:
            self._read = self._open()
        except FileNotFoundError as error:
            self.close()
            raise Gone(f"no process {pid}") from error
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back what is open."""
        self._memory.close()

    @property
    def go_version(self) -> str:
        """The toolchain that built it."""
        return self._read.layout.go_version

    @property
    def evidence(self) -> str:
        """How gctui knows where the counters are."""
        return self._read.layout.evidence

    def sample(self) -> Runtime | None:
        """Return the counters of now, None where they could not be read whole this time.

        Raises Gone when the program has ended or has become another by exec.
        """
        try:
            return self._read.counters.sample()
        except Gone:
            raise
        except CannotRead:
            return None

    def count_goroutines(self) -> tuple[GoroutineGroup, ...] | None:
        """Look at some more goroutines; return all groups when each was looked at."""
        try:
            return self._read.census.step()
        except Gone:
            raise
        except CannotRead:
            return None

    def heap_arenas(self) -> list[tuple[int, int]]:
        """Return the address ranges that the Go heap lives in; empty where they are not known.

        Raises Gone when the program has ended.
        """
        try:
            return self._read.arenas()
        except Gone:
            raise
        except CannotRead:
            return []

    def _open(self) -> _Readers:
        """Return the first layout by which what is read adds up."""
        with GoBinary(self._image) as binary:
            check_machine(binary)
            self.default_godebug = binary.build_info.default_godebug
            header = _program_header(self.pid)
            key = binary.fingerprint
            kept = cached_layout(key)
            failure = CannotRead("no layout fits")
            for layout in chain([kept] if kept else [], layouts(binary)):
                is_sure = layout is not kept and not layout.is_guess
                try:
                    readers = self._tried(binary, layout, header, is_sure=is_sure)
                except Gone:
                    raise
                except CannotRead as wrong:
                    failure = wrong
                except _NONSENSE as wrong:
                    # A file in the cache may say anything.
                    failure = CannotRead(f"{type(wrong).__name__}: {wrong}")
                else:
                    if layout is not kept:
                        keep_layout(key, layout)
                    return readers
        raise NotReady(str(failure)) from failure

    def _tried(self, binary: GoBinary, layout: Layout, header: int, *, is_sure: bool) -> _Readers:
        """Return what reads by a layout; raises CannotRead where it cannot be the right one."""
        bias = header - layout.program_header
        counters = CounterReader(self._memory, layout, bias)
        minor = binary.build_info.minor
        reasons = known_wait_reasons(minor) if minor else ()
        census = Census(self._memory, layout, bias, self._function_table(layout, bias), reasons)
        sample = counters.probe(exact=layout.is_guess)
        if not is_sure:
            _check_goroutines(sample, census)
        return _Readers(layout, counters, census, arenas_reader(self._memory, layout, bias))

    def _function_table(self, layout: Layout, bias: int) -> Callable[[], FunctionTable]:
        """Return what reads the function table once it is needed: it may be large."""

        def trees(table: FunctionTable) -> ReadTree | None:
            from gctui.sources.inside.inline_trees import find_trees  # noqa: PLC0415 - not at once

            return find_trees(table, self._image, self._memory, bias)

        @cache
        def table() -> FunctionTable:
            with GoBinary(self._image) as binary:
                data, minor = _function_table_of(binary), binary.build_info.minor
            once = minor is not None and minor < _EACH_LIST_SHORTENED
            text_start = layout.addresses["runtime.text"]
            try:
                return FunctionTable(data, text_start, shorten_once=once, find_trees=trees)
            except FunctionTableError as error:
                raise CannotRead(f"the function table: {error}") from error

        return table


def _function_table_of(binary: GoBinary) -> bytes:
    try:
        return binary.function_table()
    except CannotRead:
        from gctui.sources.inside.module_data import find_module  # noqa: PLC0415 - seldom needed

        return find_module(binary).function_table.data


def _check_goroutines(sample: Runtime, census: Census) -> None:
    """Hold two ways to count them against each other; raises CannotRead where they disagree."""
    groups = census.step(_MOST_CHECKED)
    if groups is None:
        return
    counted, expected = sum(group.count for group in groups), sample.goroutines or 0
    if abs(counted - expected) > max(_GOROUTINES_IN_FLIGHT, expected // 20):
        raise CannotRead(f"{expected} goroutines by one count, {counted} by another")


def _program_header(pid: int) -> int:
    try:
        vector = Path(f"/proc/{pid}/auxv").read_bytes()
    except ProcessLookupError as error:
        raise Gone(f"no process {pid}") from error
    pairs = struct.iter_unpack("<QQ", vector[: len(vector) // 16 * 16])
    address = next((value for kind, value in pairs if kind == _PROGRAM_HEADERS), 0)
    if not address:
        raise NotReady("the program is being loaded")
    return address
