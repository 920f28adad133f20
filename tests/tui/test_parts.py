"""The parts that compute what is drawn, without an app."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.color import Color

from gctui.analysis.neutral import neutral
from gctui.analysis.units import size
from gctui.model.feed import Frame, Phase, Status
from gctui.model.ledger import ledger
from gctui.model.metrics import Metric
from gctui.model.parts import Certainty, Ledger, Part, PartName
from gctui.model.snapshot import Snapshot
from gctui.tui import palette
from gctui.tui.ascii_filter import in_ascii
from gctui.tui.bar_legend import bar_legend, is_untold, not_resident
from gctui.tui.cells import cut, wrapped
from gctui.tui.charts import CHARTS, LIMIT
from gctui.tui.cycle_columns import COLUMNS, fitting, heading
from gctui.tui.header import header
from gctui.tui.hero import widths
from gctui.tui.legend import legend
from gctui.tui.lines import figures_rows
from gctui.tui.timeline import PRESETS_S, Timeline

from .feeds import OLD_GO, SAWTOOTH, StillFeed, attached, groups, logged, ran, runtime

NOT_RESIDENT = {PartName.UNTOUCHED, PartName.RELEASED}
BY_COUNTERS = [
    name for name in PartName if name not in {PartName.ROOTS, PartName.UNATTRIBUTED, *NOT_RESIDENT}
]
BY_TRACE = [
    PartName.LIVE,
    PartName.SINCE_GC,
    PartName.SPANS,
    PartName.IDLE,
    PartName.ROOTS,
    PartName.UNATTRIBUTED,
]
CURVES = [*reversed(CHARTS[0].curves)]
SPANS_S = st.floats(0.001, 1e6)


def edges(width: int) -> tuple[str, str]:
    found = legend("Heap, MiB", CURVES, width, dark=True, by_glyph=False)
    return found.upper.plain, found.lower.plain


def test_a_legend_gets_shorter_by_whole_words() -> None:
    assert edges(70) == ("Heap, MiB  ━ live  ━ at GC end  ━ at start  ━ goal  ━ allocated", "")
    assert edges(34) == ("Heap, MiB  ━ live  ━ at GC end", "━ at start  ━ goal  ━ allocated")
    assert edges(28) == ("Heap, MiB ━live ━at GC end", "━at start ━goal ━allocated")
    assert edges(24) == ("Heap, MiB ━live", "━at GC end +3 more")
    assert edges(12) == ("Heap, MiB", "+5 more")
    assert edges(5) == ("Heap…", "")


@given(st.integers(0, 80), st.sampled_from(CHARTS))
def test_a_legend_never_lies_about_what_is_missing(width: int, chart: object) -> None:
    curves = [*reversed(next(c for c in CHARTS if c is chart).curves), LIMIT]
    found = legend("Heap", curves, width, dark=True, by_glyph=False)
    assert max(found.upper.cell_length, found.lower.cell_length) <= max(0, width)
    named = found.upper.plain.count("━") + found.lower.plain.count("━")
    left_out = len(curves) - named
    assert not left_out or found.lower.plain.endswith(f"+{left_out} more") or not found.lower
    assert all(curve.name in found.upper.plain + found.lower.plain for curve in curves[:named])


def test_lines_of_a_chart_differ_without_colours() -> None:
    for chart in CHARTS:
        for values in zip(*((c.glyph, c.name, c.color) for c in chart.curves), strict=True):
            assert len({*values}) == len(values)


def test_what_the_model_follows_is_drawn() -> None:
    drawn = {curve.metric for chart in CHARTS for curve in chart.curves}
    assert drawn == {*Metric}


@pytest.mark.parametrize("theme", [palette.DARK, palette.LIGHT])
def test_colours_stand_out_from_the_background(theme: object) -> None:
    found = palette.DARK if theme is palette.DARK else palette.LIGHT
    assert found.background is not None
    back = Color.parse(found.background)
    for name in (
        "GREEN",
        "ORANGE",
        "SKY",
        "YELLOW",
        "VERMILLION",
        "PURPLE",
        "BLUE",
        "GREY",
        "WHITE",
    ):
        color = Color.parse(palette.ink(getattr(palette, name), dark=found.dark))
        light, dark = sorted((_luminance(color), _luminance(back)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, name


def _luminance(color: Color) -> float:
    channels = [c / 255 for c in color.rgb]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@given(st.text(max_size=30).map(neutral), st.integers(-1, 40))
def test_cut_texts_fit(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= max(0, width)
    assert width < 1 or cell_len(text) > width or cut(text, width) == text


@given(st.lists(st.text("ab日", min_size=1, max_size=9)), st.integers(1, 30), st.integers(1, 4))
def test_wrapped_rows_hold_the_words(words: list[str], width: int, rows: int) -> None:
    text = " ".join(words)
    found = wrapped(text, width, rows)
    assert len(found) <= rows
    if not any(row.endswith("…") for row in found):
        assert " ".join(found) == text


def test_a_number_stays_with_its_unit() -> None:
    text = "The heap was at 607 MiB for 12 min and 3 goroutines. 1.5 s"
    assert wrapped(text, 22, 9)[0] == "The heap was at"
    assert wrapped(text, 23, 9)[0] == "The heap was at 607 MiB"
    for width in range(8, 40):
        found = wrapped(text, width, 20)
        assert " ".join(found) == text
        assert not any(row.startswith(("MiB", "min", "s")) for row in found)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=5), st.integers(0, 200))
def test_the_bar_fills_its_width_to_scale(amounts: list[float], width: int) -> None:
    cells = widths(amounts, width)
    assert sum(cells) == (width if sum(amounts) > 0 else 0)
    assert min(cells) >= 0
    if width >= len(amounts):
        assert all(count for count, amount in zip(cells, amounts, strict=True) if amount >= 0.5)


def test_bar_sentence_and_figures_tell_of_one_moment() -> None:
    feed = attached()
    line = (
        b"gc 1221 @4063.000s 1%: 0.1+1+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, "
        b"600->600->444 MB, 640 MB goal, 8 P\n"
    )
    feed.read(line, 4063.0)
    feed.sample(runtime(63.0, groups(5000)), 4063.0)
    feed.sample(runtime(63.2, groups(6000)), 4063.2)
    now = feed.frame()
    assert (now.snapshot.process, now.snapshot.sample) == (
        now.snapshot.moment.process,
        now.snapshot.moment.sample,
    )
    row = figures_rows(now, 200, 1).plain
    split = ledger(now.snapshot, now.now_s)
    live = split.part(PartName.LIVE)
    assert live is not None
    assert f" live {size(round(live.mapped_mib or 0))} " in row
    number = (now.snapshot.sample or runtime(0, None)).gc_count
    assert number != 1221
    assert f" GC #{number} " in row
    assert f" RSS {size(split.rss_mib)} " in row
    census = now.snapshot.counters.census if now.snapshot.counters else None
    assert census is not None
    assert f" goroutines {census.goroutines:,} " in row
    feed.become(phase=Phase.ENDED, ended="exited with 0")
    ended = figures_rows(feed.frame(), 200, 1).plain
    assert " GC #1221 " in ended
    assert f" live {size(round(live.mapped_mib or 0))} at #{number} " in ended


def test_what_is_of_the_last_collections_is_said_to_be() -> None:
    frame = logged("demo/leak.log").frame()
    row = figures_rows(frame, 200, 1).plain
    assert row.startswith(" GC #103  lately 0.9/s, GC CPU 0.6%  live 303 MiB ")
    assert " alloc lately 204 MiB/s " in row
    assert " lately" not in figures_rows(StillFeed().frame(), 200, 1).plain


def test_a_group_of_figures_begins_where_it_does_not_fit() -> None:
    frame = logged("demo/leak.log").frame()
    begins = " GC #103  lately 0.9/s, GC CPU 0.6%  live 303 MiB  goal ~635 MiB "
    assert figures_rows(frame, 93, 1).plain == begins + " pause 140 µs, worst 3.3 ms "
    assert figures_rows(frame, 92, 1).plain == begins + " pause 140 µs "
    assert figures_rows(frame, 70, 1).plain == begins
    second_row = figures_rows(frame, 70, 2).plain.split("\n")[1]
    assert second_row.startswith(" pause 140 µs, worst 3.3 ms ")


@settings(deadline=None)
@given(st.integers(1, 200), st.text(max_size=50), st.sampled_from([*Phase]))
def test_the_header_fits(width: int, words: str, phase: Phase) -> None:
    status = Status(words, phase, pid=12345, ended=words, progress=0.5, godebug=words)
    frame = Frame(1, Snapshot(), 0.0, status, 0)
    needed = header(frame, 0, paused_behind=None).cell_length
    assert header(frame, width, paused_behind=None).cell_length <= max(width, needed)


def test_the_version_stands_after_the_pid_and_goes_first() -> None:
    status = Status("./server", pid=4242, go_version="go1.27.3", godebug="gctrace=1")

    def shown(width: int) -> str:
        frame = Frame(1, Snapshot(), 0.0, status, 0)
        return header(frame, width, paused_behind=None).plain

    assert "./server   pid 4242   Go 1.27.3   GODEBUG=gctrace=1" in shown(120)
    assert "./server   pid 4242   Go 1.27.3" in shown(60)
    assert "./server   pid 4242  " in shown(40)
    assert "Go" not in shown(40)


PARTS = st.lists(st.sampled_from([*PartName]), unique=True, max_size=7).flatmap(
    lambda names: st.tuples(
        *(
            st.builds(
                lambda name, mib: Part(name, mib, 0, mib, Certainty.BOUNDED, ""),
                st.just(name),
                st.floats(0, 1e6),
            )
            for name in names
        )
    )
)


def legend_of(parts: tuple[Part, ...], width: int, rows: int) -> tuple[list[str], set[PartName]]:
    """Return the rows of the bar's legend, and what they or the bar itself name."""
    cells = widths([part.mib for part in parts if part.mib > 0], width)
    found = bar_legend(Ledger(parts, 1000.0, None, 3.0), cells, width, rows)
    texts = ["".join(f"##{text}" for _, text in row) for row in found.rows]
    texts[-1] += found.rest
    drawn = (part for part in parts if part.mib > 0)
    in_bar = {p.name for p, count in zip(drawn, cells, strict=True) if not is_untold(p, count)}
    return texts, in_bar | {part.name for row in found.rows for part, _ in row}


