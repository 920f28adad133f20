"""The figures of a log that several processes read are those of one, to the last digit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from gctui.analysis import collections_read, kept_events, run_fold
from gctui.report.report_json import report_json
from gctui.session import digested, long_logs, pieces
from gctui.session.pieces import can_read_in_processes
from gctui.session.whole_run import WholeRun
from gctui.sources.files import LogFile
from tests.corpus_files import read_log, sample_logs

pytestmark = pytest.mark.skipif(not can_read_in_processes(), reason="reads in one process here")

PORTION_BYTES = 4096
PIECE_BYTES = 4 * PORTION_BYTES
ENDLESS = b"gc %d @%.3fs 0%%: 0.045+%.2f+0.005 ms clock, 0.090+0.12/%.2f/0+0.010 ms cpu, \
%d->%d->%d MB, %d MB goal, 0 MB stacks, 0 MB globals, 2 P%s\n"
SCAV = b"scav 0 KiB work (bg), 0 KiB work (eager), %d KiB now, 98%% util\n"


class _SmallChunks(LogFile):
    def chunks(
        self, size_bytes: int = PORTION_BYTES, pause_s: float | None = None
    ) -> Iterator[bytes]:
        return super().chunks(size_bytes, pause_s)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Borders everywhere, and what happens in long logs alone in every log."""
    monkeypatch.setattr(pieces, "PORTION_BYTES", PORTION_BYTES)
    monkeypatch.setattr(pieces, "PIECE_BYTES", PIECE_BYTES)
    monkeypatch.setattr(pieces, "LAST_PIECE_BYTES", PORTION_BYTES)
    monkeypatch.setattr(long_logs, "_LONG_BYTES", 0)
    monkeypatch.setattr(long_logs, "_ALONE_BYTES", PIECE_BYTES)
    monkeypatch.setattr(collections_read, "BLOCK_BYTES", PORTION_BYTES)
    monkeypatch.setattr(digested, "_FEW", 8)
    for module in (kept_events, run_fold):
        monkeypatch.setattr(module, "RECENT", 32)
    monkeypatch.setattr(kept_events, "_MOST_OLD", 64)


def figures(path: Path, jobs: int) -> str:
    run = WholeRun("made")
    run.read(_SmallChunks(path), None, jobs)
    if not run.tells:
        return ""
    return report_json(((run.figures((), program), ()) for program in run.programs), [])


def same(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert figures(path, 2) == figures(path, 1)


def collections(
    count: int, first: int = 1, begin_s: float = 0.0, prefix: bytes = b""
) -> list[bytes]:
    """Return collections of a program, some forced, with a scavenger's line behind each."""
    draw = random.Random(first)
    lines = []
    for i in range(first, first + count):
        live = 10 + i % 7
        forced = b" (forced)" if draw.random() < 0.2 else b""
        took_ms = draw.choice([0.5, 2.25, 31.0])
        sizes = (live + 4, live + 5, live, 2 * live)
        lines.append(prefix + ENDLESS % (i, begin_s + i / 10, took_ms, took_ms / 2, *sizes, forced))
        lines.append(prefix + SCAV % (1000 + i))
    return lines


def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that will tell of each piece whether what another process made counted."""
    found: list[bool] = []
    take = digested._take

    def noting(*arguments: object) -> bool:
        found.append(take(*arguments))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(digested, "_take", noting)
    return found


def test_every_sample_again_and_again(tmp_path: Path) -> None:
    """Restarts, forms of all versions, torn and wrapped lines, dumps: also across every border."""
    for sample in sample_logs():
        data = read_log(sample)
        same(tmp_path / "app.log", data * (1 + 3 * PIECE_BYTES // max(1, len(data))))


@pytest.mark.parametrize("prefix", [b"", b"2026-05-04T11:32:00Z "])
def test_one_long_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: bytes) -> None:
    counted = taken(monkeypatch)
    same(tmp_path / "app.log", b"".join(collections(3000, prefix=prefix)))
    assert counted.count(True) > 10 > counted.count(False)


def test_a_few_lines_in_much_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = taken(monkeypatch)
    text = b"handled GET /items in 12 ms\n" * 90
    same(tmp_path / "app.log", b"".join(line + text for line in collections(200)))
    assert counted.count(True) > 10


def test_a_time_that_cannot_be_among_whole_ones(tmp_path: Path) -> None:
    line = b"gc%d(1): %d+0+0 ms 0 -> 0 MB 87 -> 70 (88-18) objects 0 handoff\n"
    times_ms = [10_000_000_000_000 if n % 400 == 7 else n % 9 for n in range(4000)]
    same(tmp_path / "app.log", b"".join(line % each for each in enumerate(times_ms, 1)))


def test_restarts_and_lost_lines(tmp_path: Path) -> None:
    lines = collections(700) + collections(500) + collections(400)
    del lines[999:1011], lines[1500]
    same(tmp_path / "app.log", b"".join(lines))


def test_two_programs_at_once(tmp_path: Path) -> None:
    """Also where the second one begins when pieces are being read ahead."""
    one = collections(900, prefix=b"api-1  | ")
    two = collections(600, begin_s=50.0, prefix=b"db-1  | ")
    both = one[:600] + [line for pair in zip(one[600:], two, strict=False) for line in pair]
    same(tmp_path / "named.log", b"".join(both))
    nameless = [line.split(b"| ")[1] for line in both]
    same(tmp_path / "nameless.log", b"".join(nameless))


@pytest.mark.parametrize("seed", range(3))
def test_lines_of_all_samples_in_any_order(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    lines = [line for sample in sample_logs() for line in read_log(sample).splitlines(True)]
    chosen = draw.choices(lines, k=1500)
    torn = [line if draw.random() < 0.9 else line[: len(line) // 2] for line in chosen]
    same(tmp_path / "app.log", b"".join(torn))


def test_numbers_that_no_array_holds_are_the_same(tmp_path: Path) -> None:
    lines = collections(4000)
    huge = 10**19
    lines += [
        ENDLESS % (huge + i, 400 + i / 10, 0.5, 0.25, huge, huge, 9, 18, b"") for i in range(400)
    ]
    same(tmp_path / "huge.log", b"".join(lines))
