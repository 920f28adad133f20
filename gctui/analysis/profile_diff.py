"""What changed between two profiles: `go tool pprof -base`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gctui.analysis.neutral import neutral
from gctui.errors import GctuiError
from gctui.model.profile import Location, Mapping, Profile, Sample, SampleType

_Key = tuple[tuple[int, ...], tuple[tuple[str, str], ...]]
_PAGE = 0x1000


def difference(base: Profile, new: Profile) -> Profile:
    """Return `new` minus `base`, stack by stack; stacks that did not change are left out.

    Raises GctuiError where they do not measure the same.
    """
    if base.sample_types != new.sample_types:
        told = f"{new.source or 'one profile'} has {_told(new.sample_types)}, "
        told += f"{base.source or 'the other'} has {_told(base.sample_types)}"
        raise GctuiError(neutral(f"not to be compared: {told}"))
    merged = _Merged()
    merged.add(new, 1)
    merged.add(base, -1)
    rates = [each.sampling_bytes for each in (base, new) if each.sampling_bytes is not None]
    return replace(
        new,
        locations=tuple(merged.locations),
        samples=merged.samples(),
        sampling_bytes=max(rates, default=None),
        source=" − ".join(each.source for each in (new, base) if each.source),
    )


def _told(kinds: tuple[SampleType, ...]) -> str:
    return ", ".join(f"{kind.name}/{kind.unit}" for kind in kinds) or "no values"


@dataclass(slots=True)
class _Merged:
    locations: list[Location] = field(default_factory=list)
    places: dict[object, int] = field(default_factory=dict)
    values: dict[_Key, list[int]] = field(default_factory=dict)

    def add(self, profile: Profile, sign: int) -> None:
        """Add the samples of one profile, or with sign −1 take them off."""
        place_of = [self._place(location) for location in profile.locations]
        for sample in profile.samples:
            if not any(sample.values):
                continue
            key = tuple([place_of[place] for place in sample.stack]), sample.labels
            sums = self.values.get(key)
            if sums is None:
                self.values[key] = [sign * value for value in sample.values]
            else:
                for index, value in enumerate(sample.values):
                    sums[index] += sign * value

    def samples(self) -> tuple[Sample, ...]:
        """Return what is left, without what comes to nothing."""
        return tuple(
            Sample(stack, tuple(values), labels)
            for (stack, labels), values in self.values.items()
            if any(values)
        )

    def _place(self, location: Location) -> int:
        key = _same(location)
        if key not in self.places:
            self.places[key] = len(self.locations)
            self.locations.append(location)
        return self.places[key]


def _same(location: Location) -> object:
    """Return what two locations have in common that are one, wherever the binary was loaded."""
    mapping = location.mapping
    if mapping is None:
        return location.address, None, location.frames
    return location.address - mapping.start, _same_mapping(mapping), location.frames


def _same_mapping(mapping: Mapping) -> object:
    pages = (mapping.limit - mapping.start + _PAGE - 1) // _PAGE
    return pages, mapping.offset, mapping.build_id or mapping.file
