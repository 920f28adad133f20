import sys
from itertools import accumulate, pairwise
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.strip import Strip

from gctui.analysis.window import Points, nice_ticks, time_ticks, window_end
from gctui.model.series import Series
from gctui.tui.axis import divided
from gctui.tui.plot import PlotLine, Sheet, plot, replot

BLUE, ORANGE, GRAY = "#56b4e9", "#e69f00", "#808080"
EXTREMES = st.sampled_from([nan, inf, -inf, 0.0, 5e-324, 1e18, -1e18, 1.7e308, -1.7e308])
VALUES = st.one_of(EXTREMES, st.floats(-10, 200))
RANGES = st.tuples(VALUES, VALUES)


def line(*ys: float, style: Any = "line", color: str = BLUE, glyph: str = "*") -> PlotLine:
    return PlotLine(Points([*range(len(ys))], [*ys], frozenset()), color, style, glyph)


def chart(width: int, height: int, *lines: PlotLine, **options: Any) -> list[Strip]:
    ticks = {"x_ticks": ((0, "0s"), (4, "4s")), "y_ticks": ((0, "0"), (100, "100"))}
    look = {"x_range": (0, 4), "y_range": (0, 100), "axis_color": GRAY, "background": None}
    return plot(Sheet(width, height, **{**ticks, **look, **options}), lines)


def texts(strips: list[Strip]) -> list[str]:
    return [strip.text.rstrip() for strip in strips]


def test_a_chart_as_it_looks() -> None:
    assert texts(
        chart(24, 7, line(0, 100, 50, 50, 0), line(20, 20, 60, 60, 60, style="steps"))
    ) == [
        "100┤    ⡰⠑⢄",
        "   │   ⡰⠁  ⠑⠢⡀",
        "   │  ⡰⠁     ⠈⡟⠛⠛⠛⠛⢍⠉⠉⠉⠉",
        "   │⣀⣰⣁⣀⣀⣀⣀⣀⣀⣀⡇     ⠑⢄",
        "  0┤⡰⠁                ⠑⢄",
        "   ╰┬──────────────────┬",
        "   0s                 4s",
    ]


def test_a_chart_in_ascii_tells_lines_apart_without_colour() -> None:
    lines = line(0, 100, 50, 50, 0), line(20, 20, 60, 60, 60, style="steps", glyph="o")
    drawn = texts(chart(24, 7, *lines, ascii_only=True, horizontal_marks=[(75, ORANGE)]))
    assert drawn == [
        "100+     **",
        "   |----*--**-----------",
        "   |  **     *oooooooooo",
        "   |ooooooooooo     **",
        "  0+*                 **",
        "   ++------------------+",
        "   0s                 4s",
    ]


def test_marks_lie_under_the_lines() -> None:
    marks = {"vertical_marks": [(2, GRAY)], "horizontal_marks": [(100, ORANGE)]}
    assert texts(chart(13, 5, line(50, 50, 50, 50, 50), **marks, y_ticks=(), x_ticks=())) == [
        "╌╌╌╌╌╌╌╌╌╌╌╌╌",
        "      ┊",
        "⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒",
        "      ┊",
        "      ┊",
    ]


def test_a_gap_stays_empty() -> None:
    broken = PlotLine(Points([0, 1, 3, 4], [50, 50, 50, 50], frozenset({2})), BLUE)
    for one in (broken, line(50, 50, nan, 50, 50)):
        assert texts(chart(13, 1, one, y_ticks=())) == ["⠒⠒⠒⠂     ⠐⠒⠒⠒"]


def test_a_line_beyond_the_range_leaves_at_the_border() -> None:
    spike = texts(chart(21, 3, line(0, 0, 1e18, 0, 0), y_ticks=(), x_ticks=()))
    assert spike == ["     ⡇         ⢸", "     ⡇         ⢸", "⣀⣀⣀⣀⣀⡇         ⢸⣀⣀⣀⣀⣀"]
    slope = texts(chart(21, 3, line(50, 350, 350, 350, 50), y_ticks=(), x_ticks=()))
    assert slope == ["⢠⠃                 ⠘⡄", "⠃                   ⠘", ""]


def test_colours_and_background_reach_every_cell() -> None:
    strips = chart(24, 7, line(0, 100, 50), line(90, 5, 90, color=ORANGE), background="#101010")
    styles = [segment.style for strip in strips for segment in strip]
    assert {style.bgcolor.name for style in styles if style and style.bgcolor} == {"#101010"}
    assert all(style and style.bgcolor for style in styles)
    colors = {style.color.get_truecolor().hex for style in styles if style and style.color}
    assert colors == {BLUE, ORANGE, GRAY}


@pytest.mark.parametrize(
    ("width", "height", "rows"), [(24, 2, 2), (24, 4, 3), (24, 5, 3), (5, 9, 7)]
)
def test_labels_give_way_in_small_charts(width: int, height: int, rows: int) -> None:
    room = divided(width, height, [(0, "0s")], [(0, "100")])
    assert room.rows == rows
    assert room.left_cells == (4 if width > 7 else 0)


