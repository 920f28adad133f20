"""A heap or goroutine profile, whatever form it came in: samples of stacks with their values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleType:
    """What one value of a sample measures: `inuse_space` in `bytes`, `alloc_objects` in `count`."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A function on a stack, and the line that was being run."""

    function: str
    file: str
    line: int
    is_inlined: bool = False
    """The frame after it is its caller, in which the compiler placed it."""
    start_line: int = 0
    """Where the function begins; 0 where the form does not tell."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A file that was mapped into the program: the binary itself, or a library."""

    file: str
    build_id: str = ""
    start: int = 0
    limit: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One stack, the leaf first, as places in `Profile.locations`; a value per sample type."""

    stack: tuple[int, ...]
    values: tuple[int, ...]
    labels: tuple[tuple[str, str], ...] = ()
    """Sorted by name. A heap profile's `bytes` is the size of one object."""


@dataclass(frozen=True, slots=True)
class Location:
    """An address in the program and its frames: more than one where functions were inlined."""

    address: int
    frames: tuple[Frame, ...]
    """The innermost first; empty where nothing is known of the address."""
    mapping: Mapping | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Values are already scaled up from the sampled ones, as pprof does."""

    sample_types: tuple[SampleType, ...]
    default_type: str
    """The sample type to show first: `inuse_space`, or `goroutine`."""
    locations: tuple[Location, ...]
    samples: tuple[Sample, ...]
    sampling_bytes: int | None
    """The mean distance between samples (runtime.MemProfileRate); None for other profiles."""
    time_ns: int | None = None
    """When it was taken, since 1970; None where the form does not tell."""
    source: str = ""
    drop_frames: str = ""
    """A pattern (RE2) of functions that are left out with all they called; "" for none."""
    keep_frames: str = ""
    """A pattern of those that `drop_frames` spares; "" for none."""

    def total(self, type_index: int) -> int:
        """Return the sum of one value over all samples."""
        return sum(sample.values[type_index] for sample in self.samples)
