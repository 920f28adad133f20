"""A heap profile of very many functions, as a monolith's server would give it."""

from __future__ import annotations

from random import Random

from gctui.model.profile import Frame, Location, Profile, Sample

from .profiles import TYPES

_DEPTH = 12


def big_profile(functions: int, seed: int = 1, taken_s: float = 0.0) -> Profile:
    """Return a profile with one sample of each function, called by eleven others."""
    random = Random(seed)
    samples = []
    for number in range(functions):
        stack = (number, *(random.randrange(functions) for _ in range(_DEPTH - 1)))
        count, size_bytes = random.randrange(1, 5000), random.choice((16, 64, 256, 4096))
        values = (count * 9, count * 9 * size_bytes, count, count * size_bytes)
        samples.append(Sample(stack, values, (("bytes", str(size_bytes)),)))
    return Profile(
        TYPES,
        "inuse_space",
        tuple(_location(number) for number in range(functions)),
        tuple(samples),
        512 * 1024,
        time_ns=int(taken_s * 1e9),
    )


def _location(number: int) -> Location:
    package = f"pkg{number % 997}"
    name = f"example.com/{package}.(*T{number % 31}).method{number}"
    return Location(
        0x400000 + number * 64, (Frame(name, f"/src/{package}/a.go", number % 900 + 1),)
    )