@settings(deadline=None)
@given(st.integers(1, 90), st.integers(3, 30), st.floats(0, 1e6), st.floats(1e-2, 1e7))
def test_labels_are_whole_and_apart(width: int, height: int, begin_s: float, span_s: float) -> None:
    times = time_ticks(begin_s, begin_s + span_s, 20)
    values = [(v, f"{v:g} MiB") for v in nice_ticks(0, span_s, 20)]
    ranges = {"x_range": (begin_s, begin_s + span_s), "y_range": (0, span_s)}
    drawn = texts(chart(width, height, x_ticks=times, y_ticks=values, **ranges))
    room = divided(width, height, times, values)
    row = drawn[-1].split("  ")
    assert {part.strip() for part in row} - {""} <= {label for _, label in times}
    if room.left_cells:
        labelled = [(i, text) for i, text in enumerate(drawn[: room.rows]) if "┤" in text]
        assert all(text.split("┤")[0].strip() in {v for _, v in values} for _, text in labelled)
        gaps = {low - high for (high, _), (low, _) in pairwise(labelled)}
        assert not gaps or max(gaps) - min(gaps) <= 1


@settings(max_examples=300, deadline=None)  # the first drawing imports plotext
@given(
    st.integers(0, 30),
    st.integers(0, 12),
    st.lists(st.tuples(st.lists(VALUES, max_size=8), st.sampled_from(["line", "dots", "steps"]))),
    RANGES,
    RANGES,
    st.lists(st.tuples(VALUES, st.sampled_from(["", "0", "1 GiB", "µs", "漢字"])), max_size=4),
    st.booleans(),
)
def test_anything_is_drawn_in_exactly_its_cells(
    width: int,
    height: int,
    lines: list[tuple[list[float], Any]],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    ticks: list[tuple[float, str]],
    ascii_only: bool,
) -> None:
    marks = [(x, ORANGE) for x, _ in ticks]
    strips = chart(
        width,
        height,
        *(line(*ys, style=style) for ys, style in lines),
        x_range=x_range,
        y_range=y_range,
        x_ticks=ticks,
        y_ticks=ticks,
        vertical_marks=marks,
        horizontal_marks=marks,
        ascii_only=ascii_only,
    )
    assert [strip.cell_length for strip in strips] == [width] * height
    assert [cell_len(strip.text) for strip in strips] == [width] * height
    if ascii_only:
        assert not any(0x2500 <= ord(sign) < 0x2900 for strip in strips for sign in strip.text)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of this process in /proc")
def test_memory_does_not_grow_with_the_number_of_drawings() -> None:
    def draw(times: int) -> int:
        for i in range(times):
            ys = [50 + (i + x) % 9 for x in range(40)]
            chart(40, 8, line(*ys), line(*ys[::-1]), x_range=(0, 39))
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    before = draw(200)
    assert draw(1000) - before < 1 << 20


@settings(max_examples=200, deadline=None)
@given(
    moves=st.lists(st.floats(-9, 9), min_size=8, max_size=120),
    cut=st.floats(0.2, 0.9),
    width=st.integers(40, 80),
    steps=st.booleans(),
)
def test_drawing_the_right_end_again_is_drawing_it_all(
    moves: list[float], cut: float, width: int, steps: bool
) -> None:
    """What a line looked like left of its newest points does not change when points are added.

    But for a dot of the one stretch that is cut in two, and so is rounded otherwise.
    """
    values = [min(100.0, max(0.0, value)) for value in accumulate(moves, initial=50.0)]
    end_s = len(values) + 5.12345
    ticks = {"x_ticks": time_ticks(0.0, end_s, 3), "y_ticks": [(0.0, "0"), (100.0, "100")]}
    sheet = Sheet(
        width,
        8,
        x_range=(0.0, end_s),
        y_range=(0.0, 100.0),
        x_ticks=tuple(ticks["x_ticks"]),
        y_ticks=tuple(ticks["y_ticks"]),
        axis_color=GRAY,
        background=None,
    )
    style: Any = "steps" if steps else "line"
    columns = sheet.room.columns

    def lines(count: int, from_s: float) -> list[PlotLine]:
        series = Series()
        for time, value in enumerate(values[:count]):
            series.append(float(time), value)
        view, begin_end_s = series.view(), (0.0, end_s)
        return [PlotLine(window_end(view, begin_end_s, columns, from_s, steps=steps), BLUE, style)]

    before = int(len(values) * cut)
    column = max(0, int((before - 1) / end_s * columns) - 1)
    drawn = plot(sheet, lines(before, 0.0))
    begin_s = sheet.from_column(column).x_range[0]
    again = replot(drawn, sheet, column, lines(len(values), begin_s))
    whole = plot(sheet, lines(len(values), 0.0))
    assert [strip.cell_length for strip in again] == [width] * 8
    assert texts(again)[-2:] == texts(whole)[-2:]
    differing = sum(
        one != other
        for a, b in zip(again, whole, strict=True)
        for one, other in zip(a.text, b.text, strict=True)
    )
    assert differing <= 12, (texts(again), texts(whole))
