"""How far a heap profile's figures may be off, since it saw only some of the allocations.

The allocator samples by a Poisson process over the bytes allocated: the distance to the next
sampled byte is exponentially distributed with mean R = runtime.MemProfileRate (nextSample in
runtime/malloc.go; MemProfileRate in runtime/mprof.go). So an object of s bytes is sampled with
probability p = 1 − exp(−s/R), and of N objects of one stack and size the sampled ones, k, are
binomially distributed. The profile holds n = k/p (scaleHeapSample in runtime/pprof/protomem.go,
scaleHeapSample in pprof's profile/legacy_profile.go): the Horvitz–Thompson estimator, with

    Var(n) = N·(1 − p)/p,  estimated as  n·(1 − p)/p;  in bytes  n·s²·(1 − p)/p.

Samples are independent, so variances add up, and one standard deviation is the root of the sum.
For s far below R that is √(value·R) = value/√k; objects far above R are nearly all sampled, and the
error vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp, expm1, sqrt

from gctui.model.profile import Profile, Sample

_SIZE_LABEL = "bytes"
_FURTHEST = 700.0
"""Sizes over rates from which the error is nothing, and exp would overflow."""


def sample_variance(profile: Profile, type_index: int) -> Callable[[Sample], float] | None:
    """Return what computes a sample's variance, in the square of the type's unit.

    None where values are not sampled by size: other profiles, and other units. Of a difference,
    it is the variance of what came or went; where as much went as came, that is too little.
    """
    kind = profile.sample_types[type_index]
    rate = profile.sampling_bytes
    pair = _objects_and_space(profile, type_index)
    if rate is None or pair is None:
        return None
    objects, space = pair
    is_space = kind.unit == "bytes"

    def variance(sample: Sample) -> float:
        size_bytes = _object_size(sample, objects, space)
        if rate <= 1 or size_bytes <= 0 or size_bytes / rate > _FURTHEST:
            return 0.0
        count = abs(sample.values[space]) / size_bytes
        one = size_bytes**2 if is_space else 1.0
        return count * one * missed_odds(size_bytes, rate)

    return variance


def missed_odds(size_bytes: float, rate: int) -> float:
    """Return (1 − p)/p: how much likelier an object is missed than sampled."""
    return exp(-size_bytes / rate) / -expm1(-size_bytes / rate)


def sampling_error(profile: Profile, type_index: int, samples: Iterable[Sample]) -> float | None:
    """Return one standard deviation of the sum of the samples' values, in the type's unit.

    None where nothing is known of it; 0.0 where every object was sampled.
    """
    variance = sample_variance(profile, type_index)
    return None if variance is None else sqrt(sum(map(variance, samples)))


def _object_size(sample: Sample, objects: int, space: int) -> float:
    for name, value in sample.labels:
        if name == _SIZE_LABEL and value.isdecimal() and len(value) < 19:
            return float(value)
    count = sample.values[objects]
    return abs(sample.values[space] / count) if count else 0.0


def _objects_and_space(profile: Profile, type_index: int) -> tuple[int, int] | None:
    """Return the places of the counts and of the bytes that belong together."""
    names = [kind.name for kind in profile.sample_types]
    prefix, _, what = names[type_index].rpartition("_")
    start = f"{prefix}_" if prefix else ""
    pair = f"{start}objects", f"{start}space"
    if what not in {"objects", "space"} or not set(pair) <= set(names):
        return None
    return names.index(pair[0]), names.index(pair[1])
