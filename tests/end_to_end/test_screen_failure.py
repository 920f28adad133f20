"""A screen that fails by a fault of its own: one line, a file to report, and the program lives."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.corpus_files import SAMPLES

from .terminal import Terminal

LOG = SAMPLES / "demo" / "steady.log"
SECRET = "what-the-program-wrote"
FAULTS = {
    "key": f"""
from gctui.tui.viewer import Viewer
def fault(self):
    held = "{SECRET}"
    raise RuntimeError("planted\\x1b[2J")
Viewer.action_help = fault
""",
    "mouse": f"""
from gctui.tui import mouse_parser
def fault(self, code):
    held = "{SECRET}"
    raise RuntimeError("planted\\x1b[2J")
mouse_parser._MouseParser.parse_mouse_code = fault
""",
}
START = "import sys; from gctui.cli.main import main; sys.exit(main())"


@pytest.mark.parametrize(("fault", "keys"), [("key", "?"), ("mouse", "\x1b[<0;5;5M")])
@pytest.mark.parametrize("width", [120, 24])
def test_it_says_so_in_a_line_and_keeps_the_traceback(
    fault: str, keys: str, width: int, tmp_path: Path
) -> None:
    script = tmp_path / "gctui"
    script.write_text(FAULTS[fault] + START)
    command = f"{sys.executable} {script} {shlex.quote(str(LOG))}"
    env = {"TMPDIR": str(tmp_path)}
    with Terminal(command, width=width, height=60, env=env) as terminal:
        terminal.wait_for(lambda: terminal.alternate and "GC #" in terminal.text())
        terminal.press(keys)
        terminal.exit_code()
        assert terminal.restored
        said = terminal.text().replace("\n", "")
        raw = terminal.raw
    assert "the screen failed: RuntimeError: planted" in said
    assert "Traceback" not in said
    assert SECRET not in said
    (path,) = tmp_path.glob("gctui-failure-*.txt")
    assert path.name in said
    told = path.read_text()
    assert "in fault" in told
    assert "RuntimeError: planted" in told
    # The lines of the source around it are shown where the thread failed that reads the keys.
    assert fault == "mouse" or SECRET not in told
    assert b"planted\x1b[2J" not in raw


def test_it_is_one_line_whatever_the_width(tmp_path: Path) -> None:
    script = tmp_path / "gctui"
    script.write_text(FAULTS["key"] + START)
    command = f"{sys.executable} {script} {shlex.quote(str(LOG))}"
    with Terminal(command, width=1, height=1, env={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.wait_for(lambda: terminal.alternate)
        terminal.press("?")
        terminal.exit_code()
        left = terminal.raw.rpartition(b"\x1b[?1049l")[2]
    (path,) = tmp_path.glob("gctui-failure-*.txt")
    # The terminal folds it: made wider, most unfold it again, and a copy of it has no breaks.
    first, second = [line for line in left.split(b"\r\n") if b" " in line][:2]
    assert first.endswith(b"planted\xe2\x90\x9b[2J; watching goes on without it")
    assert str(path).encode() in second
