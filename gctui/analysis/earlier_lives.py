"""How a program grew before it was restarted: of its lives that ended, the worst is kept."""

from __future__ import annotations

from dataclasses import replace

from gctui.analysis.goroutine_growth import GoroutineGrowth, goroutine_growth
from gctui.analysis.growth import SHORTEST_S, Growth, Verdict, live_growth
from gctui.analysis.life import Life
from gctui.events import AnyEvent, Gc
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState

_RANKS = {
    Verdict.UNKNOWN: 0,
    Verdict.TOO_SHORT: 1,
    Verdict.FALLING: 2,
    Verdict.STEADY: 2,
    Verdict.CACHE: 3,
    Verdict.LEAK: 4,
}


class EarlierLives:
    """Looks at each life where it ends, which is the last moment at which all of it is known."""

    def __init__(self) -> None:
        self._growth: Growth | None = None
        self._goroutines: GoroutineGrowth | None = None
        self._file = ""

    def passing(self, event: AnyEvent, state: ProgramState, file: str) -> None:
        """Look at what comes next, in which file, while `state` does not know it yet."""
        if not isinstance(event, Gc) or event.n is None:
            return
        # A life that short tells nothing; a program that never comes up has very many of them.
        if state.life_s >= SHORTEST_S and state.starts_epoch(event):
            self._ended(state.snapshot())
        self._file = file

    def forget_samples(self) -> None:
        """Forget what rests on samples of another program."""
        self._goroutines = None

    def growth(self, last: Growth, *, has_files: bool) -> Growth:
        """Return the worst growth of the live heap, that of the `last` life included."""
        known = self._growth
        if known is None or known.life is None or _rank(last) >= _rank(known):
            return last
        return known if has_files else replace(known, life=replace(known.life, last_file=None))

    def goroutines(self, last: GoroutineGrowth, *, has_files: bool) -> GoroutineGrowth:
        """Return the worst growth of their number, that of the `last` life included."""
        known = self._goroutines
        if known is None or known.life is None or _count_rank(last) >= _count_rank(known):
            return last
        return known if has_files else replace(known, life=replace(known.life, last_file=None))

    def _ended(self, snapshot: Snapshot) -> None:
        cycle = snapshot.last_cycle
        if cycle is None:
            return
        life = Life(cycle.event.line, self._file)
        growth, goroutines = live_growth(snapshot), goroutine_growth(snapshot)
        if growth.now is not None and (
            self._growth is None or _rank(growth) >= _rank(self._growth)
        ):
            self._growth = replace(growth, life=life)
        if goroutines.now is not None and (
            self._goroutines is None or _count_rank(goroutines) >= _count_rank(self._goroutines)
        ):
            self._goroutines = replace(goroutines, life=life)


def _rank(growth: Growth) -> tuple[int, float]:
    """Order by verdict, then by pace; of lives without growth any is as good."""
    return _RANKS[growth.verdict], growth.mib_per_min if growth.grows else 0.0


def _count_rank(growth: GoroutineGrowth) -> tuple[bool, bool, float]:
    slope = growth.now.slope_per_s if growth.grows and growth.now is not None else 0.0
    return growth.grows, growth.now is not None, slope
