"""Heap profiles of a server: one cache that grows, some requests, and what Go itself holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from gctui.analysis.profile_top import By
from gctui.data import data_folder
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType
from gctui.sources.pprof_proto import read_proto_profile
from gctui.tui.app import GctuiApp
from gctui.tui.leaving import Way
from gctui.tui.profile_columns import Line
from gctui.tui.profile_reading import ProfileReader, Reading, Wanted

from .feeds import ENDED, MIB, StillFeed, attached
from .looking import rows

SAVED = "go1.27.3.heap.pb.gz"
TYPES = (
    SampleType("alloc_objects", "count"),
    SampleType("alloc_space", "bytes"),
    SampleType("inuse_objects", "count"),
    SampleType("inuse_space", "bytes"),
)
_ROOT = "github.com/example/server"
_HOME = "/home/dev/server"
_GO = "/usr/local/go/src"
_PLACES: dict[str, Frame] = {
    "main": Frame("main.main", f"{_HOME}/main.go", 61),
    "serve": Frame("net/http.(*conn).serve", f"{_GO}/net/http/server.go", 2102),
    "accept": Frame("net/http.(*Server).Serve", f"{_GO}/net/http/server.go", 3454),
    "search": Frame("main.(*api).search", f"{_HOME}/search.go", 88),
    "put": Frame(f"{_ROOT}/cache.(*Cache[...]).Put", f"{_HOME}/cache/cache.go", 57),
    "grow": Frame(f"{_ROOT}/cache.(*shard).grow", f"{_HOME}/cache/shard.go", 112),
    "decode": Frame("encoding/json.(*Decoder).Decode", f"{_GO}/encoding/json/stream.go", 63),
    "read": Frame("io.ReadAll", f"{_GO}/io/io.go", 712),
    "buffer": Frame("bufio.NewReaderSize", f"{_GO}/bufio/bufio.go", 57),
    "work": Frame(f"{_ROOT}/internal/pool.(*worker).run", f"{_HOME}/internal/pool/worker.go", 41),
    "pool": Frame(f"{_ROOT}/internal/pool.NewBuffers", f"{_HOME}/internal/pool/pool.go", 33),
    "malg": Frame("runtime.malg", f"{_GO}/runtime/proc.go", 5210),
}
_STACKS: tuple[tuple[str, int, int], ...] = (
    ("grow put search serve", 4096, 31_000),
    ("put search serve", 256, 96_000),
    ("decode search serve", 512, 24_000),
    ("read search serve", 32_768, 1_450),
    ("buffer serve", 4096, 420),
    ("pool main", 1_048_576, 64),
    ("decode work", 640, 9_000),
    ("buffer accept", 4096, 12),
    ("malg", 512, 1_100),
)
"""Functions from the innermost on, the size of an object, how many there are."""


def heap_profile(cached: float = 1.0, taken_s: float = 0.0) -> Profile:
    """Return what the server holds when its cache has so many times as much as in the beginning."""
    names = list(_PLACES)
    samples = []
    for functions, size_bytes, count in _STACKS:
        now = int(count * cached) if functions.startswith(("grow", "put")) else count
        if functions.startswith("read"):
            now = int(count / cached)
        values = (count * 9, count * 9 * size_bytes, now, now * size_bytes)
        stack = tuple(names.index(function) for function in functions.split())
        samples.append(Sample(stack, values, (("bytes", str(size_bytes)),)))
    return Profile(
        TYPES,
        "inuse_space",
        tuple(Location(0x400000 + i * 64, (place,)) for i, place in enumerate(_PLACES.values())),
        tuple(samples),
        512 * 1024,
        time_ns=int(taken_s * 1e9),
        source="http://localhost:6060",
    )


def saved_profile(name: str = SAVED) -> Profile:
    """Return a sample that a real program wrote."""
    path: Path = data_folder("samples") / "profiles" / name
    return read_proto_profile(path.read_bytes(), name)


def profiled() -> StillFeed:
    """Return a running server with its counters and a heap profile."""
    feed = attached()
    feed.take_profile(heap_profile(taken_s=60.0))
    return feed


def replayed() -> StillFeed:
    """Return a profile that was saved, and nothing else."""
    feed = StillFeed(replace(ENDED, label=SAVED, shows_output=False))
    feed.take_profile(saved_profile())
    return feed


async def press(pilot: Pilot[Way], *keys: str) -> None:
    """Press keys and wait until what they ask for is read."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def settle(pilot: Pilot[Way]) -> None:
    """Wait until all that was asked for is read and drawn."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def listed(app: GctuiApp) -> list[list[str]]:
    """Return the words of each row of the list."""
    texts = rows(app)
    first = next(i for i, row in enumerate(texts) if "▼" in row) + 1
    return [row.split() for row in texts[first:-1] if row.strip()]


def read(profile: Profile, base: Profile | None = None, by: By = "flat") -> Reading:
    """Read a profile as the list does."""
    return ProfileReader().read(Wanted(profile, base, None, by))


def line_of(reading: Reading, name: str, rss_bytes: int | None = None) -> Line:
    """Return the line of the first function with a name."""
    row = next(row for row in reading.rows if name in row.function)
    return Line(row, reading, rss_bytes)


def one_function(name: str, file: str = "/src/a.go", lines: tuple[int, ...] = (7,)) -> Profile:
    """Return a profile of one function."""
    return Profile(
        (SampleType("inuse_objects", "count"), SampleType("inuse_space", "bytes")),
        "inuse_space",
        tuple(Location(number, (Frame(name, file, number),)) for number in lines),
        tuple(Sample((place,), (4, 4 * MIB)) for place in range(len(lines))),
        512 * 1024,
    )
