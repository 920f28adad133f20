"""What holds for minutes of the tests holds for hours of use. Run by `make soak` alone.

Each prints its figures: they stand in benchmarks/README.md.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks.children import GCTUI, cost_of
from benchmarks.logs import mixed_lines
from tests.end_to_end.endurance import (
    ANSWERS_WITHIN_S,
    answer_through_a_line_without_end,
    bear_resizes,
    peak_of_a_plain_run_mib,
    pour,
    rss_mib_after_blocks,
)
from tests.tui.redraws import growth_over_redraws

pytestmark = pytest.mark.soak

MILLION = 1_000_002
"""Whole collections of `mixed_lines`."""
LONG_LINE_BYTES = 100 << 20


def test_ten_million_lines_on_the_screen(tmp_path: Path) -> None:
    rss_mib = rss_mib_after_blocks(tmp_path, block_lines=MILLION, blocks=10)
    print(f"\nRSS after each million lines, MiB: {', '.join(f'{each:.1f}' for each in rss_mib)}")
    assert max(rss_mib) - rss_mib[0] <= 10


def test_ten_million_lines_replayed(tmp_path: Path) -> None:
    peaks_mb = [_replay_peak_mb(tmp_path, millions) for millions in (1, 10)]
    print(f"\nreplay --plain, peak RSS, MB: {peaks_mb[0]:.1f} of 10^6, {peaks_mb[1]:.1f} of 10^7")
    assert peaks_mb[1] - peaks_mb[0] <= 10


def _replay_peak_mb(folder: Path, millions: int) -> float:
    path = folder / f"{millions}.log.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        pour(file, mixed_lines(), millions * MILLION)
    peak_mb = cost_of([GCTUI, "replay", "--plain", str(path)]).peak_mb
    path.unlink()
    return peak_mb


async def test_ten_thousand_redraws() -> None:
    growth = await growth_over_redraws(10_000)
    print(f"\n10,000 redraws: {growth.objects:+} objects, {growth.rss_mib:+.1f} MiB")
    assert growth.objects < 1000
    assert growth.rss_mib <= 10


def test_a_storm_of_five_hundred_resizes(tmp_path: Path) -> None:
    bear_resizes(tmp_path, 500)


def test_a_hundred_megabytes_without_a_newline_on_the_screen(tmp_path: Path) -> None:
    answer_s, peak_mib = answer_through_a_line_without_end(tmp_path, LONG_LINE_BYTES)
    print(f"\n100 MiB without a newline: peak {peak_mib:.0f} MiB, slowest key {answer_s:.2f} s")
    assert answer_s < ANSWERS_WITHIN_S
    assert peak_mib < 200


def test_a_hundred_megabytes_without_a_newline_and_without_a_screen(tmp_path: Path) -> None:
    peak_mib = peak_of_a_plain_run_mib(tmp_path, LONG_LINE_BYTES)
    print(f"\n100 MiB without a newline, run --plain: peak {peak_mib:.0f} MiB")
    assert peak_mib < 150
