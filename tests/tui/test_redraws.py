from __future__ import annotations

from .redraws import growth_over_redraws


async def test_a_redraw_leaves_nothing_behind() -> None:
    growth = await growth_over_redraws(400)
    # Two objects a redraw would be 700.
    assert growth.objects < 600
    assert growth.rss_mib < 10