@settings(deadline=None)
@given(PARTS, st.integers(30, 250), st.integers(1, 3))
def test_every_part_is_named_or_counted(parts: tuple[Part, ...], width: int, rows: int) -> None:
    texts, told = legend_of(parts, width, rows)
    assert len(texts) <= rows
    assert all(cell_len(text.rstrip()) <= width for text in texts)
    missing = sum(bool(round(part.mib)) and part.name not in told for part in parts)
    assert texts[-1].endswith(f" +{missing} more: w") == bool(missing)


def test_names_are_worth_more_than_figures_where_both_do_not_fit() -> None:
    names = (PartName.SINCE_GC, PartName.IDLE, PartName.METADATA, PartName.OUTSIDE)
    parts = tuple(Part(name, 10, 0, 20, Certainty.BOUNDED, "") for name in names)
    assert legend_of(parts, 80, 2)[0][0].startswith("## since GC ~10 MiB   ## idle, kept ~10 MiB ")
    assert legend_of(parts, 60, 1)[0] == [
        "## since GC  ## idle, kept  ## metadata  ## outside Go  "
    ]


def test_a_live_heap_that_is_partly_resident_says_so_in_the_bar() -> None:
    live = Part(PartName.LIVE, 20, 20, 20, Certainty.EXACT, "", mapped_mib=954)
    assert "## live, resident 20 MiB" in legend_of((live,), 24, 1)[0][0]


