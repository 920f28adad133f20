"""The report as text, for a terminal, a pipe or an issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gctui.analysis.findings import Finding, Severity
from gctui.analysis.units import Quantity, duration_ms, percent, size
from gctui.report.paper import Paper
from gctui.report.report_parts import Document, Drawing, Table
from gctui.report.ruler import cells
from gctui.report.sparkline import sparkline

_SIGNS = {Severity.ALARM: "!!", Severity.WARN: "! ", Severity.INFO: "i "}
_LABEL = 11
_LEAST_ROOM = 24


def text_lines(found: Document, paper: Paper, *, is_ascii: bool = False) -> Iterator[str]:
    """Yield the lines."""
    yield paper.bold(found.title)
    yield from paper.wrapped(found.subtitle)
    yield ""
    yield from _headline(found, paper)
    yield ""
    yield from _findings(found.found, paper)
    for drawing in found.drawings:
        yield ""
        yield from _drawing(drawing, paper, is_ascii=is_ascii)
    for table in found.tables:
        yield ""
        yield from _table(table, paper)


def _headline(found: Document, paper: Paper) -> Iterator[str]:
    names = max((len(name) for name, _, _ in found.headline), default=0)
    figures = max((cells(figure) for _, figure, _ in found.headline), default=0)
    for name, figure, about in found.headline:
        room = " " * (figures - cells(figure))
        yield f"  {name:<{names}}  {room}{paper.bold(figure)}  {paper.dim(about)}"


def _findings(found: Sequence[Finding], paper: Paper) -> Iterator[str]:
    if not found:
        yield paper.bold("Findings: none")
        return
    yield paper.bold(f"Findings: {len(found)}")
    for each in found:
        yield ""
        said = next(rows := paper.wrapped(f"{each.said}", 3))
        yield f"{paper.accent(_SIGNS[each.severity])} {paper.bold(said.strip())}"
        yield from map(paper.bold, rows)
        for evidence in each.evidence:
            at = f" ({evidence.where})" if evidence.where else ""
            yield from paper.labelled("seen", f"{evidence.said}{at}", 3, _LABEL)
        yield from paper.labelled("why", each.explanation, 3, _LABEL)
        yield from paper.labelled("do", each.advice, 3, _LABEL)
        yield from paper.labelled("see", f"{each.source.title}, {each.source.url}", 3, _LABEL)
        yield from paper.labelled("finding", f"{each.id} ({each.severity})", 3, _LABEL)


def _drawing(drawing: Drawing, paper: Paper, *, is_ascii: bool) -> Iterator[str]:
    highest = max(max(line.points.values) for line in drawing.lines)
    top = figure_text(drawing, highest)
    yield f"{paper.bold(drawing.title)}, full height {top}"
    names = max(len(line.name) for line in drawing.lines)
    width = max(_LEAST_ROOM, min(paper.width, 120) - names - 4)
    for line in drawing.lines:
        row = sparkline(line.points, width, highest=highest, holds=line.is_level, is_ascii=is_ascii)
        yield f"  {line.name:<{names}}  {row}"
    yield from paper.wrapped(drawing.about, 2)


def figure_text(drawing: Drawing, value: float) -> str:
    """Format a value of a chart."""
    if drawing.quantity is Quantity.SIZE_MIB:
        return size(value)
    return duration_ms(value) if drawing.quantity is Quantity.DURATION_MS else percent(value)


def _table(table: Table, paper: Paper) -> Iterator[str]:
    yield paper.bold(table.title)
    rows = [row for row in (table.head, *table.rows) if any(row)]
    widths = [max(cells(row[i]) for row in rows) for i in range(len(table.head))]
    for number, row in enumerate(rows):
        yield from _row(row, widths, table, paper, is_head=any(table.head) and not number)
    yield from paper.wrapped(table.note, 2)


def _row(
    row: Sequence[str], widths: list[int], table: Table, paper: Paper, *, is_head: bool
) -> Iterator[str]:
    line, prose = "", []
    for i, (text, width) in enumerate(zip(row, widths, strict=True)):
        if i in table.words:
            prose.append(text)
            continue
        room = " " * (width - cells(text))
        line += f"  {text}{room}" if not i else f"  {room}{text}"
    said = _joined([text for text in prose if text])
    if not said:
        yield paper.dim(line.rstrip()) if is_head else line.rstrip()
        return
    indent = min(cells(line) + 2, max(paper.width - _LEAST_ROOM, 2))
    rows = list(paper.wrapped(said, indent))
    yield paper.dim(f"{line}  {said}") if is_head else f"{line}  {rows[0].lstrip()}"
    if not is_head:
        yield from rows[1:]


def _joined(prose: Sequence[str]) -> str:
    """Put sentences behind one another; what is none goes on behind a semicolon."""
    said = "".join(f"{text} " if text.endswith(".") else f"{text}; " for text in prose)
    return said.rstrip("; ").removesuffix(".")
