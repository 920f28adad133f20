"""The report in every format: byte for byte, and as what it is.

`GCTUI_UPDATE_GOLDEN=1` rewrites the expected files; look at each before committing it.
"""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gctui import __version__
from gctui.analysis.findings import findings
from gctui.analysis.run_figures import RunFigures
from gctui.report.paper import Paper
from gctui.report.report_document import document
from gctui.report.report_html import html_lines
from gctui.report.report_json import report_json
from gctui.report.report_markdown import markdown_lines
from gctui.report.report_text import text_lines
from gctui.report.ruler import cells
from gctui.session.whole_run import read_run
from gctui.sources.files import LogFile
from tests.corpus_files import SAMPLES, sample_logs

GOLDEN = Path(__file__).parent / "golden"
LEAK = SAMPLES / "demo" / "leak.log"
HOSTILE = "<script>alert(1)</script>|`\x1b[31m.log"


def run_of(path: Path) -> RunFigures:
    file = LogFile(path)
    file.label = path.name
    return read_run([file])


def rendered(run: RunFigures, name: str) -> str:
    if name == "json":
        text = report_json([(run, findings(run))]) + "\n"
        return text.replace(f'"gctui": "{__version__}"', '"gctui": "VERSION"')
    found = document(run)
    lines = {
        "txt": lambda: text_lines(found, Paper(100)),
        "ascii.txt": lambda: text_lines(found, Paper(60), is_ascii=True),
        "md": lambda: markdown_lines(found),
        "html": lambda: html_lines([found]),
    }[name]()
    return "".join(f"{line}\n" for line in lines).replace(f"gctui {__version__};", "gctui VERSION;")


@pytest.fixture(scope="module")
def leak() -> RunFigures:
    return run_of(LEAK)


@pytest.mark.parametrize("name", ["txt", "ascii.txt", "json", "md", "html"])
def test_the_report_of_a_leak(name: str, leak: RunFigures) -> None:
    text, expected = rendered(leak, name), GOLDEN / f"leak.{name}"
    if os.environ.get("GCTUI_UPDATE_GOLDEN"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


class Page(HTMLParser):
    """Counts what is open, and keeps what the page would fetch."""

    VOID = frozenset({"meta", "line", "path", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in {"meta", "line"}:
            self.open.append(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in {"src", "srcset", "data"}]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", [LEAK, *sample_logs()[::9]], ids=lambda path: path.name)
def test_a_page_is_whole_and_fetches_nothing(path: Path) -> None:
    page = Page()
    page.feed(rendered(run_of(path), "html"))
    page.close()
    assert page.open == []
    assert page.fetched == []
    assert not page.tags & {"script", "link", "img", "iframe", "object"}


@pytest.mark.parametrize("path", sample_logs()[::7], ids=lambda path: path.name)
def test_every_sample_has_a_report_in_every_format(path: Path) -> None:
    run = run_of(path)
    whole = json.loads(rendered(run, "json"))
    assert whole["schema"] == "gctui.report"
    assert whole["runs"][0]["values"]["gc.count"] == run.collections
    text = rendered(run, "txt")
    assert max(cells(line) for line in text.split("\n")) <= 180
    assert rendered(run, "ascii.txt")
    assert rendered(run, "md").startswith("# ")


def test_json_names_what_values_names(leak: RunFigures) -> None:
    whole = json.loads(rendered(leak, "json"))
    run = whole["runs"][0]
    assert set(run["values"]) == set(leak.values())
    assert run["problem"] is False
    assert all(re.fullmatch(r"[a-z0-9_.]+", name) for name in run["values"])
    assert rendered(leak, "json").isascii()


def test_hostile_names_stay_text() -> None:
    file = LogFile(LEAK)
    file.label = HOSTILE
    run = read_run([file])
    page = rendered(run, "html")
    assert "<script" not in page
    assert "\x1b" not in page + rendered(run, "txt") + rendered(run, "md") + rendered(run, "json")
    assert "\\<script\\>" in rendered(run, "md")


def test_restarts_are_marked_and_no_line_reaches_over_one(tmp_path: Path) -> None:
    steady = (SAMPLES / "demo" / "steady.log").read_bytes()
    path = tmp_path / "twice.log"
    path.write_bytes(2 * steady)
    run = run_of(path)
    first = next(i for i, line in enumerate(steady.splitlines(), 1) if line.startswith(b"gc "))
    second = first + steady.count(b"\n")
    assert [start.line for start in run.starts] == [first, second]
    page = rendered(run, "html")
    charts = re.findall(r"<svg.*?</svg>", page)
    assert charts
    for chart in charts:
        assert chart.count('class="restart"') == 1
        (at,) = re.findall(r'class="restart" x1="([\d.]+)"', chart)
        restart = float(at)
        for drawn in re.findall(r'<path class="line s\d" d="([^"]+)"', chart):
            before, after = (
                [float(x) for x in re.findall(r"[ML]([\d.]+) ", part)]
                for part in drawn[1:].split("M")
            )
            assert max(before) <= restart <= min(after)
    assert json.loads(rendered(run, "json"))["runs"][0]["starts"][1]["line"] == second
