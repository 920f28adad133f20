"""The report as one HTML file: charts inside, light and dark, printable, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from gctui import __version__
from gctui.analysis.findings import Finding
from gctui.report.html_chart import chart_svg
from gctui.report.html_style import STYLE
from gctui.report.report_parts import Document, Drawing, Table

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_DASHES = ("solid", "dashed", "dotted")


def html_lines(documents: Iterable[Document]) -> Iterator[str]:
    """Yield the lines of one page with every report."""
    found = list(documents)
    title = f"gctui: {found[0].title}" if found else "gctui"
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>"
    yield f"<style>{STYLE}</style></head><body>"
    for each in found:
        yield "<main>"
        yield from _document(each)
        yield "</main>"
    yield f"<footer>gctui {__version__}; sizes are binary (MiB = 2^20 bytes)</footer>"
    yield "</body></html>"


def _document(found: Document) -> Iterator[str]:
    yield f"<h1>{escape(found.title)}</h1><p class='subtitle'>{escape(found.subtitle)}</p>"
    yield '<dl class="tiles">'
    for name, figure, about in found.headline:
        yield (
            f"<div><dt>{escape(name)}</dt><dd class='figure'>{escape(figure)}</dd>"
            f"<dd class='about'>{escape(about)}</dd></div>"
        )
    yield "</dl><section><h2>Findings</h2>"
    if not found.found:
        yield "<p>None.</p>"
    for each in found.found:
        yield from _finding(each)
    yield "</section>"
    for drawing in found.drawings:
        yield from _drawing(drawing)
    for table in found.tables:
        yield from _table(table)


def _finding(each: Finding) -> Iterator[str]:
    yield f'<details class="finding {each.severity}" open>'
    yield (
        f"<summary><span class='severity'>{each.severity}</span> {escape(each.said)}</summary><ul>"
    )
    for evidence in each.evidence:
        at = f" <small>{escape(evidence.where)}</small>" if evidence.where else ""
        yield f"<li>{escape(evidence.said)}{at}</li>"
    yield f"</ul><p>{escape(each.explanation)}</p><p><b>Do:</b> {escape(each.advice)}</p>"
    source = each.source
    yield (
        f"<p class='source'><code>{each.id}</code> · "
        f'<a href="{escape(source.url)}" rel="noreferrer">{escape(source.title)}</a></p></details>'
    )


def _drawing(drawing: Drawing) -> Iterator[str]:
    yield f"<section class='chart'><h2>{escape(drawing.title)}</h2><p class='legend'>"
    for number, line in enumerate(drawing.lines):
        dash = _DASHES[number % len(_DASHES)]
        yield f"<span class='key s{number} {dash}'></span>{escape(line.name)} "
    yield f"</p>{chart_svg(drawing)}<p class='about'>{escape(drawing.about)}</p></section>"


def _table(table: Table) -> Iterator[str]:
    yield f"<section><h2>{escape(table.title)}</h2><div class='wide'><table>"
    if any(table.head):
        cells = "".join(_cell("th", i, name, table) for i, name in enumerate(table.head))
        yield f"<thead><tr>{cells}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield f"<tr>{''.join(_cell('td', i, text, table) for i, text in enumerate(row))}</tr>"
    yield "</tbody></table></div>"
    if table.note:
        yield f"<p class='about'>{escape(table.note)}</p>"
    yield "</section>"


def _cell(tag: str, i: int, text: str, table: Table) -> str:
    kind = "name" if not i else "words" if i in table.words else "number"
    return f"<{tag} class='{kind}'>{escape(text)}</{tag}>"