def test_parts_that_may_stand_beside_each_other_look_different() -> None:
    for names in (BY_COUNTERS, BY_TRACE):
        fills = [palette.FILLS[name] for name in names]
        for glyphs in zip(*((f.glyph, f.ascii_glyph) for f in fills), strict=True):
            assert len({*glyphs}) == len(names)
        # Those between two parts may be missing: two of one colour stand far apart.
        for first, fill in enumerate(fills):
            near = fills[first + 1 : first + 4]
            assert fill.color not in {other.color for other in near}


def test_a_glyph_stands_for_one_sign_only() -> None:
    assert all(in_ascii(fill.glyph) == fill.ascii_glyph for fill in palette.FILLS.values())


def split(*parts: Part, released_mib: float | None = None) -> Ledger:
    return Ledger(parts, 1000.0, None, released_mib)


def mapped_only(name: PartName, mib: float) -> Part:
    return Part(name, 0.0, 0.0, 0.0, Certainty.BOUNDED, "", mib)


def test_what_is_not_resident_is_named_where_there_is_room() -> None:
    untouched = mapped_only(PartName.UNTOUCHED, 38.2)
    both = split(untouched, released_mib=20.0)
    assert not_resident(both, 80) == "(never touched 38 MiB, released 20 MiB)"
    assert not_resident(both, 30) == "(never touched 38 MiB)"
    assert not_resident(both, 20) == "(released 20 MiB)"
    assert not_resident(both, 10) == ""
    assert not_resident(split(released_mib=0.9), 80) == ""
    assert not_resident(split(mapped_only(PartName.UNTOUCHED, 0.5)), 80) == ""


