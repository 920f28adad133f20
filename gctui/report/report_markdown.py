"""The report as Markdown, for issues, pull requests and wikis."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gctui.analysis.findings import Finding
from gctui.report.report_parts import Document, Drawing, Table
from gctui.report.report_text import figure_text
from gctui.report.sparkline import sparkline

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_WIDTH = 72


def markdown_lines(found: Document) -> Iterator[str]:
    """Yield the lines."""
    yield f"# {escaped(found.title)}"
    yield ""
    yield escaped(found.subtitle)
    yield ""
    yield "| | | |"
    yield "|---|---:|---|"
    for name, figure, about in found.headline:
        yield f"| {name} | **{escaped(figure)}** | {escaped(about)} |"
    yield ""
    yield "## Findings"
    if not found.found:
        yield ""
        yield "None."
    for each in found.found:
        yield ""
        yield from _finding(each)
    for drawing in found.drawings:
        yield ""
        yield from _drawing(drawing)
    for table in found.tables:
        yield ""
        yield from _table(table)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text)


def _finding(each: Finding) -> Iterator[str]:
    yield f"### {str(each.severity).upper()}: {escaped(each.said)}"
    yield ""
    for evidence in each.evidence:
        at = f" ({escaped(evidence.where)})" if evidence.where else ""
        yield f"- {escaped(evidence.said)}{at}"
    yield ""
    yield escaped(each.explanation)
    yield ""
    yield f"**Do:** {escaped(each.advice)}"
    yield ""
    yield f"`{each.id}`, see [{escaped(each.source.title)}]({each.source.url})"


def _drawing(drawing: Drawing) -> Iterator[str]:
    highest = max(max(line.points.values) for line in drawing.lines)
    yield f"## {drawing.title}"
    yield ""
    yield "```"
    names = max(len(line.name) for line in drawing.lines)
    for line in drawing.lines:
        row = sparkline(line.points, _WIDTH, highest=highest, holds=line.is_level)
        yield f"{line.name:<{names}}  {row}"
    yield f"{'':<{names}}  full height {figure_text(drawing, highest)}"
    yield "```"
    yield ""
    yield escaped(drawing.about)


def _table(table: Table) -> Iterator[str]:
    yield f"## {table.title}"
    yield ""
    head = [name or " " for name in table.head]
    yield f"| {' | '.join(map(escaped, head))} |"
    words = table.words | {0}
    yield f"|{'|'.join('---' if i in words else '---:' for i in range(len(head)))}|"
    for row in table.rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    if table.note:
        yield ""
        yield escaped(table.note)
