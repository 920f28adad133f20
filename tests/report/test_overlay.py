"""Two series in one small chart."""

from __future__ import annotations

from gctui.report.overlay import ASCII, overlay


def drawn(area: list[tuple[float, float]], points: list[tuple[float, float]]) -> list[str]:
    return overlay(area, points, columns=12, rows=4, label="8 MiB", glyphs=ASCII)


def test_an_area_and_points_share_both_axes() -> None:
    area = [(0.0, 4.0), (1.0, 4.0), (2.0, 4.0)]
    points = [(0.0, 2.0), (2.0, 6.0), (4.0, 8.0)]
    assert drawn(area, points) == [
        "8 MiB |    o",
        "      |  o",
        "      |:::",
        "    0 |o::",
    ]


def test_a_column_shows_its_highest_value_and_nothing_where_there_is_none() -> None:
    lines = drawn([], [(0.0, 1.0), (0.1, 8.0), (4.0, 0.0)])
    assert lines[0] == "8 MiB |o"
    assert lines[-1] == "    0 |    o"


def test_nothing_is_no_chart() -> None:
    assert drawn([], []) == []
    assert drawn([(0.0, 0.0)], [(1.0, float("nan"))]) == []
    assert len(drawn([(0.0, 3.0)], [])) == 4
