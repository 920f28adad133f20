"""A leak stands out; a steady heap, a sawtooth and a start do not."""

import pytest

from gctui.analysis.growth import live_growth
from tests.corpus_files import SAMPLES
from tests.model.test_state import line, state_of


@pytest.mark.parametrize(
    ("name", "grows"), [("leak", True), ("steady", False), ("sawtooth", False)]
)
def test_the_demos(name: str, grows: bool) -> None:
    growth = live_growth(state_of((SAMPLES / "demo" / f"{name}.log").read_bytes()))
    assert (growth is not None) == grows
    if growth is not None:
        assert (growth.from_mib, growth.to_mib) == (3, 303)
        assert growth.mib_per_min == pytest.approx(371, rel=0.05)


def test_a_cache_that_is_full_is_no_leak() -> None:
    filled = [line(n, float(n), live=min(200, 10 * n)) for n in range(1, 100)]
    assert live_growth(state_of(b"".join(filled))) is None


def test_too_short_to_tell() -> None:
    assert (
        live_growth(state_of(b"".join(line(n, float(n), live=50 * n) for n in range(1, 6)))) is None
    )
