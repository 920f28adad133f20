"""Rotated logs, as the tools name them and as a shell lists them."""

from __future__ import annotations

import gzip
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.sources.rotation import in_order, runs_of

SETS = [
    ["app.log.10.gz", "app.log.2.gz", "app.log.1", "app.log"],
    ["d/app.log.2.zst", "d/app.log.1", "d/app.log"],
    ["app.log-20251231.gz", "app.log-20260101.gz", "app.log-20260102", "app.log"],
    ["app.log-2026-01-01-09", "app.log-2026-01-02-08", "app.log"],
    ["0.log.20260131-235959.gz", "0.log.20260201-000001", "0.log"],
    ["app-2026-01-31T23-59-59.000.log.gz", "app-2026-02-01T00-00-01.500.log", "app.log"],
    ["messages-20260101", "messages"],
]


@pytest.mark.parametrize("written", SETS, ids=lambda names: names[-1])
@settings(deadline=None)
@given(data=st.data())
def test_a_set_is_read_from_its_oldest(written: list[str], data: st.DataObject) -> None:
    assert in_order(data.draw(st.permutations(written))) == written


def test_what_is_no_set_stays_where_it_is() -> None:
    names = ["b.log", "a.log", "-", "go1.4.3.log", "go1.27.3.log", "x/app.log.1", "y/app.log", ""]
    assert in_order(names) == names
    numbered = ["run.1", "run.2", "run.3"]
    assert in_order(numbered) == numbered


def test_a_set_stands_where_its_first_stood() -> None:
    names = ["z.log", "app.log", "m.log", "app.log.1", "app.log.2.gz"]
    assert in_order(names) == ["z.log", "app.log.2.gz", "app.log.1", "app.log", "m.log"]


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), max_size=6))
def test_no_name_is_lost_or_made_up(names: list[str]) -> None:
    assert sorted(in_order(names)) == sorted(names)


GC = "gc {0} @{1:.3f}s 2%: 0.026+0.51+0.001 ms clock, 0.05+0/0.1/0.2+0.002 ms cpu, 3->3->0 MB"


def lines(first: int, last: int, stamp: str = "") -> str:
    return "".join(
        f"{stamp}{GC.format(number, number * 0.1)}, 4 MB goal, 2 P\n"
        for number in range(first, last + 1)
    )


def written(place: Path, files: dict[str, str]) -> list[str]:
    """Write them, shuffle them, and return the order expected: that in which they stand here."""
    for name, text in files.items():
        data = text.encode()
        (place / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return [str(place / name) for name in files]


COUNTED = [
    {"w.log.00": lines(1, 80), "w.log.01": lines(81, 159), "w.log.02": lines(160, 233)},
    {"w.log.1": lines(1, 80), "w.log.2": lines(81, 159), "w.log.3": lines(160, 233)},
    {"w.log.2": lines(1, 80), "w.log.1": lines(81, 159), "w.log.0": lines(160, 233)},
    {"a.log.3.gz": lines(1, 9), "a.log.2.gz": lines(10, 11), "a.log.1": lines(12, 40), "a.log": ""},
    {"a.log.9": lines(1, 9), "a.log.10": lines(11, 19), "a.log": lines(20, 40)},
    # Each is another start: what tells is the first time of day.
    {
        "s.log.1": lines(1, 9, "2026/11/21 05:42:30 "),
        "s.log.2": lines(1, 9, "2026/11/21 06:42:30 "),
    },
    {
        "s.log.02": lines(1, 9, "2026-11-21T05:42:30Z "),
        "s.log.01": lines(1, 9, "2026-11-21T06:42:30Z "),
    },
    # A restart in the middle counts less than what goes on.
    {"r.log.1": lines(1, 50), "r.log.2": lines(51, 60) + lines(1, 5), "r.log.3": lines(6, 20)},
    # Nothing but the name tells.
    {"n.log.00": "a\n", "n.log.01": "b\n"},
    {"n.log.2": "a\n", "n.log.1": "b\n"},
]


@pytest.mark.parametrize("files", COUNTED, ids=" ".join)
def test_which_way_the_numbers_count_is_read_from_the_files(
    files: dict[str, str], tmp_path: Path
) -> None:
    expected = written(tmp_path, files)
    for seed in range(4):
        names = random.Random(seed).sample(expected, len(expected))
        assert in_order(names) == expected
        assert runs_of(names) == [expected]


def test_where_no_line_tells_it_is_when_the_files_were_changed_unless_all_at_once(
    tmp_path: Path,
) -> None:
    expected = written(tmp_path, {"n.log.1": "a\n", "n.log.2": "b\n", "n.log.3": "c\n"})
    for number, name in enumerate(expected):
        os.utime(name, (number, number))
    assert in_order(expected) == expected[::-1], "copied, one after the other"
    for number, name in enumerate(expected):
        os.utime(name, (number * 3600, number * 3600))
    assert in_order(expected[::-1]) == expected


def test_numbered_files_are_one_run_if_each_goes_on_where_another_ends(tmp_path: Path) -> None:
    expected = written(
        tmp_path, {"x.00": lines(1, 80), "x.01": lines(81, 159), "x.02": lines(160, 233)}
    )
    assert runs_of(expected[::-1]) == [expected]
    runs = written(tmp_path, {"run.1": lines(1, 80), "run.2": lines(1, 81), "run.3": lines(1, 82)})
    assert runs_of(runs) == [[name] for name in runs]


def test_a_pipe_is_not_looked_at(tmp_path: Path) -> None:
    names = [str(tmp_path / "p.log.2"), str(tmp_path / "p.log.1")]
    for name in names:
        os.mkfifo(name)
    assert in_order(names[::-1]) == names
