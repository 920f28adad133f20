"""A real program run, asked for the truth, and looked at in every way that gctui has."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from gctui.cli.counters import counters_of, mappings_of
from gctui.events import Mappings
from gctui.model.feed import Frame
from gctui.model.ledger import ledger
from gctui.model.parts import Ledger
from gctui.model.snapshot import Snapshot
from gctui.session.live import LiveSession
from gctui.session.polling import Pages
from gctui.session.pump import Pump
from gctui.session.sampling import Sources
from gctui.sources.mappings import read_mappings
from gctui.sources.process import ProcessSampler
from gctui.sources.spool import Channel, Spool

from .planted import Case, Cause, built
from .truth import Truth

_TRACED = {"GODEBUG": "gctrace=1,scavtrace=1"}
_TRIES = 3
_PATIENCE_S = 20.0
_SETTLES_S = 0.1
_LONGEST_S = 30.0
_ONE_MOMENT_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class Seen:
    """A ledger, what it was made from, and what is true."""

    cause: Cause
    split: Ledger
    snapshot: Snapshot
    truth: Truth
    told: Mappings | None = None


class Hung(Exception):
    """A program says nothing any more."""


class Running:
    """A program that works or waits, its trace read as it comes."""

    def __init__(self, process: subprocess.Popen[bytes], binary: Path, cause: Cause) -> None:
        self._process = process
        self._began_s = time.monotonic()
        self._program_bytes = variables_bytes(binary)
        self._pump = Pump()
        self._trace = threading.Thread(target=self._read_trace, daemon=True)
        self._trace.start()
        self.pid = process.pid
        self.cause = cause
        self.greeting = self._greeting()

    def settled(self) -> dict[str, int]:
        """Let it stop working, and return its figures once it is idle."""
        self.ask()
        # The runtime's own threads still sweep and trim for a moment.
        time.sleep(_SETTLES_S)
        return self.ask()

    def ask(self) -> dict[str, int]:
        """Return what it says of itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise Hung
        figures = json.loads(line)
        assert isinstance(figures, dict)
        return figures

    def truth(self, before: dict[str, int]) -> Truth:
        """Return the truth over the time since `before` was asked."""
        return Truth(before, self.ask(), self._program_bytes)

    def by_trace(self) -> tuple[Seen, Seen]:
        """Look at its trace and its RSS alone, and then at its mappings as well."""
        before = self.settled()
        self._wait_for_trace(before["gc_count"])
        process, told = ProcessSampler(self.pid).sample(), read_mappings(self.pid)
        assert process is not None
        assert told is not None
        truth = self.truth(before)
        self._pump.apply([process], self._now_s)
        without = self._seen(truth, None)
        self._pump.apply([told], self._now_s)
        return without, self._seen(truth, told)

    def _seen(self, truth: Truth, told: Mappings | None) -> Seen:
        snapshot = self._pump.snapshot()
        split = ledger(snapshot, self._pump.now_s(self._now_s))
        return Seen(self.cause, split, snapshot, truth, told)

    @property
    def _now_s(self) -> float:
        return time.monotonic() - self._began_s

    def _greeting(self) -> list[str]:
        assert self._process.stdout is not None
        said: list[str] = []
        for line in self._process.stdout:
            if line == b"ready\n":
                return said
            said.append(line.decode().strip())
        if not said:
            raise Hung
        pytest.skip(f"this system has not what the program needs: {' '.join(said)}")

    def _read_trace(self) -> None:
        assert self._process.stderr is not None
        while data := os.read(self._process.stderr.fileno(), 1 << 16):
            self._pump.feed(Channel.STDERR, data, self._now_s)

    def _wait_for_trace(self, collections: int) -> None:
        for _ in until(f"{collections} collections are read"):
            cycle = self._pump.snapshot().last_cycle
            if cycle is not None and cycle.number == collections:
                return


def variables_bytes(binary: Path) -> int:
    """Return the size of what is writable of an executable."""
    with binary.open("rb") as file:
        sections = ELFFile(file).iter_sections()
        return sum(each["sh_size"] for each in sections if each["sh_flags"] & 1)


@contextmanager
def running(case: Case, settings: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start a program; it is gone afterwards, or when it has not answered for very long."""
    binary = built(case)
    ours = {"GODEBUG", "GOGC", "GOMEMLIMIT", "GOMAXPROCS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    with subprocess.Popen(
        [binary],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**kept, **case.cause.settings, **(settings or {})},
    ) as process:
        watchdog = threading.Timer(_LONGEST_S, process.kill)
        watchdog.start()
        try:
            program = Running(process, binary, case.cause)
            time.sleep(case.cause.runs_s)
            yield program
        finally:
            watchdog.cancel()
            process.kill()


@cache
def traced(case: Case) -> tuple[Seen, Seen]:
    """Run a program, and look at its trace and RSS; then at its mappings as well.

    Where both traces are on, Go's own locks may stand in each other's way for good, about once in
    a thousand runs: a gc line that is printed waits for the heap's lock when the stack of its
    goroutine grows, and a scav line for that of the printing (mgc.go, mgcsweep.go sweepone).
    """
    for _ in range(_TRIES):
        with contextlib.suppress(Hung), running(case, _TRACED) as program:
            return program.by_trace()
    raise Hung


@cache
def counted(case: Case) -> Seen:
    """Run a program once, and look at it as `gctui attach` does."""
    with running(case) as program:
        before = program.settled()
        with attached(program.pid) as session:
            frame = frame_when(session, _is_complete)
        return seen_in(frame, program, before)


def seen_in(frame: Frame, program: Running, before: dict[str, int]) -> Seen:
    """Return what a frame's ledger says of a program whose figures were `before`."""
    look = frame.snapshot.look
    told = read_mappings(program.pid) if look is None else look.mappings
    split = ledger(frame.snapshot, frame.now_s)
    return Seen(program.cause, split, frame.snapshot, program.truth(before), told)


@contextmanager
def attached(pid: int, pages: Pages | None = None) -> Iterator[LiveSession]:
    """Read the counters and mappings of a process, or, where there are pages, those instead."""
    counters = counters_of(lambda: pid)
    sources = Sources(
        ProcessSampler(pid).sample,
        None if pages else counters,
        mappings=None if pages else mappings_of(lambda: pid, counters),
        pages=pages,
    )
    session = LiveSession(Spool(), "attached", sources=sources, shows_output=False)
    session.start()
    try:
        yield session
    finally:
        session.stop()
        session.join()


def frame_when(session: LiveSession, is_so: Callable[[Frame], bool]) -> Frame:
    """Return the first frame of which something is so."""
    for _ in until("the session has seen it all"):
        frame = session.frame()
        if is_so(frame):
            return frame
    raise AssertionError


def _is_complete(frame: Frame) -> bool:
    """There is all that there can be, and it is of one moment, as far as the kernel's sums show."""
    look, process = frame.snapshot.look, frame.snapshot.moment.process
    if look is None or process is None or process.rss_bytes is None:
        return False
    return abs(process.rss_bytes - look.mappings.rss_bytes) < _ONE_MOMENT_BYTES


def until(what: str) -> Iterator[None]:
    """Repeat until the caller breaks off; fails after some time."""
    end_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end_s:
        yield
        time.sleep(0.02)
    raise AssertionError(f"not in {_PATIENCE_S} s: {what}")
