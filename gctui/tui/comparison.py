"""Two censuses of the goroutines: the newest, and the one that growth is counted from."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.goroutines import Site, sites
from gctui.analysis.units import clock
from gctui.model.counters import Census, Counters
from gctui.model.goroutine_profile import goroutine_groups
from gctui.model.profile import Profile


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the list of goroutines shows."""

    census: Census
    since: Census
    is_marked: bool
    """The user chose the moment; else it is the first census."""
    is_saved: bool = False
    """The one census of a saved profile: it grew from nothing that is known."""

    def is_same_as(self, other: Comparison | None) -> bool:
        """Tell whether it is of the same two censuses, without looking into them."""
        return (
            other is not None
            and self.census is other.census
            and self.since is other.since
            and self.is_marked is other.is_marked
        )

    @property
    def sites(self) -> list[Site]:
        """The creation sites, the most grown first."""
        return sites(self.census, self.since)

    @property
    def ago(self) -> str:
        """How long one is after the other."""
        seconds = max(0.0, self.census.time_s - self.since.time_s)
        return f"{seconds:.0f} s" if seconds < 59.5 else clock(seconds)

    @property
    def moment(self) -> str:
        """From when growth counts, in words."""
        return f"since {'the mark' if self.is_marked else 'the watch began'}, {self.ago} ago"


def comparison(counters: Counters | None, mark: Census | None) -> Comparison | None:
    """Compare the newest census with the mark, or without one with the first; None before that."""
    if counters is None or counters.census is None or counters.first_census is None:
        return None
    first = counters.first_census
    # A mark from before belongs to a program that is no more.
    is_marked = mark is not None and mark.time_s >= first.time_s
    since = mark if mark is not None and is_marked else first
    return Comparison(counters.census, since, is_marked)


class SavedCensus:
    """The census that a saved profile of the goroutines is, counted once."""

    def __init__(self) -> None:
        self._profile: Profile | None = None
        self._found: Comparison | None = None

    def of(self, profile: Profile | None) -> Comparison | None:
        """Return it, compared with itself; None without a profile."""
        if profile is not self._profile:
            self._profile, self._found = profile, None
            if profile is not None:
                census = Census(0.0, goroutine_groups(profile))
                self._found = Comparison(census, census, is_marked=False, is_saved=True)
        return self._found
