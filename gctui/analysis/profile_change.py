"""What became of each function between two profiles, held against the error of sampling."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

from gctui.analysis.difference import ALPHA
from gctui.analysis.profile_diff import difference
from gctui.analysis.profile_error import sampling_error
from gctui.analysis.profile_nodes import pruned, type_index
from gctui.analysis.profile_top import TopRow, top
from gctui.model.profile import Profile


@dataclass(frozen=True, slots=True)
class Change:
    """One function, or the whole profile; values in the sample type's own unit."""

    function: str
    base: int
    new: int
    error: float | None
    """One standard deviation of the change, the two profiles drawn independently; None where
    nothing is sampled, and every change is real."""
    alpha: float = ALPHA

    @property
    def change(self) -> int:
        """By how much it holds more."""
        return self.new - self.base

    @property
    def p(self) -> float | None:
        """How likely sampling alone makes so large a change; None where it makes none."""
        if self.error is None:
            return None
        if not self.error:
            return 0.0 if self.change else 1.0
        return erfc(abs(self.change) / self.error / sqrt(2))

    @property
    def is_noise(self) -> bool:
        """Sampling alone may make so large a change."""
        return not self.change or (self.p is not None and self.p > self.alpha)


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """Two profiles."""

    type_name: str
    unit: str
    whole: Change
    functions: tuple[Change, ...]
    """By what each holds itself, the largest change first."""


def profile_change(
    base: Profile, new: Profile, type_name: str | None = None, alpha: float = ALPHA
) -> ProfileChange:
    """Compare two profiles. Raises GctuiError where they do not measure the same."""
    difference(base, new)
    index = type_index(new, type_name)
    old_rows, new_rows = [
        {row.function: row for row in top(profile, index) if row.flat} for profile in (base, new)
    ]
    functions = [
        _change(name, old_rows.get(name), new_rows.get(name), alpha)
        for name in dict.fromkeys([*old_rows, *new_rows])
    ]
    functions.sort(key=lambda each: (-abs(each.change), each.function))
    kind = new.sample_types[index]
    whole = _whole(base, new, index, alpha)
    return ProfileChange(kind.name, kind.unit, whole, tuple(functions))


def _change(name: str, base: TopRow | None, new: TopRow | None, alpha: float) -> Change:
    error = _together(*(None if row is None else row.flat_error for row in (base, new)))
    return Change(name, base.flat if base else 0, new.flat if new else 0, error, alpha)


def _whole(base: Profile, new: Profile, index: int, alpha: float) -> Change:
    errors = [sampling_error(each, index, pruned(each).samples) for each in (base, new)]
    return Change("", base.total(index), new.total(index), _together(*errors), alpha)


def _together(*errors: float | None) -> float | None:
    known = [each for each in errors if each is not None]
    return sqrt(sum(each * each for each in known)) if known else None
