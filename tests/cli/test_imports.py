"""Heavy libraries are loaded by those commands only that use them, and no sooner."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.commands import PATIENCE_S, environment
from tests.end_to_end.terminal import Terminal

LEAK = str(Path(__file__).parents[2] / "samples" / "demo" / "leak.log")
ALL = {"textual", "plotext", "lark", "psutil", "elftools", "polars", "pyarrow"}
SCREEN = {"textual", "plotext", "rich"}
LATER = {
    "google",
    "gctui.analysis.advice",
    "gctui.cli.profile_summary",
    "gctui.grammar",
    "gctui.report",
    "gctui.session.polling",
    "gctui.session.recorded",
    "gctui.session.recording",
    "gctui.sources.inside.programs",
    "gctui.sources.mappings",
    "gctui.sources.named_addresses",
    "gctui.sources.oom",
    "gctui.sources.process",
    "gctui.trace",
    "gctui.tui.cycle_table",
    "gctui.tui.findings_pane",
    "gctui.tui.goroutine_table",
    "gctui.tui.help",
    "gctui.tui.profile_table",
}
"""What no first frame needs."""
MOST_MODULES = 130
"""Of gctui's own before the first frame: each costs every start half a millisecond or more."""

UNTIL_DRAWN = """
import sys, threading
from pathlib import Path
from gctui.cli.main import main

started = threading.Thread.start

def start(thread):
    if thread.name == "gctui-session":
        written = Path(sys.argv[1] + ".new")
        written.write_text(" ".join(sys.modules))
        written.rename(sys.argv[1])
    started(thread)

threading.Thread.start = start
sys.exit(main(sys.argv[2:]))
"""
"""Writes down what is loaded when the session begins: that is once the first frame is drawn."""


@pytest.mark.parametrize(
    ("arguments", "kept_out"),
    [
        (["--version"], ALL | {"gctui.cli.run"}),
        (["--help"], ALL | {"gctui.cli.run"}),
        (["export", LEAK], SCREEN | {"psutil", "elftools", "polars", "pyarrow", "multiprocessing"}),
        (["replay", "--plain", LEAK], SCREEN | {"psutil", "elftools"}),
        (["compare", LEAK, LEAK], SCREEN | {"psutil", "elftools"}),
        (["check", LEAK, "--max-pause-ms", "50"], SCREEN | {"psutil", "elftools"}),
        (["ps"], SCREEN | {"psutil", "lark"}),
        (["run", "--plain", "true"], SCREEN),
    ],
    ids=lambda value: " ".join(Path(word).name for word in value) if type(value) is list else "",
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], kept_out: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gctui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(),
        timeout=PATIENCE_S,
        check=True,
    )
    loaded = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr.decode(), re.MULTILINE))
    assert "gctui.cli.main" in loaded
    assert not loaded & kept_out


@pytest.mark.parametrize("arguments", [["demo"], ["replay", LEAK], []], ids=["demo", "log", "pipe"])
def test_the_first_frame_is_drawn_before_the_rest_is_loaded(
    arguments: list[str], tmp_path: Path
) -> None:
    told = tmp_path / "modules"
    command = shlex.join([sys.executable, "-c", UNTIL_DRAWN, str(told), *arguments])
    with Terminal(command if arguments else f"(echo hello; sleep 60) | {command}") as terminal:
        terminal.wait_for(told.exists)
        assert terminal.alternate
    loaded = set(told.read_text().split())
    assert "gctui.tui.viewer" in loaded
    assert loaded & (ALL - {"textual"} | LATER) == set()
    assert len([name for name in loaded if name.startswith("gctui.")]) <= MOST_MODULES