@given(st.integers(1, 200), st.integers(1, 12))
def test_the_figures_fit(width: int, height: int) -> None:
    text = figures_rows(RAN, width, height).plain.split("\n")
    assert len(text) <= height
    assert all(cell_len(row) <= width or "  " not in row.strip() for row in text)


RAN = ran(60).frame()


@given(SPANS_S, SPANS_S, st.lists(st.sampled_from(["in", "out", "<", ">", "[", "]"]), max_size=12))
def test_no_way_along_the_time_axis_leaves_it(
    first: float, length: float, moves: list[str]
) -> None:
    timeline, now = Timeline(), first + length
    for move in moves:
        match move:
            case "in" | "out":
                timeline = timeline.zoomed(0.5 if move == "in" else 2.0, first, now)
            case "<" | ">":
                timeline = timeline.panned(-0.25 if move == "<" else 0.25, first, now)
            case _:
                timeline = timeline.preset(-1 if move == "[" else 1, first, now)
        begin, end = timeline.window(first, now)
        assert begin < end
        assert begin >= first - 1e-6 * abs(first)
        assert end <= max(now, first + 0.011) * (1 + 1e-9)


@given(st.floats(0, 1000), st.floats(0.1, 1000), st.floats(0, 1))
def test_a_moment_is_brought_into_view(first: float, length: float, share: float) -> None:
    now, moment = first + length, first + share * length
    timeline = Timeline().zoomed(0.1, first, now).panned(-0.5, first, now)
    begin, end = timeline.showing(moment, first, now).window(first, now)
    assert begin - 1e-6 <= moment <= end + 1e-6


def test_presets_are_round_and_grow() -> None:
    assert all(shorter < longer for shorter, longer in pairwise(PRESETS_S))


@pytest.mark.parametrize("log", [SAWTOOTH, OLD_GO])
def test_columns_are_those_that_the_log_has(log: str) -> None:
    cycle = logged(log).frame().snapshot.last_cycle
    titles = heading(fitting(cycle, 1000))
    assert ("goroutines" in titles) == (log == OLD_GO)
    assert ("assist" in titles) == (log == SAWTOOTH)
    assert len({column.title for column in COLUMNS}) == len(COLUMNS)
