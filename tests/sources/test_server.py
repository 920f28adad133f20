"""A program's own pages: found, read, compared with what the program knows."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gctui.errors import GctuiError
from gctui.events import MemStats
from gctui.model.profile import Profile
from gctui.sources.http_address import address_of
from gctui.sources.http_get import Page
from gctui.sources.server import PageKind, Server
from gctui.trace.profile_text import read_text_profile
from gctui.trace.server_pages import read_expvar
from tests.go_toolchain import go_command, go_of_release, older_toolchains
from tests.sources.serving import EXPVAR, GOROUTINES, HEAP, METRICS, go_server, hostile, page, pages


@pytest.fixture(scope="module")
def go() -> Iterator[tuple[str, Path]]:
    with go_server() as server:
        yield server


def truth(url: str) -> dict[str, Any]:
    """What runtime.ReadMemStats says in the program."""
    with urllib.request.urlopen(f"{url}/stats") as answer:
        row = json.loads(answer.read())
    stats: dict[str, Any] = row["memstats"]
    return stats | {"goroutines": row["goroutines"]}


def told(server: Server) -> tuple[MemStats, dict[PageKind, Page]]:
    answers = dict(server.ask())
    if PageKind.EXPVAR in answers:
        return read_expvar(answers[PageKind.EXPVAR].body, "x").memstats, answers
    stats = read_text_profile(answers[PageKind.HEAP].body, "x").memstats
    assert stats is not None
    return stats, answers


def cumulated(profile: Profile, index: int) -> dict[str, int]:
    """Each function's value with all it called."""
    found: dict[str, int] = {}
    for sample in profile.samples:
        frames = (frame for place in sample.stack for frame in profile.locations[place].frames)
        for name in {frame.function for frame in frames}:
            found[name] = found.get(name, 0) + sample.values[index]
    return found


@pytest.mark.parametrize("path", ["", "/debug/pprof", "/debug/pprof/heap", "/debug/vars"])
def test_figures_are_those_of_the_program(go: tuple[str, Path], path: str) -> None:
    url, _ = go
    stats, answers = told(Server(url + path))
    real = truth(url)
    assert (stats.num_gc, stats.num_forced_gc) == (real["NumGC"], real["NumForcedGC"])
    assert stats.next_gc_bytes == real["NextGC"]
    assert list(stats.pause_ns) == real["PauseNs"]
    assert list(stats.pause_end_ns) == real["PauseEnd"]
    # Each question allocates a little, and may make the heap grow by a piece.
    for ours, theirs, slack_mib in (
        (stats.heap_alloc_bytes, "HeapAlloc", 1),
        (stats.heap_inuse_bytes, "HeapInuse", 1),
        (stats.heap_idle_bytes, "HeapIdle", 8),
        (stats.heap_released_bytes, "HeapReleased", 8),
        (stats.stack_inuse_bytes, "StackInuse", 0.25),
        (stats.total_alloc_bytes, "TotalAlloc", 1),
        (stats.sys_bytes, "Sys", 8),
    ):
        assert ours == pytest.approx(real[theirs], abs=slack_mib * (1 << 20)), theirs
    if PageKind.GOROUTINES in answers:
        found = read_text_profile(answers[PageKind.GOROUTINES].body, "x").profile
        assert abs(found.total(0) - real["goroutines"]) <= 3
        assert cumulated(found, 0)["main.parked"] == 7
        assert cumulated(found, 0)["main.labelled"] == 3
    for answer in answers.values():
        assert abs(answer.taken_ns / 1e9 - time.time()) < 5


def releases() -> list[str]:
    return ["1.21.13", "1.24.11", *older_toolchains()]


@pytest.mark.parametrize("release", releases())
def test_figures_of_older_versions(release: str) -> None:
    compiler = release if "/" in release else go_of_release(release)
    with go_server(go=compiler) as (url, _):
        stats, answers = told(Server(url))
        real = truth(url)
        assert (stats.num_gc, stats.next_gc_bytes) == (real["NumGC"], real["NextGC"])
        heap = read_text_profile(answers[PageKind.HEAP].body, "x").profile
        assert cumulated(heap, 3)["main.keep"] == pytest.approx(24 << 20, abs=2 << 20)


def test_functions_are_those_of_go_tool_pprof(go: tuple[str, Path], tmp_path: Path) -> None:
    """The same text, with the binary at hand: what each function keeps, with all it called."""
    url, binary = go
    body = dict(Server(url).ask())[PageKind.HEAP].body
    saved = tmp_path / "heap.txt"
    saved.write_bytes(body)
    top = [go_command(), "tool", "pprof", "-top", "-cum", "-nodefraction=0", "-nodecount=9999"]
    out = subprocess.run(
        [*top, "-unit=B", "-sample_index=inuse_space", binary, saved],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = {
        name: int(value)
        for value, name in re.findall(r"^ *\d+B? +\S+ +\S+ +(\d+)B +\S+ +(\S+)", out, re.MULTILINE)
    }
    ours = cumulated(read_text_profile(body, "x").profile, 3)
    # pprof leaves functions of the runtime out by a list of its own.
    own = {name: value for name, value in ours.items() if value and name.startswith("main.")}
    assert own == {name: value for name, value in theirs.items() if name in own}
    assert own["main.keep"] > 20 << 20


def test_values_are_those_of_the_protobuf_form(go: tuple[str, Path], tmp_path: Path) -> None:
    url, _ = go
    saved = tmp_path / "heap.pb.gz"
    with urllib.request.urlopen(f"{url}/debug/pprof/heap") as answer:
        saved.write_bytes(answer.read())
    raw = subprocess.run(
        [go_command(), "tool", "pprof", "-raw", saved], capture_output=True, text=True, check=True
    ).stdout
    theirs = re.findall(r"^ *((?:\d+ +){3}\d+): ", raw, re.MULTILINE)
    profile = read_text_profile(dict(Server(url).ask())[PageKind.HEAP].body, "x").profile
    ours = {sample.values for sample in profile.samples}
    biggest = max(tuple(map(int, line.split())) for line in theirs)
    assert biggest in ours


def test_where_there_is_no_pprof_expvar_does_and_then_metrics() -> None:
    with hostile(pages(vars=EXPVAR)) as server:
        assert [kind for kind, _ in Server(server.url).ask()] == [PageKind.EXPVAR]
        assert server.asked == ["/debug/pprof/heap?debug=1", "/debug/vars"]
    with hostile(pages(metrics=METRICS.read_bytes())) as server:
        source = Server(server.url)
        for _ in range(2):
            assert [kind for kind, _ in source.ask()] == [PageKind.METRICS]
        # What was found is asked for alone, and what found it is the first answer.
        assert server.asked[2:] == ["/metrics"] * 2


def test_a_page_that_is_named_is_the_only_one_asked_for() -> None:
    with hostile(pages(metrics=METRICS.read_bytes(), heap=HEAP, goroutine=GOROUTINES)) as server:
        Server(f"{server.url}/own/metrics?token=x").ask()
        Server(f"{server.url}/app/debug/pprof/goroutine?debug=2").ask()
    assert server.asked == [
        "/own/metrics?token=x",
        "/app/debug/pprof/heap?debug=1",
        "/app/debug/pprof/goroutine?debug=1",
    ]
    assert all(head.startswith("GET ") for head in server.heads)
    assert "Accept-Encoding: identity" in server.heads[0]


def test_a_server_without_goroutines_is_not_asked_for_them_again() -> None:
    with hostile(pages(heap=HEAP)) as server:
        source = Server(server.url)
        for _ in range(3):
            assert [kind for kind, _ in source.ask()] == [PageKind.HEAP]
    assert server.asked.count("/debug/pprof/goroutine?debug=1") == 1
    assert len(server.asked) == 4


def test_one_in_passing_trouble_is_asked_for_them_again() -> None:
    others = [page(b"", "503 Service Unavailable"), page(GOROUTINES)]

    def answer(connection: socket.socket, path: str) -> None:
        connection.sendall(page(HEAP) if "/heap" in path else others.pop(0))

    with hostile(answer) as server:
        source = Server(server.url)
        kinds = [[kind for kind, _ in source.ask()] for _ in range(2)]
    assert kinds == [[PageKind.HEAP], [PageKind.HEAP, PageKind.GOROUTINES]]


def test_a_password_goes_along_and_into_no_message() -> None:
    with hostile(pages()) as server:
        url = server.url.replace("://", "://user:p%40ss@")
        with pytest.raises(GctuiError) as caught:
            Server(url).ask()
        assert "p%40ss" not in str(caught.value)
        assert "p@ss" not in str(caught.value)
        assert "Authorization: Basic dXNlcjpwQHNz\r\n" in server.heads[0]
        assert Server(url).label == server.url


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("localhost:6060", "http://localhost:6060/"),
        (":6060", "http://localhost:6060/"),
        ("https://h/debug/vars", "https://h/debug/vars"),
        ("http://[::1]:80/a b?c=ü", "http://[::1]/a%20b?c=%C3%BC"),
        ("HTTP://u:p@H:9/", "http://h:9/"),
    ],
)
def test_addresses(url: str, address: str) -> None:
    assert str(address_of(url)) == address


@pytest.mark.parametrize(
    "url",
    [
        *("", " ", "http://", "ftp://h/", "file:///etc/passwd", "http://h:99999/", "http://h:x/"),
        *("http://[::1", "http://a\r\nb/", "http://ü/", "unix:///run/x.sock"),
        *("http://a..b/", f"http://{'a' * 64}.org/", "http://.org", "http://h:0/", ":0"),
    ],
)
def test_what_is_no_url_is_said(url: str) -> None:
    with pytest.raises(GctuiError, match="not a URL") as caught:
        address_of(url)
    assert "\n" not in str(caught.value)
    assert not str(caught.value).startswith(": ")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://u:secret@h/x", "ftp://h/x: not a URL of http or https"),
        ("http://u:secret@h:x/", "http://h:x/: not a URL"),
        ("http://u:se/cr@et@h:0/", "http://h:0/: not a URL"),
        ("http://u:cr@et@h:0/", "http://h:0/: not a URL: no server has port 0"),
        ("u:secret@a..b", "a..b: not a URL: its host name is not a valid one"),
    ],
)
def test_a_mistake_in_a_url_shows_all_of_it_but_the_password(url: str, said: str) -> None:
    with pytest.raises(GctuiError) as caught:
        address_of(url)
    assert str(caught.value) == said
